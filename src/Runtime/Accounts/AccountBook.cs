using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>What people do with their own account.</summary>
public sealed class AccountBook(Database database, TimeProvider clock)
{
    private static readonly PasswordHasher<User> Hasher = new();

    /// <summary>Changes the person's password; every other session of that person ends. The answer is the new security stamp.</summary>
    /// <param name="current">The password until now.</param>
    /// <param name="next">The new one.</param>
    /// <param name="actor">The person.</param>
    /// <param name="cancel">Stops before it is stored.</param>
    public async Task<Answer<string>> ChangePasswordAsync(string current, string next, Actor actor, CancellationToken cancel)
    {
        if (actor.Person is not { } person) return new Refusal("person_required", "Only a person has a password.");
        if (MemberRegister.WeakPassword(next, actor.Name) is { } weak) return weak;
        return await database.WriteAsync<Answer<string>>(actor.Workspace, async (db, token) =>
        {
            var user = await db.Users.SingleAsync(x => x.Id == person, token);
            if (user.PasswordHash is null || Hasher.VerifyHashedPassword(user, user.PasswordHash, current) == PasswordVerificationResult.Failed)
                return new Refusal("request_invalid", "The password until now is wrong.", [new FieldError("/current", "is wrong")]);
            user.PasswordHash = Hasher.HashPassword(user, next);
            user.SecurityStamp = Guid.NewGuid().ToString("N");
            db.Audit(actor, AuditActions.PasswordChanged, (person, actor.Name), null, null, clock.GetUtcNow());
            return user.SecurityStamp;
        }, cancel);
    }

    /// <summary>Ends every session of the person, this one too. API keys stay.</summary>
    public async Task<Answer<Guid>> SignOutEverywhereAsync(Actor actor, CancellationToken cancel)
    {
        if (actor.Person is not { } person) return new Refusal("person_required", "Only a person has sessions.");
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            var user = await db.Users.SingleAsync(x => x.Id == person, token);
            user.SecurityStamp = Guid.NewGuid().ToString("N");
            db.Audit(actor, AuditActions.SignedOutEverywhere, (person, actor.Name), null, null, clock.GetUtcNow());
            return person;
        }, cancel);
    }
}
