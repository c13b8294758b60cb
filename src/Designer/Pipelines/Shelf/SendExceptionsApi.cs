using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Pipelines.Shelf;

/// <summary>Sends that may go without a gate, over HTTP, for administrators.</summary>
public static class SendExceptionsApi
{
    /// <summary>Maps <c>/pipelines/{id}/exceptions</c>; who reads a pipeline sees them there.</summary>
    public static void MapSendExceptions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/pipelines/{id}/exceptions", AllowAsync).WithSummary("Lets one node of the pipeline send without an approval, for a reason; kept outside the file.");
        api.MapDelete("/pipelines/{id}/exceptions/{node}", ForbidAsync).WithSummary("Takes an exception back; what is published stays as it is.");
    }

    private static async Task<IResult> AllowAsync(string id, HttpContext http, SendExceptions exceptions)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return Problems.Refuse(PipelineEditor.NoSuchPipeline);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var idempotency = body.Value.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var fields = new Fields(given.Value);
        var node = fields.Text("node", required: true, most: 200) ?? "";
        var reason = fields.Text("reason", required: true, most: SendExceptions.MostReason) ?? "";
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        var allowed = await exceptions.AllowAsync(pipeline, node, reason, http.Actor(), http.RequestAborted, idempotency.Value);
        if (allowed.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.Location = $"/api/v1/pipelines/{pipeline}";
        return Problems.Ok(allowed.Value!, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ForbidAsync(string id, string node, HttpContext http, SendExceptions exceptions)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var pipeline)) return Problems.Refuse(PipelineEditor.NoSuchPipeline);
        var forbidden = await exceptions.ForbidAsync(pipeline, node, http.Actor(), http.RequestAborted);
        return forbidden.Refusal is { } refusal ? Problems.Refuse(refusal) : Results.NoContent();
    }
}
