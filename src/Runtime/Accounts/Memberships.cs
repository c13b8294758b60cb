using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>A workspace that a person belongs to.</summary>
public sealed record MembershipView(int Workspace, string Name);

/// <summary>What a signed-in person is in which workspace, asked anew for every act, so that what was taken away is gone at once.</summary>
public sealed class Memberships(Database database)
{
    /// <summary>The person as an actor; null where that person is no member of the workspace, or signed in before everybody was signed out.</summary>
    /// <param name="user">The person.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="stamp">The security stamp that the session was made with; null: not asked.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="cancel">Stops asking.</param>
    public async Task<Actor?> FindAsync(Guid user, int workspace, string? stamp, string? address, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var found = await db.Members.Where(x => x.UserId == user).Select(x => new { x.User!.Email, x.User.SecurityStamp, x.Role, x.Rights }).SingleOrDefaultAsync(cancel);
        if (found is null || (stamp is not null && stamp != found.SecurityStamp)) return null;
        return new Actor(workspace, found.Email!, user) { Role = found.Role, Rights = found.Rights, Address = address };
    }

    /// <summary>The workspaces of a person, by name.</summary>
    public async Task<IReadOnlyList<MembershipView>> OfAsync(Guid user, CancellationToken cancel)
    {
        await using var db = database.Read(0);
        return await db.Members.IgnoreQueryFilters().Where(x => x.UserId == user).Join(db.Workspaces, x => x.WorkspaceId, x => x.Id, (_, workspace) => workspace).OrderBy(x => x.Name).ThenBy(x => x.Id)
            .Select(x => new MembershipView(x.Id, x.Name)).ToListAsync(cancel);
    }
}
