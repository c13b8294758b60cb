using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>The first administrator, made at the set-up page while there is none.</summary>
public sealed class FirstStart(Database database, MemberRegister members, TimeProvider clock)
{
    private volatile bool _done;

    /// <summary>True while nobody can sign in. Once false it stays so.</summary>
    public async ValueTask<bool> IsNeededAsync(CancellationToken cancel)
    {
        if (_done) return false;
        await using var db = database.Read(0);
        _done = await db.Workspaces.AnyAsync(cancel);
        return !_done;
    }

    /// <summary>Makes the first workspace with its administrator, who is Reviewer and Operator too. Refused as soon as there is one, also where two ask at once.</summary>
    /// <param name="email">The administrator's mail address.</param>
    /// <param name="name">What the administrator is called; null: the mail address.</param>
    /// <param name="password">The administrator's password.</param>
    /// <param name="workspace">What the workspace is called.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="cancel">Stops before anything is stored.</param>
    public async Task<Answer<Actor>> CreateAsync(string email, string? name, string password, string workspace, string? address, CancellationToken cancel)
    {
        if (MemberRegister.WeakPassword(password, email) is { } weak) return weak;
        return await database.WriteAsync<Answer<Actor>>(0, async (db, token) =>
        {
            if (await db.Workspaces.AnyAsync(token)) return new Refusal("forbidden", "PromptDesigner has been set up already. Sign in instead.");
            var now = clock.GetUtcNow();
            var made = new Workspace { Name = workspace, CreatedAt = now };
            db.Workspaces.Add(made);
            await db.SaveChangesAsync(token);
            db.Workspace = made.Id;
            var member = members.Make(null, email, password, Role.Administrator, Rights.Reviewer | Rights.Operator);
            member.User!.DisplayName = name;
            db.Members.Add(member);
            var actor = new Actor(made.Id, email, member.UserId) { Role = member.Role, Rights = member.Rights, Address = address };
            db.Audit(actor, AuditActions.WorkspaceCreated, (made.Id, workspace), null, new { name = workspace, administrator = email }, now);
            return actor;
        }, cancel);
    }
}
