namespace PromptDesigner.Data.Sending;

/// <summary>Where a mail stands. Numbers are stored: append only.</summary>
public enum MailStatus
{
    /// <summary>It is to be sent, as soon as it may.</summary>
    Waiting,

    /// <summary>It is on its way to the server: intended, and not known yet whether it arrived.</summary>
    Sending,

    /// <summary>The server took it.</summary>
    Sent,

    /// <summary>It was certainly not sent.</summary>
    Failed,

    /// <summary>It may have been sent; a person finds out.</summary>
    Uncertain,

    /// <summary>It was not sent, since its run stopped before.</summary>
    Cancelled,

    /// <summary>It stays here: no mail server is set up, or the practice model wrote something.</summary>
    Kept,

    /// <summary>A try made it: it shows what would have been sent.</summary>
    Simulated,
}

/// <summary>A mail that a step made. Written by the run journal and by whoever delivers it.</summary>
public sealed class Mail : IWorkspaceOwned
{
    /// <summary>The id in addresses.</summary>
    public Guid Id { get; set; }

    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>The run.</summary>
    public long RunKey { get; set; }

    /// <summary>The step in sorting form; with the run it names the mail.</summary>
    public required string SortPath { get; set; }

    /// <summary>Where it stands.</summary>
    public MailStatus Status { get; set; }

    /// <summary>The status that its step has taken over last.</summary>
    public MailStatus TakenOver { get; set; }

    /// <summary>Its Message-ID, derived from run and step: the same whenever it is sent.</summary>
    public required string MessageId { get; set; }

    /// <summary>Who it is from; null: the workspace's own address.</summary>
    public string? From { get; set; }

    /// <summary>Its receivers, one a line.</summary>
    public required string To { get; set; }

    /// <summary>Receivers of a copy, one a line; empty: none.</summary>
    public required string Cc { get; set; }

    /// <summary>Its subject.</summary>
    public required string Subject { get; set; }

    /// <summary>Its text; null: none.</summary>
    public string? Text { get; set; }

    /// <summary>Its HTML; null: none.</summary>
    public string? Html { get; set; }

    /// <summary>SHA-256 of all that its receivers see, in hexadecimal.</summary>
    public required string ContentHash { get; set; }

    /// <summary>Steps of gates that must be approved when it leaves, in sorting form, one a line; empty: none stands before it.</summary>
    public required string Gates { get; set; }

    /// <summary>How it is tried again: attempts, seconds before the second, whether they double, seconds for one: with spaces between.</summary>
    public required string Retry { get; set; }

    /// <summary>When the step made it.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it may be tried next.</summary>
    public DateTimeOffset? NextTryAt { get; set; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When the last attempt began.</summary>
    public DateTimeOffset? ClaimedAt { get; set; }

    /// <summary>When it came to its end.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>A word for what happened last (<c>refused</c>, <c>practice</c>, …); null: nothing did.</summary>
    public string? Code { get; set; }

    /// <summary>What happened last, in words; the server's answer where it gave one.</summary>
    public string? Answer { get; set; }

    /// <summary>Who said what became of an uncertain one: a mail address.</summary>
    public string? ResolvedBy { get; set; }

    /// <summary>A column that holds one thing a line, as a list.</summary>
    public static IReadOnlyList<string> Lines(string column) => column.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A workspace's mail server; one at most.</summary>
public sealed class MailServerSetting : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>Host name.</summary>
    public required string Host { get; set; }

    /// <summary>Port.</summary>
    public int Port { get; set; }

    /// <summary><c>none</c>, <c>startTls</c> or <c>tls</c>.</summary>
    public required string Security { get; set; }

    /// <summary>User name; null: nobody signs in.</summary>
    public string? User { get; set; }

    /// <summary>The password, encrypted with Data Protection.</summary>
    public string? ProtectedPassword { get; set; }

    /// <summary>The sender's address.</summary>
    public required string From { get; set; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A send that an administrator allows without a gate.</summary>
public sealed class SendException : IWorkspaceOwned
{
    /// <inheritdoc />
    public int WorkspaceId { get; set; }

    /// <summary>The pipeline.</summary>
    public int PipelineKey { get; set; }

    /// <summary>The node's id.</summary>
    public required string Node { get; set; }

    /// <summary>Why.</summary>
    public required string Reason { get; set; }

    /// <summary>Who allowed it: a mail address.</summary>
    public required string AllowedBy { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset AllowedAt { get; set; }
}
