using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>API keys: made, recognised, taken back. A key's text is known to its owner alone.</summary>
public sealed class KeyRing
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2); // a revoked key or a changed right is noticed this late at most
    private static readonly TimeSpan UseNoted = TimeSpan.FromMinutes(1);

    private readonly Database _database;
    private readonly ReadConnections _read;
    private readonly JournalWriter _writer;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    internal KeyRing(Database database, ReadConnections read, JournalWriter writer, TimeProvider clock)
    {
        _database = database;
        _read = read;
        _writer = writer;
        _clock = clock;
    }

    /// <summary>Whose key it is; null where it is unknown, expired, revoked, or its person is no longer a member.</summary>
    public async ValueTask<KeyHolder?> RecogniseAsync(string key, CancellationToken cancel)
    {
        var now = _clock.GetUtcNow();
        if (_known.TryGetValue(key, out var known) && known.Until > now) return known.Holder is { ExpiresAt: { } end } && end <= now ? null : known.Holder;
        var found = await _read.ReadAsync("""
            SELECT k.Id, k.WorkspaceId, k.Name, k.Kind, k.UserId, k.Scopes, k.ExpiresAt, k.LastUsedAt, u.Email, m.Role, m.Rights
            FROM ApiKeys k LEFT JOIN AspNetUsers u ON u.Id = k.UserId LEFT JOIN Members m ON m.UserId = k.UserId AND m.WorkspaceId = k.WorkspaceId
            WHERE k.Hash = @1 AND k.RevokedAt IS NULL AND (k.Kind = 1 OR m.Id IS NOT NULL)
            """, x => (Holder: new KeyHolder(x.Id(0), (ApiKeyKind)x.GetInt32(3) == ApiKeyKind.Service
                ? new Actor(x.GetInt32(1), x.GetString(2), null) { Scopes = (ApiKeyScopes)x.GetInt32(5) }
                : new Actor(x.GetInt32(1), x.GetString(8), x.Id(4)) { Role = (Role)x.GetInt32(9), Rights = (Rights)x.GetInt32(10) }, x.TimeOrNull(6)), Used: x.TimeOrNull(7)),
            cancel, HashOf(key));
        var holder = found.Count == 0 || found[0].Holder.ExpiresAt <= now ? null : found[0].Holder;
        if (_known.Count > 10_000) _known.Clear(); // guesses at keys must not fill the memory
        _known[key] = new Known(holder, now + Remembered);
        if (holder is not null && (found[0].Used is not { } used || used < now - UseNoted))
            await _writer.WriteAsync(t => t.Of("UPDATE ApiKeys SET LastUsedAt = @2 WHERE Id = @1").Run(holder.Key, now));
        return holder;
    }

    /// <summary>Makes a key. Its text is in the answer and nowhere else.</summary>
    /// <param name="request">What kind of key, for whom.</param>
    /// <param name="actor">An administrator; or a person, for a key of their own.</param>
    /// <param name="cancel">Stops before it is stored.</param>
    public async Task<Answer<KeyMade>> IssueAsync(KeyRequest request, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        var text = "pd_live_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var isNew = true;
        var key = await _database.WriteAsync(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, request.Idempotency, _clock.GetUtcNow(), token) is { } earlier)
            {
                isNew = false;
                return earlier.RequestHash.AsSpan().SequenceEqual(request.Idempotency!.Value.RequestHash) ? await db.ApiKeys.FindAsync([Guid.Parse(earlier.Answer)], token) : null;
            }
            var made = Make(request.Name, request.Kind, request.Kind == ApiKeyKind.Person ? actor.Person : null, request.Scopes, request.ExpiresAt, text);
            db.ApiKeys.Add(made);
            Idempotency.Add(db, request.Idempotency, 201, made.Id.ToString(), _clock.GetUtcNow());
            db.Audit(actor, AuditActions.KeyIssued, (made.Id, made.Name), null, Shown(made), _clock.GetUtcNow());
            return made;
        }, cancel);
        return key is null ? Idempotency.Reused : new KeyMade(key.Id, isNew ? text : null);
    }

    /// <summary>Takes a key back; it is refused from then on.</summary>
    public async Task<Answer<Guid>> RevokeAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        var now = _clock.GetUtcNow();
        var found = await _database.WriteAsync(actor.Workspace, async (db, token) =>
        {
            if (await db.ApiKeys.FindAsync([id], token) is not { } key || key.WorkspaceId != actor.Workspace) return false;
            if (key.RevokedAt is not null) return true;
            key.RevokedAt = now;
            db.Audit(actor, AuditActions.KeyRevoked, (key.Id, key.Name), Shown(key), null, now);
            return true;
        }, cancel);
        _known.Clear();
        return found ? id : new Refusal("not_found", "There is no such key.");
    }

    internal ApiKey Make(string name, ApiKeyKind kind, Guid? user, ApiKeyScopes scopes, DateTimeOffset? expires, string text) => new()
    {
        Id = Guid.CreateVersion7(_clock.GetUtcNow()), Name = name, Kind = kind, UserId = user, Scopes = scopes, Hash = HashOf(text), Tail = text[^4..],
        CreatedAt = _clock.GetUtcNow(), ExpiresAt = expires,
    };

    private static object Shown(ApiKey x) => new { kind = x.Kind.ToString(), scopes = x.Scopes.ToString(), tail = x.Tail, expiresAt = x.ExpiresAt };

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private sealed record Known(KeyHolder? Holder, DateTimeOffset Until);
}

/// <summary>A recognised key.</summary>
public sealed record KeyHolder(Guid Key, Actor Actor, DateTimeOffset? ExpiresAt);

/// <summary>A key to make.</summary>
public sealed record KeyRequest(string Name, ApiKeyKind Kind, ApiKeyScopes Scopes, DateTimeOffset? ExpiresAt)
{
    /// <summary>The caller's idempotency key with the hash of its request.</summary>
    public (string Key, byte[] RequestHash)? Idempotency { get; init; }
}

/// <summary>A key that was made; <paramref name="Text"/> is null where the request is a repetition, since nobody knows it any more.</summary>
public sealed record KeyMade(Guid Id, string? Text);
