using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Pipelines.Trials;

/// <summary>Inputs that people keep under a name, so that a draft is tried with the same again and again. They belong to the pipeline.</summary>
public sealed class TestInputs(Database database, TimeProvider clock)
{
    /// <summary>Most characters of a name.</summary>
    public const int MostName = 80;

    private const int Most = 100;
    private const int MostSize = 1024 * 1024;

    /// <summary>All of a pipeline, by name.</summary>
    public async Task<IReadOnlyList<TestInput>> ListAsync(Guid pipeline, Actor actor, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        return await Of(db.TestInputs, db.Pipelines.Where(x => x.Id == pipeline)).OrderBy(x => x.Name).ToListAsync(cancel);
    }

    /// <summary>Keeps inputs under a name; those that had it are replaced.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="name">1 to 80 characters.</param>
    /// <param name="inputs">A JSON object, 1 MB at most.</param>
    /// <param name="actor">Who keeps them.</param>
    /// <param name="cancel">Stops before they are stored.</param>
    public async Task<Answer<string>> SaveAsync(Guid pipeline, string name, JsonElement inputs, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } denied) return denied;
        name = name.Trim();
        if (name.Length is 0 or > MostName) return new Refusal("request_invalid", $"A name has 1 to {MostName} characters.");
        if (inputs.ValueKind != JsonValueKind.Object) return new Refusal("request_invalid", "Inputs are a JSON object.");
        var text = inputs.GetRawText();
        if (text.Length > MostSize) return new Refusal("limit", "These inputs are larger than 1 MB. Keep a smaller example.");
        return await database.WriteAsync<Answer<string>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == pipeline, token) is not { } owner) return PipelineEditor.NoSuchPipeline;
            var kept = await db.TestInputs.SingleOrDefaultAsync(x => x.PipelineKey == owner.Key && x.Name == name, token);
            if (kept is null && await db.TestInputs.CountAsync(x => x.PipelineKey == owner.Key, token) >= Most) return new Refusal("limit", $"A pipeline keeps {Most} test inputs. Remove one first.");
            if (kept is null) db.TestInputs.Add(kept = new TestInput { PipelineKey = owner.Key, Name = name, Inputs = text, CreatedBy = actor.Name });
            (kept.Inputs, kept.CreatedBy, kept.CreatedAt) = (text, actor.Name, clock.GetUtcNow());
            return name;
        }, cancel);
    }

    /// <summary>Forgets some.</summary>
    /// <returns>What they were, so that it can be undone; null: there were none of that name.</returns>
    public async Task<Answer<string?>> RemoveAsync(Guid pipeline, string name, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } denied) return denied;
        return await database.WriteAsync<Answer<string?>>(actor.Workspace, async (db, token) =>
        {
            if (await Of(db.TestInputs, db.Pipelines.Where(x => x.Id == pipeline)).SingleOrDefaultAsync(x => x.Name == name, token) is not { } kept) return (string?)null;
            db.TestInputs.Remove(kept);
            return kept.Inputs;
        }, cancel);
    }

    private static IQueryable<TestInput> Of(IQueryable<TestInput> all, IQueryable<Pipeline> pipeline) => all.Where(x => pipeline.Any(y => y.Key == x.PipelineKey));
}
