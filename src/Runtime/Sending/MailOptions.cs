using Microsoft.Extensions.Options;

namespace PromptDesigner.Runtime.Sending;

/// <summary>The configuration's section <c>Smtp</c>: the mail server of workspaces that have none of their own.</summary>
public sealed class MailOptions
{
    /// <summary>Host name; null: none.</summary>
    public string? Host { get; set; }

    /// <summary>Port.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected.</summary>
    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>User name; null: nobody signs in.</summary>
    public string? User { get; set; }

    /// <summary>The password.</summary>
    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    public string? From { get; set; }

    /// <summary>The server; null: none is configured.</summary>
    internal MailServer? Server => Host is null ? null : new MailServer(Host, Port, Security, User, Password, From!);
}

/// <summary>Checks the section at the start.</summary>
internal sealed class MailOptionsCheck : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (options.Host is null) return options.From is null && options.User is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("Smtp:Host is missing: name the mail server, or leave the whole section out.");
        return MailServers.Wrong(options.Host, options.Port, options.User, options.Password, options.From) is { } wrong ? ValidateOptionsResult.Fail($"Smtp:{wrong.Name} {wrong.Problem}.") : ValidateOptionsResult.Success;
    }
}
