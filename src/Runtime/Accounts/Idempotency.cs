using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>Idempotency keys of verbs that write through EF; those of runs are in the journal.</summary>
internal static class Idempotency
{
    public static Refusal Reused => new("idempotency_reused", "This Idempotency-Key was used with another request. Use a new key for a new request.");

    /// <summary>What the key was answered within the last day.</summary>
    public static async Task<IdempotencyRecord?> FindAsync(DesignerDb db, (string Key, byte[] RequestHash)? idempotency, DateTimeOffset now, CancellationToken cancel)
    {
        if (idempotency is not { } given) return null;
        var earliest = now.AddHours(-24);
        await db.IdempotencyRecords.Where(x => x.CreatedAt <= earliest).ExecuteDeleteAsync(cancel);
        return await db.IdempotencyRecords.SingleOrDefaultAsync(x => x.Key == given.Key, cancel);
    }

    public static void Add(DesignerDb db, (string Key, byte[] RequestHash)? idempotency, int status, string answer, DateTimeOffset now)
    {
        if (idempotency is { } given)
            db.IdempotencyRecords.Add(new IdempotencyRecord { Key = given.Key, RequestHash = given.RequestHash, StatusCode = status, Answer = answer, CreatedAt = now });
    }
}
