using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>Invitations into a workspace: a link that is known to the person who made it and the person who got it, and that works once.</summary>
public sealed class Invitations(Database database, MemberRegister members, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Invites somebody. The link's secret is in the answer and nowhere else; an earlier open invitation of that address ends.</summary>
    public async Task<Answer<InvitationMade>> InviteAsync(InvitationRequest request, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        if (MemberRegister.WrongAddress(request.Email) is { } wrong) return wrong;
        var now = clock.GetUtcNow();
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return await database.WriteAsync<Answer<InvitationMade>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, request.Idempotency, now, token) is { } earlier)
            {
                if (!earlier.RequestHash.AsSpan().SequenceEqual(request.Idempotency!.Value.RequestHash)) return Idempotency.Reused;
                var id = Guid.Parse(earlier.Answer);
                return Made(await db.Invitations.SingleAsync(x => x.Id == id, token), null);
            }
            var normalized = request.Email.ToUpperInvariant();
            if (await db.Members.AnyAsync(x => x.User!.NormalizedEmail == normalized, token)) return Taken(request.Email);
            await EndAsync(db, x => x.Email.Equals(request.Email, StringComparison.OrdinalIgnoreCase), now, token);
            var made = new Invitation
            {
                Id = Guid.CreateVersion7(now), Email = request.Email, Role = request.Role, Rights = request.Rights, Hash = HashOf(secret), CreatedBy = actor.Name, CreatedAt = now,
                ExpiresAt = now + Lifetime,
            };
            db.Invitations.Add(made);
            Idempotency.Add(db, request.Idempotency, 201, made.Id.ToString(), now);
            db.Audit(actor, AuditActions.MemberInvited, (made.Id, made.Email), null, Shown(made), now);
            return Made(made, secret);
        }, cancel);
    }

    /// <summary>Takes an open invitation back.</summary>
    public async Task<Answer<Guid>> RevokeAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        var now = clock.GetUtcNow();
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Invitations.SingleOrDefaultAsync(x => x.Id == id && x.EndedAt == null, token) is not { } open)
                return new Refusal("not_found", "There is no such open invitation.");
            open.EndedAt = now;
            db.Audit(actor, AuditActions.InvitationRevoked, (open.Id, open.Email), Shown(open), null, now);
            return id;
        }, cancel);
    }

    /// <summary>What a link invites to; null where it is unknown, used, taken back or too old, without saying which.</summary>
    public async Task<InvitationFound?> FindAsync(string secret, CancellationToken cancel)
    {
        await using var db = database.Read(0);
        if (await OpenAsync(db, secret, cancel) is not { } open) return null;
        var workspace = await db.Workspaces.Where(x => x.Id == open.WorkspaceId).Select(x => x.Name).SingleAsync(cancel);
        return new InvitationFound(open.Id, open.WorkspaceId, workspace, open.Email, open.Role, open.Rights, open.CreatedBy, open.ExpiresAt, await AccountAsync(db, open.Email, cancel) is { IsInUse: true });
    }

    /// <summary>Takes the invited person in. Somebody without an account gets one with the password; somebody who has one must be signed in to it.</summary>
    public Task<Answer<Guid>> AcceptAsync(InvitationAccepted accepted, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        return database.WriteAsync<Answer<Guid>>(0, async (db, token) =>
        {
            if (await OpenAsync(db, accepted.Secret, token) is not { } open) return Invalid;
            var (known, isInUse) = await AccountAsync(db, open.Email, token);
            if (isInUse && known!.Id != accepted.SignedInAs) return accepted.Password is null ? SignInFirst(open.Email) : Taken(open.Email);
            if (!isInUse && MemberRegister.WeakPassword(accepted.Password ?? "", open.Email) is { } weak) return weak;
            db.Workspace = open.WorkspaceId;
            if (known is not null && await db.Members.AnyAsync(x => x.UserId == known.Id, token)) return Taken(open.Email);
            var member = isInUse ? members.Join(known!, open.Role, open.Rights) : members.Make(known, open.Email, accepted.Password!, open.Role, open.Rights);
            if (!string.IsNullOrWhiteSpace(accepted.DisplayName)) (member.User ?? known!).DisplayName = accepted.DisplayName.Trim();
            db.Members.Add(member);
            open.EndedAt = now;
            db.Audit(new Actor(open.WorkspaceId, open.Email, member.UserId) { Address = accepted.Address }, AuditActions.InvitationAccepted, (member.Id, open.Email), null, Shown(open), now);
            return member.Id;
        }, cancel);
    }

    /// <summary>Ends open invitations of the context's workspace.</summary>
    internal static async Task EndAsync(DesignerDb db, Func<Invitation, bool> which, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var open in (await db.Invitations.Where(x => x.EndedAt == null).ToListAsync(cancel)).Where(which)) open.EndedAt = now;
    }

    /// <summary>Looks in all workspaces: who follows a link is in none yet.</summary>
    private async Task<Invitation?> OpenAsync(DesignerDb db, string secret, CancellationToken cancel)
    {
        var hash = HashOf(secret);
        var now = clock.GetUtcNow();
        return await db.Invitations.IgnoreQueryFilters().SingleOrDefaultAsync(x => x.Hash == hash && x.EndedAt == null && x.ExpiresAt > now, cancel);
    }

    /// <summary>An account without any membership is not in use: nobody can sign in to it, so its person comes back with a new password.</summary>
    private static async Task<(User? User, bool IsInUse)> AccountAsync(DesignerDb db, string email, CancellationToken cancel)
    {
        var normalized = email.ToUpperInvariant();
        var user = await db.Users.SingleOrDefaultAsync(x => x.NormalizedEmail == normalized, cancel);
        return (user, user is not null && await db.Members.IgnoreQueryFilters().AnyAsync(x => x.UserId == user.Id, cancel));
    }

    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static InvitationMade Made(Invitation x, string? secret) => new(x.Id, secret, x.ExpiresAt);

    private static object Shown(Invitation x) => new { email = x.Email, role = x.Role.ToString(), rights = x.Rights.ToString(), expiresAt = x.ExpiresAt };

    private static Refusal Invalid => new("not_found", "This invitation is not valid. It may be used, taken back or older than seven days; ask for a new one.");

    private static Refusal Taken(string email) => new("email_taken", $"Somebody with the address {email} is registered already.");

    private static Refusal SignInFirst(string email) => new("unauthenticated", $"There is an account for {email} already. Sign in to it, then open this link again.");
}

/// <summary>Whom to invite, with what.</summary>
public sealed record InvitationRequest(string Email, Role Role, Rights Rights)
{
    /// <summary>The caller's idempotency key with the hash of its request.</summary>
    public (string Key, byte[] RequestHash)? Idempotency { get; init; }
}

/// <summary>An invitation that was made; <paramref name="Secret"/> is null where the request is a repetition, since nobody knows it any more.</summary>
public sealed record InvitationMade(Guid Id, string? Secret, DateTimeOffset ExpiresAt);

/// <summary>An open invitation as the person who follows its link sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Workspace">Where it leads.</param>
/// <param name="WorkspaceName">What people call that.</param>
/// <param name="Email">For whom it is.</param>
/// <param name="Role">The role that it brings.</param>
/// <param name="Rights">The rights that it brings.</param>
/// <param name="InvitedBy">Who made it.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
/// <param name="HasAccount">The person has an account and signs in to accept; else a password is chosen.</param>
public sealed record InvitationFound(Guid Id, int Workspace, string WorkspaceName, string Email, Role Role, Rights Rights, string InvitedBy, DateTimeOffset ExpiresAt, bool HasAccount);

/// <summary>What somebody who accepts brings.</summary>
/// <param name="Secret">The link's secret.</param>
/// <param name="Password">The new account's password; null for somebody who is signed in.</param>
/// <param name="DisplayName">What the person wants to be called; null: the mail address.</param>
/// <param name="SignedInAs">Id of the person who is signed in; null where nobody is.</param>
/// <param name="Address">The network address that the request came from.</param>
public sealed record InvitationAccepted(string Secret, string? Password, string? DisplayName, Guid? SignedInAs, string? Address);
