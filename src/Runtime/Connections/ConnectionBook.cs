using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Connections;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Runtime.Connections;

/// <summary>A workspace's own ways to providers of models. An administrator's work; a key goes in and never comes out again.</summary>
public sealed class ConnectionBook
{
    private readonly Database _database;
    private readonly ModelConnections _models;
    private readonly ConnectionSecrets _secrets;
    private readonly TimeProvider _clock;

    internal ConnectionBook(Database database, ModelConnections models, ConnectionSecrets secrets, TimeProvider clock)
    {
        _database = database;
        _models = models;
        _secrets = secrets;
        _clock = clock;
    }

    /// <summary>Makes a connection; its models can be asked at once.</summary>
    public async Task<Answer<Guid>> CreateAsync(ConnectionDraft draft, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        if (Refuse(draft.Wrong(null)) is { } wrong) return wrong;
        var secret = Protect(draft);
        var now = _clock.GetUtcNow();
        return Forget(actor, await _database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await TakenAsync(db, draft.Name, null, token) is { } taken) return taken;
            var made = new Connection { Id = Guid.CreateVersion7(now), Name = "", Kind = "", Models = "", Prices = "", CreatedAt = now };
            Fill(made, draft, secret, now);
            db.Connections.Add(made);
            db.Audit(actor, AuditActions.ConnectionCreated, (made.Id, made.Name), null, Shown(made), now);
            return made.Id;
        }, cancel));
    }

    /// <summary>Changes a connection. Without a new key the stored one stays, unless the endpoint's host changes: a key is sent to no other host than it was given for.</summary>
    public async Task<Answer<Guid>> ChangeAsync(Guid id, ConnectionDraft draft, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        var secret = Protect(draft);
        var now = _clock.GetUtcNow();
        return Forget(actor, await _database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Connections.SingleOrDefaultAsync(x => x.Id == id, token) is not { } stored) return NoSuchConnection;
            if (Refuse(draft.Wrong(stored)) is { } wrong) return wrong;
            if (await TakenAsync(db, draft.Name, id, token) is { } taken) return taken;
            if (draft.Name != stored.Name && await IsDefaultAsync(db, stored, token)) return IsDefault("/name");
            var before = Shown(stored);
            Fill(stored, draft, secret, now);
            db.Audit(actor, AuditActions.ConnectionChanged, (id, stored.Name), before, Shown(stored), now);
            return id;
        }, cancel));
    }

    /// <summary>Deletes a connection with its key. Graphs that name it get the warning <c>unknown_model</c>, their calls fail.</summary>
    public async Task<Answer<Guid>> DeleteAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        return Forget(actor, await _database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Connections.SingleOrDefaultAsync(x => x.Id == id, token) is not { } stored) return NoSuchConnection;
            if (await IsDefaultAsync(db, stored, token)) return IsDefault("");
            db.Connections.Remove(stored);
            db.Audit(actor, AuditActions.ConnectionDeleted, (id, stored.Name), Shown(stored), null, _clock.GetUtcNow());
            return id;
        }, cancel));
    }

    /// <summary>Asks a model that this workspace has, configured ones too.</summary>
    /// <param name="model"><c>connection/model</c> or <c>default</c>.</param>
    /// <param name="actor">An administrator.</param>
    /// <param name="cancel">Stops asking.</param>
    public async Task<Answer<ConnectionTest>> TestAsync(string model, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        var models = await _models.OfAsync(actor.Workspace, cancel);
        if (models.Find(model) is not { } route) return new Refusal("request_invalid", models.WhyNot(model), [new FieldError("/model", models.WhyNot(model))]);
        return await ConnectionTest.RunAsync(route.Provider, route.Model, _clock, cancel);
    }

    /// <summary>Asks through a connection as it is filled in, before it is stored.</summary>
    /// <param name="draft">The connection.</param>
    /// <param name="id">The stored connection that it changes, whose key is used where the draft brings none; null: a new one.</param>
    /// <param name="model">The model's name at the provider.</param>
    /// <param name="actor">An administrator.</param>
    /// <param name="cancel">Stops asking.</param>
    public async Task<Answer<ConnectionTest>> TestDraftAsync(ConnectionDraft draft, Guid? id, string model, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        Connection? stored = null;
        if (id is { } wanted)
        {
            await using var db = _database.Read(actor.Workspace);
            stored = await db.Connections.SingleOrDefaultAsync(x => x.Id == wanted, cancel);
            if (stored is null) return NoSuchConnection;
        }
        var errors = draft.Wrong(stored);
        if (string.IsNullOrWhiteSpace(model)) errors.Add(new FieldError("/model", "is missing; name the model to ask"));
        if (Refuse(errors) is { } wrong) return wrong;
        var key = draft.KeepsKey(stored) ? _secrets.Reveal(stored!.ProtectedKey!) : draft.Key;
        if (draft.KeepsKey(stored) && key is null) return new ConnectionTest(null, 0, 0, 0, "The stored key of this connection cannot be read any more. Enter it again.");
        var open = _models.Open(new ConnectionOptions { Kind = draft.Kind, Endpoint = draft.Endpoint, ApiKey = string.IsNullOrEmpty(key) ? null : key, Rehearse = draft.Rehearse });
        return await ConnectionTest.RunAsync(open.Provider, model, _clock, cancel);
    }

    /// <summary>Before the unit of work: the first key of the ring is itself stored through the write gate.</summary>
    private string? Protect(ConnectionDraft draft) => string.IsNullOrEmpty(draft.Key) ? null : _secrets.Protect(draft.Key);

    private Answer<Guid> Forget(Actor actor, Answer<Guid> done)
    {
        if (done.Refusal is null) _models.Forget(actor.Workspace);
        return done;
    }

    private static void Fill(Connection row, ConnectionDraft draft, string? secret, DateTimeOffset now)
    {
        var keeps = draft.KeepsKey(row);
        row.Name = draft.Name;
        row.Kind = draft.Kind;
        row.Endpoint = draft.Endpoint;
        if (!keeps) (row.ProtectedKey, row.KeyTail) = (secret, secret is null ? null : draft.Key!.Length > 8 ? draft.Key[^4..] : "****");
        row.Models = JsonSerializer.Serialize(draft.Models.Distinct(StringComparer.Ordinal));
        row.Prices = ConnectionPrices.Write(draft.Prices);
        row.Rehearse = draft.Rehearse;
        row.UpdatedAt = now;
    }

    private async Task<Refusal?> TakenAsync(DesignerDb db, string name, Guid? except, CancellationToken cancel)
    {
        var others = await db.Connections.Where(x => x.Id != except).Select(x => x.Name).ToListAsync(cancel);
        return others.Concat(_models.Configured).Contains(name, StringComparer.OrdinalIgnoreCase)
            ? Refuse([new FieldError("/name", $"'{name}' is taken already by another connection")])
            : null;
    }

    private static async Task<bool> IsDefaultAsync(DesignerDb db, Connection stored, CancellationToken cancel) =>
        (await db.Workspaces.Where(x => x.Id == db.Workspace).Select(x => x.DefaultModel).SingleAsync(cancel))?.StartsWith(stored.Name + "/", StringComparison.Ordinal) == true;

    private static Refusal? Refuse(List<FieldError> errors) =>
        errors.Count == 0 ? null : new Refusal("request_invalid", $"The connection is not right: {errors[0].Path.TrimStart('/')} {errors[0].Message}.", errors);

    private static Refusal IsDefault(string path) => new("request_invalid", "The workspace's default model is reached through this connection. Choose another default first.",
        [new FieldError(path, "is in use by the workspace's default model")]);

    private static Refusal NoSuchConnection => new("not_found", "There is no such connection.");

    private static object Shown(Connection x) => new { name = x.Name, kind = x.Kind, endpoint = x.Endpoint, keyTail = x.KeyTail, models = x.Models, prices = x.Prices, rehearse = x.Rehearse };
}
