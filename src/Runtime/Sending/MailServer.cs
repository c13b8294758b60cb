using System.Text;

namespace PromptDesigner.Runtime.Sending;

/// <summary>How the connection to a mail server is protected. What is asked for is kept: no case falls back to a weaker one.</summary>
public enum MailSecurity
{
    /// <summary>Not at all: for a relay on the same machine or network.</summary>
    None,

    /// <summary>The connection starts in the clear and is encrypted before anything is said; usual on port 587.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte; usual on port 465.</summary>
    Tls,
}

/// <summary>Where mails are handed over, and as whom.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Security">What the connection must be.</param>
/// <param name="User">Who logs in; null: nobody does.</param>
/// <param name="Password">The user's password. It is never part of <see cref="object.ToString"/>.</param>
/// <param name="From">The address that answers about failed deliveries go to, maybe with a name.</param>
public sealed record MailServer(string Host, int Port, MailSecurity Security, string? User, string? Password, string From)
{
    /// <summary>As messages name it: <c>mail.example.com:587</c>.</summary>
    public string Name => $"{Host}:{Port}";

    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"{Name}, {Security}, User = {User}, From = {From}");
        return true;
    }
}
