using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Runtime.Pipelines.Trials;

/// <summary>Outputs that a person keeps, so that what follows a node is tried without running it. Nobody else's tries use them, and no file holds them.</summary>
public sealed class Pins(Database database)
{
    private const int MostSize = 1024 * 1024;

    /// <summary>A person's pins of a pipeline, by node id.</summary>
    public async Task<IReadOnlyDictionary<string, KnownOutput>> OfAsync(Guid pipeline, Actor actor, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        var rows = await db.PinnedOutputs.Where(x => x.UserId == actor.Person && db.Pipelines.Any(y => y.Id == pipeline && y.Key == x.PipelineKey)).ToListAsync(cancel);
        return rows.ToDictionary(x => x.Node, x => new KnownOutput(JsonSerializer.Deserialize<JsonElement>(x.Output), x.Port), StringComparer.Ordinal);
    }

    /// <summary>Keeps an output, or lets it go.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="node">The node's id.</param>
    /// <param name="output">What is kept, 1 MB at most; null: nothing any more.</param>
    /// <param name="actor">Whose pin it is.</param>
    /// <param name="cancel">Stops before it is stored.</param>
    public async Task<Refusal?> SetAsync(Guid pipeline, string node, KnownOutput? output, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } denied) return denied;
        if (actor.Person is not { } person) return new Refusal("forbidden", "Pins are a person's.");
        var text = output?.Output.GetRawText();
        if (text?.Length > MostSize) return new Refusal("limit", "This output is larger than 1 MB and cannot be pinned.");
        return await database.WriteAsync<Refusal?>(actor.Workspace, async (db, token) =>
        {
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == pipeline, token) is not { } owner) return PipelineEditor.NoSuchPipeline;
            if (await db.PinnedOutputs.SingleOrDefaultAsync(x => x.PipelineKey == owner.Key && x.UserId == person && x.Node == node, token) is { } earlier) db.PinnedOutputs.Remove(earlier);
            await db.SaveChangesAsync(token);
            if (text is not null) db.PinnedOutputs.Add(new PinnedOutput { PipelineKey = owner.Key, UserId = person, Node = node, Output = text, Port = output!.Port });
            return null;
        }, cancel);
    }
}
