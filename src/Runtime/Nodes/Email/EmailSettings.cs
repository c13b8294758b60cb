namespace PromptDesigner.Runtime.Nodes.Email;

/// <summary>A mail.</summary>
public sealed class EmailSettings : CallingSettings
{
    /// <summary>Mail waits longer than models: a server that is down, or that asks to come again, is tried for most of a day.</summary>
    public EmailSettings() => Retry = new RetrySettings { Attempts = 12, DelaySeconds = 60 };

    /// <summary>To whom.</summary>
    [Field("To", FieldEditor.Template, "Who gets it: one or more mail addresses with commas between, or {{ input.email }}.", Required = true, MaxLength = 20_000)]
    public string To { get; set; } = "";

    /// <summary>About what.</summary>
    [Field("Subject", FieldEditor.Template, "One line that says what it is about.", Required = true, MaxLength = 2_000)]
    public string Subject { get; set; } = "";

    /// <summary>As text.</summary>
    [Field("Text", FieldEditor.Template, "What it says. {{ step }} inserts what an earlier step gave: after an approval, what was approved.")]
    public string? Text { get; set; }

    /// <summary>As HTML.</summary>
    [Field("HTML", FieldEditor.Template, "The same with formatting, for receivers who see HTML. Values are inserted as they are; write {{ value | escape }} for plain text.")]
    public string? Html { get; set; }

    /// <summary>Who gets a copy.</summary>
    [Field("Copy to", FieldEditor.Template, "Who gets a copy: mail addresses with commas between.", MaxLength = 20_000)]
    public string? Cc { get; set; }

    /// <summary>From whom.</summary>
    [Field("From", FieldEditor.Template, "A sender that the mail server allows. Empty: the address of the settings.", MaxLength = 400)]
    public string? From { get; set; }
}
