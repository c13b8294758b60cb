using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Sending;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Notices;

namespace PromptDesigner.Runtime.Sending;

/// <summary>A mail server as an administrator types it.</summary>
/// <param name="Host">Host name.</param>
/// <param name="Port">Port.</param>
/// <param name="Security">How the connection is protected.</param>
/// <param name="User">User name; null: nobody signs in.</param>
/// <param name="Password">A new password; null: the stored one stays, for the same host and user.</param>
/// <param name="From">The sender's address.</param>
public sealed record MailServerDraft(string Host, int Port, MailSecurity Security, string? User, string? Password, string From);

/// <summary>A workspace's own mail server. A password goes in and never comes out again.</summary>
public sealed class MailServerBook
{
    private readonly Database _database;
    private readonly MailServers _servers;
    private readonly SmtpDelivery _smtp;
    private readonly OutboxSignal _signal;
    private readonly TimeProvider _clock;

    internal MailServerBook(Database database, MailServers servers, SmtpDelivery smtp, OutboxSignal signal, TimeProvider clock) => (_database, _servers, _smtp, _signal, _clock) = (database, servers, smtp, signal, clock);

    /// <summary>What mails are sent with: host, port and sender; null where no server is set up.</summary>
    public async Task<string?> NameAsync(int workspace, CancellationToken cancel) => (await _servers.OfAsync(workspace, cancel)) is { } server ? $"{server.Name}, from {server.From}" : null;

    /// <summary>Sets the workspace's server.</summary>
    public async Task<Answer<int>> SaveAsync(MailServerDraft draft, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } denied) return denied;
        var now = _clock.GetUtcNow();
        var saved = await _database.WriteAsync<Answer<int>>(actor.Workspace, async (db, token) =>
        {
            var stored = await db.MailServers.SingleOrDefaultAsync(token);
            if (Refuse(draft, stored) is { } wrong) return wrong;
            var before = stored is null ? null : Shown(stored);
            if (stored is null) db.MailServers.Add(stored = new MailServerSetting { WorkspaceId = actor.Workspace, Host = "", Security = "", From = "" });
            stored.ProtectedPassword = draft.User is null ? null : draft.Password is { Length: > 0 } password ? _servers.Protect(password) : stored.ProtectedPassword;
            (stored.Host, stored.Port, stored.Security, stored.User, stored.From, stored.UpdatedAt) = (draft.Host.Trim(), draft.Port, draft.Security.ToString(), draft.User?.Trim(), draft.From.Trim(), now);
            db.Audit(actor, AuditActions.MailServerChanged, (actor.Workspace, "Mail server"), before, Shown(stored), now);
            return actor.Workspace;
        }, cancel);
        _servers.Forget(actor.Workspace);
        _signal.Raise();
        return saved;
    }

    /// <summary>Takes the workspace's own server away; the configured one, if there is one, counts again.</summary>
    public async Task<Answer<int>> RemoveAsync(Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } denied) return denied;
        var removed = await _database.WriteAsync<Answer<int>>(actor.Workspace, async (db, token) =>
        {
            if (await db.MailServers.SingleOrDefaultAsync(token) is not { } stored) return new Refusal("not_found", "This workspace has no mail server of its own.");
            db.MailServers.Remove(stored);
            db.Audit(actor, AuditActions.MailServerRemoved, (actor.Workspace, "Mail server"), Shown(stored), null, _clock.GetUtcNow());
            return actor.Workspace;
        }, cancel);
        _servers.Forget(actor.Workspace);
        return removed;
    }

    /// <summary>
    /// Says where people open the application, which links in notices begin with. It is the workspace's and not the server's: notices leave through a configured server too.
    /// Null: links begin with the first of <c>Urls</c>.
    /// </summary>
    public async Task<Answer<int>> SetAddressAsync(string? address, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } denied) return denied;
        var (wanted, problem) = string.IsNullOrWhiteSpace(address) ? (null, null) : ApplicationAddress.Read(address);
        if (problem is not null) return new Refusal("request_invalid", $"The address of this application {problem}.", [new FieldError("/address", problem)]);
        return await _database.WriteAsync<Answer<int>>(actor.Workspace, async (db, token) =>
        {
            var workspace = await db.Workspaces.SingleAsync(x => x.Id == actor.Workspace, token);
            if (workspace.Address == wanted) return actor.Workspace;
            db.Audit(actor, AuditActions.WorkspaceChanged, (workspace.Id, workspace.Name), new { address = workspace.Address }, new { address = wanted }, _clock.GetUtcNow());
            workspace.Address = wanted;
            return actor.Workspace;
        }, cancel);
    }

    /// <summary>Sends a mail to the administrator who asks, with what is typed. The answer is what the server said.</summary>
    public async Task<Answer<string>> TestAsync(MailServerDraft draft, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } denied) return denied;
        if (actor.Person is null || MailAddresses.Parse(actor.Name).Problem is not null) return new Refusal("person_required", "Only a person tests the mail server: the mail goes to who asks.");
        MailServerSetting? stored;
        await using (var db = _database.Read(actor.Workspace)) stored = await db.MailServers.SingleOrDefaultAsync(cancel);
        if (Refuse(draft, stored) is { } wrong) return wrong;
        var server = new MailServer(draft.Host.Trim(), draft.Port, draft.Security, draft.User?.Trim(), draft.User is null ? null : draft.Password is { Length: > 0 } password ? password : _servers.Reveal(stored?.ProtectedPassword), draft.From.Trim());
        var id = Guid.CreateVersion7(_clock.GetUtcNow());
        var mail = new OutgoingMail(id, $"<{id:N}@{MailAddresses.One(server.From).Mailbox!.Domain}>", server.From, [actor.Name], [], "PromptDesigner can send mail", "This mail was sent to test the mail server of your workspace. It works.", null);
        return await _smtp.SendAsync(server, mail, TimeSpan.FromSeconds(30), cancel) switch
        {
            Delivery.Sent sent => $"{server.Name} took a mail to {actor.Name}: {sent.Answer}",
            Delivery.Later later => new Refusal("request_invalid", later.Message),
            Delivery.Refused refused => new Refusal("request_invalid", refused.Message),
            Delivery.Uncertain uncertain => new Refusal("request_invalid", uncertain.Message),
            _ => throw new InvalidOperationException("Unknown delivery."),
        };
    }

    private static Refusal? Refuse(MailServerDraft draft, MailServerSetting? stored)
    {
        var isSame = stored is not null && stored.Host == draft.Host.Trim() && stored.User == draft.User?.Trim() && stored.ProtectedPassword is not null;
        (string Name, string Problem)? wrong = MailServers.Wrong(draft.Host, draft.Port, draft.User, draft.User is null ? draft.Password : null, draft.From);
        if (draft.User is not null && draft.Password is not { Length: > 0 } && !isSame) wrong ??= ("Password", "is missing: a stored one is sent to no other server or user than it was given for");
        if (draft is { User: not null, Security: MailSecurity.None } && draft.Host.Trim() is not ("localhost" or "127.0.0.1" or "::1")) wrong ??= ("Security", "must be STARTTLS or TLS: without it the password could be read on its way");
        return wrong is not { } x ? null : new Refusal("request_invalid", $"{x.Name} {x.Problem}.", [new FieldError("/" + System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(x.Name), x.Problem)]);
    }

    private static object Shown(MailServerSetting x) => new { host = x.Host, port = x.Port, security = x.Security, user = x.User, from = x.From };
}
