using System.Net.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Notices;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>A member to make.</summary>
public sealed record MemberRequest(string Email, Role Role, Rights Rights, string Password)
{
    /// <summary>The caller's idempotency key with the hash of its request.</summary>
    public (string Key, byte[] RequestHash)? Idempotency { get; init; }
}

/// <summary>Who belongs to a workspace, with which role and rights. An administrator's work.</summary>
public sealed class MemberRegister(Database database, TimeProvider clock)
{
    /// <summary>Fewest characters of a password.</summary>
    public const int ShortestPassword = 12;

    private static readonly string[] Obvious = ["password", "123456789012", "qwertyuiop", "letmein", "administrator", "promptdesigner", "changeme"];
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>Makes a person with a password and takes that person into the workspace.</summary>
    public async Task<Answer<Guid>> AddAsync(MemberRequest request, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        if ((WrongAddress(request.Email) ?? WeakPassword(request.Password, request.Email)) is { } wrong) return wrong;
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, request.Idempotency, clock.GetUtcNow(), token) is { } earlier)
                return earlier.RequestHash.AsSpan().SequenceEqual(request.Idempotency!.Value.RequestHash) ? Guid.Parse(earlier.Answer) : Idempotency.Reused;
            var normalized = request.Email.ToUpperInvariant();
            var known = await db.Users.SingleOrDefaultAsync(x => x.NormalizedEmail == normalized, token);
            // who is somewhere else has a password that is not ours to set; an invitation takes that person in
            if (known is not null && await db.Members.IgnoreQueryFilters().AnyAsync(x => x.UserId == known.Id, token))
                return new Refusal("email_taken", $"Somebody with the address {request.Email} is registered already. Send an invitation instead, if that person is not in this workspace.");
            var member = Make(known, request.Email, request.Password, request.Role, request.Rights);
            db.Members.Add(member);
            await Invitations.EndAsync(db, x => x.Email.Equals(request.Email, StringComparison.OrdinalIgnoreCase), clock.GetUtcNow(), token);
            db.Audit(actor, AuditActions.MemberAdded, (member.Id, request.Email), null, Shown(member), clock.GetUtcNow());
            Idempotency.Add(db, request.Idempotency, 201, member.Id.ToString(), clock.GetUtcNow());
            return member.Id;
        }, cancel);
    }

    /// <summary>Changes a member's role and rights. The last administrator stays one.</summary>
    public async Task<Answer<Guid>> ChangeAsync(Guid id, Role role, Rights rights, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Members.Include(x => x.User).SingleOrDefaultAsync(x => x.Id == id, token) is not { } member) return NoSuchMember;
            if (role != Role.Administrator && await IsLastAdministratorAsync(db, member, token)) return LastAdministrator;
            var before = Shown(member);
            member.Role = role;
            member.Rights = rights;
            db.Audit(actor, AuditActions.MemberChanged, (id, member.User!.Email!), before, Shown(member), clock.GetUtcNow());
            return id;
        }, cancel);
    }

    /// <summary>Takes a member out of the workspace; that person's keys, sessions and open invitations end with the membership; what the person owned goes on, and administrators are told. The last administrator stays.</summary>
    public async Task<Answer<Guid>> RemoveAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Members.Include(x => x.User).SingleOrDefaultAsync(x => x.Id == id, token) is not { } member) return NoSuchMember;
            if (await IsLastAdministratorAsync(db, member, token)) return LastAdministrator;
            var now = clock.GetUtcNow();
            foreach (var key in await db.ApiKeys.Where(x => x.UserId == member.UserId && x.RevokedAt == null).ToListAsync(token)) key.RevokedAt = now;
            var email = member.User!.Email!;
            await Invitations.EndAsync(db, x => x.CreatedBy == email, now, token); // a link made beforehand is no way back in
            member.User.SecurityStamp = NewStamp();
            db.Audit(actor, AuditActions.MemberRemoved, (id, email), Shown(member), null, now);
            await db.TellOwnerLeftAsync(member, email, now, token);
            db.Members.Remove(member);
            return id;
        }, cancel);
    }

    /// <summary>Null where a password is good enough.</summary>
    public static Refusal? WeakPassword(string password, string email)
    {
        if (password.Length < ShortestPassword) return new Refusal("password_weak", $"A password needs {ShortestPassword} characters or more; a few words are easy to remember.");
        if (password.Length > 256) return new Refusal("password_weak", "A password has 256 characters at most.");
        if (password.Distinct().Count() < 5 || Array.Exists(Obvious, x => password.StartsWith(x, StringComparison.OrdinalIgnoreCase)) || password.Contains(email, StringComparison.OrdinalIgnoreCase))
            return new Refusal("password_weak", "That password is among the first that somebody would try. Choose another.");
        return null;
    }

    /// <summary>Null where a text is a mail address.</summary>
    internal static Refusal? WrongAddress(string email) => email.Length <= 254 && MailAddress.TryCreate(email, out var address) && address.Address == email ? null
        : new Refusal("request_invalid", "That is no mail address; write one such as ana@example.org.", [new FieldError("/email", "must be a mail address such as ana@example.org")]);

    /// <summary>A person with a password as a member; somebody who was a member of nothing any more comes back with the new password.</summary>
    internal Member Make(User? known, string email, string password, Role role, Rights rights)
    {
        var user = known ?? new User
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()), UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(),
            EmailConfirmed = true, LockoutEnabled = true,
        };
        user.SecurityStamp = NewStamp();
        user.PasswordHash = Hasher.HashPassword(user, password);
        var member = Join(user, role, rights);
        if (known is null) member.User = user;
        return member;
    }

    /// <summary>A person with an account as a member of one more workspace.</summary>
    internal Member Join(User user, Role role, Rights rights) =>
        new() { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserId = user.Id, Role = role, Rights = rights, CreatedAt = clock.GetUtcNow() };

    private static string NewStamp() => Guid.NewGuid().ToString("N");

    private static object Shown(Member x) => new { role = x.Role.ToString(), rights = x.Rights.ToString() };

    private static Refusal NoSuchMember => new("not_found", "There is no such member.");

    private static Refusal LastAdministrator => new("forbidden", "This is the workspace's last administrator. Make somebody else an administrator first.");

    private static async Task<bool> IsLastAdministratorAsync(DesignerDb db, Member member, CancellationToken cancel) =>
        member.Role == Role.Administrator && !await db.Members.AnyAsync(x => x.Role == Role.Administrator && x.Id != member.Id, cancel);
}
