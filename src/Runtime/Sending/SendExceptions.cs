using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Sending;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Runtime.Sending;

/// <summary>A send that may go without a gate.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Reason">Why.</param>
/// <param name="AllowedBy">Who allowed it: a mail address.</param>
/// <param name="AllowedAt">When.</param>
public sealed record SendAllowed(string Node, string Reason, string AllowedBy, DateTimeOffset AllowedAt);

/// <summary>Exceptions that administrators make for single nodes of single pipelines. They are kept beside the document, so that no file brings its own.</summary>
public sealed class SendExceptions(Database database, NodeCatalog catalog, GraphJudge judge, TimeProvider clock)
{
    /// <summary>Most characters of a reason.</summary>
    public const int MostReason = 2_000;

    /// <summary>The exceptions of one pipeline, by node.</summary>
    public async Task<IReadOnlyList<SendAllowed>> OfAsync(Guid pipeline, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return await (from x in db.SendExceptions join p in db.Pipelines on x.PipelineKey equals p.Key where p.Id == pipeline orderby x.Node select new SendAllowed(x.Node, x.Reason, x.AllowedBy, x.AllowedAt)).ToListAsync(cancel);
    }

    /// <summary>Lets a send of the draft or of the active version go without a gate; where it may already, the reason is the new one.</summary>
    public async Task<Answer<SendAllowed>> AllowAsync(Guid pipeline, string node, string reason, Actor actor, CancellationToken cancel, (string Key, byte[] RequestHash)? idempotency = null)
    {
        if (actor.Denies(Operation.Administer) is { } denied) return denied;
        var said = reason.Trim();
        if (said.Length is 0 or > MostReason) return Wrong("/reason", $"must have 1 to {MostReason} characters");
        var now = clock.GetUtcNow();
        var allowed = await database.WriteAsync<Answer<SendAllowed>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, idempotency, now, token) is { } earlier)
                return earlier.RequestHash.AsSpan().SequenceEqual(idempotency!.Value.RequestHash) ? JsonSerializer.Deserialize<SendAllowed>(earlier.Answer)! : Idempotency.Reused;
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == pipeline, token) is not { } found) return PipelineEditor.NoSuchPipeline;
            if (!await SendsAsync(db, found, node, token)) return Wrong("/node", "must be the id of a step that sends, in the draft or in the active version");
            var stored = await db.SendExceptions.SingleOrDefaultAsync(x => x.PipelineKey == found.Key && x.Node == node, token);
            var before = stored is null ? null : Shown(stored);
            if (stored is null) db.SendExceptions.Add(stored = new SendException { PipelineKey = found.Key, Node = node, Reason = "", AllowedBy = "" });
            (stored.Reason, stored.AllowedBy, stored.AllowedAt) = (said, actor.Name, now);
            db.Audit(actor, AuditActions.SendAllowed, (found.Id, found.Name), before, Shown(stored), now);
            var made = new SendAllowed(node, said, actor.Name, now);
            Idempotency.Add(db, idempotency, 201, JsonSerializer.Serialize(made), now);
            return made;
        }, cancel);
        if (allowed.Refusal is null) judge.Tell(actor.Workspace, pipeline);
        return allowed;
    }

    /// <summary>Takes an exception back. Versions that are published stay as they are; the next one needs a gate. The answer is the node's id.</summary>
    public async Task<Answer<string>> ForbidAsync(Guid pipeline, string node, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } denied) return denied;
        var forbidden = await database.WriteAsync<Answer<string>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == pipeline, token) is not { } found) return PipelineEditor.NoSuchPipeline;
            if (await db.SendExceptions.SingleOrDefaultAsync(x => x.PipelineKey == found.Key && x.Node == node, token) is not { } stored)
                return new Refusal("not_found", $"'{node}' of this pipeline was not allowed to send without an approval.");
            db.SendExceptions.Remove(stored);
            db.Audit(actor, AuditActions.SendForbidden, (found.Id, found.Name), Shown(stored), null, clock.GetUtcNow());
            return node;
        }, cancel);
        if (forbidden.Refusal is null) judge.Tell(actor.Workspace, pipeline);
        return forbidden;
    }

    private async Task<bool> SendsAsync(DesignerDb db, Pipeline pipeline, string node, CancellationToken cancel)
    {
        if (Sends(GraphJudge.ReadStored(pipeline.Draft), node)) return true;
        var active = await db.PipelineVersions.Where(x => x.PipelineKey == pipeline.Key && x.Number == pipeline.ActiveVersion).Select(x => x.Graph).SingleOrDefaultAsync(cancel);
        return active is not null && Sends(GraphJudge.ReadStored(active), node);
    }

    private bool Sends(Graph graph, string node) => graph.Nodes.FirstOrDefault(x => x.Id == node) is { } found && catalog.Find(found.Kind) is { } kind && kind.Node.Sends(catalog.Bind(found).Settings);

    private static Refusal Wrong(string path, string message) => new("request_invalid", $"The request is not right: {path.TrimStart('/')} {message}.", [new FieldError(path, message)]);

    private static object Shown(SendException x) => new { node = x.Node, reason = x.Reason };
}
