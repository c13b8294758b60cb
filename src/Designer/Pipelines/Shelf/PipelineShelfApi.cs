using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines.Shelf;

/// <summary>How pipelines are kept, over HTTP.</summary>
public static class PipelineShelfApi
{
    /// <summary>Maps what changes a pipeline but not its document.</summary>
    public static void MapPipelineShelf(this IEndpointRouteBuilder api)
    {
        api.MapPatch("/pipelines/{id}", ChangeAsync).WithSummary("Changes tags, owner (a member's mail address; null: nobody) and archived; what is not named stays.");
        api.MapPost("/pipelines/{id}/duplicate", DuplicateAsync).WithSummary("Makes a pipeline of this one's draft, with its tags; not published.");
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, PipelineShelf shelf, Database database)
    {
        if (http.Actor().Denies(Operation.Design) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return Problems.Refuse(PipelineEditor.NoSuchPipeline);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var fields = new Fields(given.Value);
        var change = new PipelineChange { Tags = fields.Texts("tags"), Owner = fields.IsNull("owner") ? "" : fields.Text("owner", most: 254), Archived = fields.Flag("archived") };
        if (change.Owner is "" && !fields.IsNull("owner")) fields.Report("/owner", "must be a member's mail address, or null");
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        var changed = await shelf.ChangeAsync(pipeline, change, http.Actor(), http.RequestAborted);
        return changed.Refusal is { } refusal ? Problems.Refuse(refusal) : await PipelineRow.ShowAsync(pipeline, http, database);
    }

    private static async Task<IResult> DuplicateAsync(string id, HttpContext http, PipelineShelf shelf)
    {
        if (http.Actor().Denies(Operation.Design) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return Problems.Refuse(PipelineEditor.NoSuchPipeline);
        var body = await RequestBody.ReadNothingAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var idempotency = body.Value!.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var made = await shelf.DuplicateAsync(pipeline, http.Actor(), idempotency.Value, http.RequestAborted);
        if (made.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.Location = $"/api/v1/pipelines/{made.Value!.Id}";
        return Problems.Ok(PipelinesApi.Show(made.Value), StatusCodes.Status201Created);
    }
}
