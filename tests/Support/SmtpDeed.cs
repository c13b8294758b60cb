namespace PromptDesigner.Support;

/// <summary>Where in a talk a scripted mail server may do something of its own.</summary>
public enum SmtpMoment
{
    Greeting,
    Hello,
    StartTls,
    Login,
    Sender,
    Recipient,
    Data,

    /// <summary>The first part of the message has come, the rest has not been read.</summary>
    Body,

    /// <summary>The final dot has come.</summary>
    Dot,
    Reset,
    Quit,
}

/// <summary>What the server does instead of what it should.</summary>
/// <param name="Answer">What it says; null: nothing.</param>
/// <param name="Then">And then.</param>
public sealed record SmtpDeed(string? Answer, SmtpEnd Then)
{
    /// <summary>Says something and goes on.</summary>
    public static SmtpDeed Say(string answer) => new(answer, SmtpEnd.GoOn);

    /// <summary>Says something and closes.</summary>
    public static SmtpDeed SayAndClose(string answer) => new(answer, SmtpEnd.Close);

    /// <summary>Closes without a word.</summary>
    public static readonly SmtpDeed Close = new(null, SmtpEnd.Close);

    /// <summary>Breaks the connection (RST).</summary>
    public static readonly SmtpDeed Break = new(null, SmtpEnd.Break);

    /// <summary>Says and reads nothing any more.</summary>
    public static readonly SmtpDeed Silence = new(null, SmtpEnd.Silence);
}

/// <summary>How a deed ends.</summary>
public enum SmtpEnd
{
    GoOn,
    Close,
    Break,
    Silence,
}

/// <summary>A mail that a scripted server read to its final dot.</summary>
/// <param name="Sender">The address of MAIL.</param>
/// <param name="Recipients">The addresses of RCPT that it accepted.</param>
/// <param name="Content">The message without doubled dots.</param>
/// <param name="Answer">What it said to the dot; null: nothing.</param>
public sealed record TakenMail(string Sender, IReadOnlyList<string> Recipients, byte[] Content, string? Answer);
