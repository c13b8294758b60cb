using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Pipelines;

/// <summary>A pipeline's draft after it was stored.</summary>
public sealed record DraftSaved(Guid Id, string Name, int Revision, IReadOnlyList<Problem> Problems);

/// <summary>Makes pipelines, saves their drafts, publishes and activates versions.</summary>
public sealed class PipelineEditor(Database database, GraphJudge judge, TimeProvider clock)
{
    /// <summary>A draft was stored, with its new revision; raised once it is durable.</summary>
    public event Action<Guid, int>? Saved;

    /// <summary>Makes a pipeline from a file. What can be read is kept as a draft, with its problems.</summary>
    public async Task<Answer<DraftSaved>> CreateAsync(ReadOnlyMemory<byte> file, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        var read = Read(file);
        if (read.Refusal is { } unreadable) return unreadable;
        return await MakeAsync(read.Value!, [], new { revision = 1 }, actor, idempotency, cancel);
    }

    /// <summary>Makes a pipeline of a document, for somebody who may.</summary>
    internal async Task<Answer<DraftSaved>> MakeAsync(Graph graph, List<string> tags, object audited, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var stored = await database.WriteAsync<Answer<Pipeline>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, idempotency, now, token) is { } earlier)
            {
                if (!earlier.RequestHash.AsSpan().SequenceEqual(idempotency!.Value.RequestHash)) return Idempotency.Reused;
                var id = Guid.Parse(earlier.Answer);
                return await db.Pipelines.SingleAsync(x => x.Id == id, token);
            }
            var made = new Pipeline
            {
                Id = Guid.CreateVersion7(now), Name = graph.Name, Description = graph.Description, Draft = judge.Write(graph), DraftRevision = 1, CreatedAt = now, UpdatedAt = now,
                CreatedBy = actor.Name, OwnerId = actor.Person, Tags = tags,
            };
            db.Pipelines.Add(made);
            Idempotency.Add(db, idempotency, 201, made.Id.ToString(), now);
            db.Audit(actor, AuditActions.PipelineCreated, (made.Id, made.Name), null, audited, now);
            return made;
        }, cancel);
        return stored.Refusal is { } refused ? refused : AsSaved(stored.Value!, await judge.ProblemsAsync(graph, actor.Workspace, stored.Value!.Id, cancel));
    }

    /// <summary>Replaces the draft, if it is still the one that the caller saw.</summary>
    /// <param name="id">The pipeline's id.</param>
    /// <param name="revision">The revision that the caller saw.</param>
    /// <param name="file">The document.</param>
    /// <param name="actor">Who saves.</param>
    /// <param name="cancel">Stops before it is stored.</param>
    /// <param name="audits">False where a row of the audit log says already that this person edits this draft.</param>
    public async Task<Answer<DraftSaved>> SaveDraftAsync(Guid id, int revision, ReadOnlyMemory<byte> file, Actor actor, CancellationToken cancel, bool audits = true)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        var read = Read(file);
        if (read.Refusal is { } unreadable) return unreadable;
        var graph = read.Value!;
        var stored = await database.WriteAsync<Answer<Pipeline>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == id, token) is not { } pipeline) return NoSuchPipeline;
            if (pipeline.DraftRevision != revision)
                return new Refusal("revision_stale", $"Somebody saved this draft meanwhile: it has revision {pipeline.DraftRevision}, you sent {revision}. Load it again and apply your change to it.");
            pipeline.Name = graph.Name;
            pipeline.Description = graph.Description;
            pipeline.Draft = judge.Write(graph);
            pipeline.DraftRevision++;
            pipeline.UpdatedAt = clock.GetUtcNow();
            if (audits) db.Audit(actor, AuditActions.DraftSaved, (id, pipeline.Name), new { revision }, new { revision = pipeline.DraftRevision }, pipeline.UpdatedAt);
            return pipeline;
        }, cancel);
        if (stored.Refusal is { } refused) return refused;
        Saved?.Invoke(id, stored.Value!.DraftRevision);
        return AsSaved(stored.Value!, await judge.ProblemsAsync(graph, actor.Workspace, stored.Value!.Id, cancel));
    }

    /// <summary>Publishes the draft as the next version and makes it the active one.</summary>
    public async Task<Answer<int>> PublishAsync(Guid id, string? note, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        return await database.WriteAsync<Answer<int>>(actor.Workspace, async (db, token) =>
        {
            if (await Idempotency.FindAsync(db, idempotency, clock.GetUtcNow(), token) is { } earlier)
                return earlier.RequestHash.AsSpan().SequenceEqual(idempotency!.Value.RequestHash)
                    ? int.Parse(earlier.Answer, System.Globalization.CultureInfo.InvariantCulture)
                    : Idempotency.Reused;
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == id, token) is not { } pipeline) return NoSuchPipeline;
            var problems = await judge.ProblemsAsync(GraphJudge.ReadStored(pipeline.Draft), actor.Workspace, id, token);
            if (HasErrors(problems, x => !x.IsWarning, "published") is { } refused) return refused;
            var number = 1 + (await db.PipelineVersions.Where(x => x.PipelineKey == pipeline.Key).MaxAsync(x => (int?)x.Number, token) ?? 0);
            db.PipelineVersions.Add(new PipelineVersion
            {
                PipelineKey = pipeline.Key, Number = number, Graph = pipeline.Draft, Note = note, CreatedAt = clock.GetUtcNow(), CreatedBy = actor.Name,
            });
            db.Audit(actor, AuditActions.PipelinePublished, (id, pipeline.Name), Active(pipeline), new { version = number, revision = pipeline.DraftRevision }, clock.GetUtcNow());
            pipeline.ActiveVersion = number;
            Idempotency.Add(db, idempotency, 201, number.ToString(System.Globalization.CultureInfo.InvariantCulture), clock.GetUtcNow());
            return number;
        }, cancel);
    }

    /// <summary>Makes an earlier or later version the one that runs when none is named.</summary>
    public async Task<Answer<Guid>> ActivateAsync(Guid id, int version, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == id, token) is not { } pipeline) return NoSuchPipeline;
            if (!await db.PipelineVersions.AnyAsync(x => x.PipelineKey == pipeline.Key && x.Number == version, token)) return new Refusal("not_found", $"This pipeline has no version {version}.");
            db.Audit(actor, AuditActions.VersionActivated, (id, pipeline.Name), Active(pipeline), new { version }, clock.GetUtcNow());
            pipeline.ActiveVersion = version;
            return id;
        }, cancel);
    }

    /// <summary>A refusal that carries a draft's problems; null where none of them hinders.</summary>
    internal static Refusal? HasErrors(IReadOnlyList<Problem> problems, Func<Problem, bool> hinders, string verb)
    {
        var errors = problems.Where(hinders).ToList();
        return errors.Count == 0 ? null : new Refusal("draft_has_errors", $"The draft has {(errors.Count == 1 ? "an error" : $"{errors.Count} errors")} and cannot be {verb}. The first: {errors[0].Message}", Problems: problems);
    }

    /// <summary>Reads a file as a caller sent it.</summary>
    public static Answer<Graph> Read(ReadOnlyMemory<byte> file) => GraphReader.Read(file) switch
    {
        GraphReadResult.Read read => read.Graph,
        GraphReadResult.Refused refused => new Refusal(refused.Code, refused.Message, refused.Path.Length > 0 ? [new FieldError(refused.Path, refused.Message)] : null),
        _ => throw new InvalidOperationException("Unknown result of reading."),
    };

    private static object? Active(Pipeline pipeline) => pipeline.ActiveVersion is { } version ? new { version } : null;

    /// <summary>The workspace has no pipeline of that id.</summary>
    public static Refusal NoSuchPipeline => new("not_found", "There is no such pipeline.");

    private static DraftSaved AsSaved(Pipeline pipeline, IReadOnlyList<Problem> problems) => new(pipeline.Id, pipeline.Name, pipeline.DraftRevision, problems);
}
