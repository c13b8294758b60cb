using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Sending;

/// <summary>The mail server of each workspace: its own, else the configured one.</summary>
internal sealed class MailServers(ReadConnections read, IOptions<MailOptions> options, IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("pd.mail-password.v1");
    private readonly ConcurrentDictionary<int, MailServer?> _known = [];

    /// <summary>The server; null where none is set up.</summary>
    public async ValueTask<MailServer?> OfAsync(int workspace, CancellationToken cancel)
    {
        if (_known.TryGetValue(workspace, out var known)) return known;
        var own = (await read.ReadAsync("SELECT Host, Port, Security, User, ProtectedPassword, \"From\" FROM MailServers WHERE WorkspaceId = @1",
            x => new MailServer(x.GetString(0), x.GetInt32(1), Enum.Parse<MailSecurity>(x.GetString(2), ignoreCase: true), x.TextOrNull(3), Reveal(x.TextOrNull(4)), x.GetString(5)), cancel, workspace)).FirstOrDefault();
        return _known[workspace] = own ?? options.Value.Server;
    }

    /// <summary>A workspace's server was changed.</summary>
    public void Forget(int workspace) => _known.TryRemove(workspace, out _);

    /// <summary>A password as the database holds it.</summary>
    public string Protect(string password) => _protector.Protect(password);

    /// <summary>Null where it cannot be read any more: the server then refuses the login, and says so.</summary>
    public string? Reveal(string? stored)
    {
        try
        {
            return stored is null ? null : _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null; // the key ring was lost; the mail server's refusal tells whoever looks to type the password again
        }
    }

    /// <summary>The first part of a server that cannot be, and why; null: it may work.</summary>
    public static (string Name, string Problem)? Wrong(string host, int port, string? user, string? password, string? from)
    {
        if (string.IsNullOrWhiteSpace(host) || host.Length > 253 || Uri.CheckHostName(host.Trim()) == UriHostNameType.Unknown) return ("Host", "must be the name or the address of a server, such as mail.example.com");
        if (port is < 1 or > 65_535) return ("Port", "must be between 1 and 65535; usual are 587 with STARTTLS, 465 with TLS, 25 without either");
        if (user is { Length: > 320 } || (user is not null && string.IsNullOrWhiteSpace(user))) return ("User", "must be a name of at most 320 characters, or be left out");
        if (password is not null && user is null) return ("User", "is missing: a password needs the name that it belongs to");
        if (string.IsNullOrWhiteSpace(from)) return ("From", "is missing: mails need an address that they come from");
        var (addresses, problem) = MailAddresses.Parse(from);
        return problem is not null ? ("From", $"is no address that mail can come from: {problem.TrimEnd('.')}") : addresses.Count > 1 ? ("From", "must be one address") : null;
    }
}
