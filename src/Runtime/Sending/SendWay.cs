namespace PromptDesigner.Runtime.Sending;

/// <summary>What becomes of a mail that a step made.</summary>
internal enum SendWay
{
    /// <summary>The server gets it.</summary>
    Smtp,

    /// <summary>It stays in the outbox: no server is set up.</summary>
    NoServer,

    /// <summary>It stays in the outbox: the practice model wrote something.</summary>
    Practice,

    /// <summary>It shows what would have been sent: this is a try.</summary>
    Try,
}
