using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;

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
        if (WeakPassword(request.Password, request.Email) is { } weak) return weak;
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, request.Idempotency, clock.GetUtcNow(), token) is { } earlier)
                return earlier.RequestHash.AsSpan().SequenceEqual(request.Idempotency!.Value.RequestHash) ? Guid.Parse(earlier.Answer) : Idempotency.Reused;
            var normalized = request.Email.ToUpperInvariant();
            var member = Make(request.Email, request.Password, request.Role, request.Rights);
            if (await db.Users.SingleOrDefaultAsync(x => x.NormalizedEmail == normalized, token) is { } known)
            {
                if (await db.Members.IgnoreQueryFilters().AnyAsync(x => x.UserId == known.Id, token))
                    return new Refusal("email_taken", $"Somebody with the address {request.Email} is registered already.");
                known.PasswordHash = member.User!.PasswordHash; // somebody who was taken out comes back
                known.SecurityStamp = member.User.SecurityStamp;
                member.User = null;
                member.UserId = known.Id;
            }
            db.Members.Add(member);
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
            if (await db.Members.SingleOrDefaultAsync(x => x.Id == id, token) is not { } member) return NoSuchMember;
            if (role != Role.Administrator && await IsLastAdministratorAsync(db, member, token)) return LastAdministrator;
            member.Role = role;
            member.Rights = rights;
            return id;
        }, cancel);
    }

    /// <summary>Takes a member out of the workspace; that person's keys end with the membership. The last administrator stays.</summary>
    public async Task<Answer<Guid>> RemoveAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Members.SingleOrDefaultAsync(x => x.Id == id, token) is not { } member) return NoSuchMember;
            if (await IsLastAdministratorAsync(db, member, token)) return LastAdministrator;
            var now = clock.GetUtcNow();
            foreach (var key in await db.ApiKeys.Where(x => x.UserId == member.UserId && x.RevokedAt == null).ToListAsync(token)) key.RevokedAt = now;
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

    internal Member Make(string email, string password, Role role, Rights rights)
    {
        var user = new User
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()), UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(),
            EmailConfirmed = true, LockoutEnabled = true, SecurityStamp = Guid.NewGuid().ToString("N"),
        };
        user.PasswordHash = Hasher.HashPassword(user, password);
        return new Member { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserId = user.Id, User = user, Role = role, Rights = rights, CreatedAt = clock.GetUtcNow() };
    }

    private static Refusal NoSuchMember => new("not_found", "There is no such member.");

    private static Refusal LastAdministrator => new("forbidden", "This is the workspace's last administrator. Make somebody else an administrator first.");

    private static async Task<bool> IsLastAdministratorAsync(DesignerDb db, Member member, CancellationToken cancel) =>
        member.Role == Role.Administrator && !await db.Members.AnyAsync(x => x.Role == Role.Administrator && x.Id != member.Id, cancel);
}
