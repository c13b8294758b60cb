using Microsoft.Net.Http.Headers;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>The results of a pipeline's runs as files over HTTP.</summary>
public static class ResultsApi
{
    /// <summary>What a query may filter by.</summary>
    public static IReadOnlyList<string> Known { get; } = ["from", "to", "status", "trigger", "q", "tries"];

    /// <summary>Maps <c>/pipelines/{id}/results.csv</c> and <c>.jsonl</c>.</summary>
    public static void MapResults(this IEndpointRouteBuilder api)
    {
        api.MapGet("/pipelines/{id}/results.csv", (string id, HttpContext http, ResultList results, Prices prices) => AnswerAsync(id, isCsv: true, http.Actor(), http, results, prices))
            .WithSummary("Inputs and outputs of the pipeline's runs as CSV, newest first. No cell is a formula.");
        api.MapGet("/pipelines/{id}/results.jsonl", (string id, HttpContext http, ResultList results, Prices prices) => AnswerAsync(id, isCsv: false, http.Actor(), http, results, prices))
            .WithSummary("Inputs and outputs of the pipeline's runs, newest first, as one JSON object a line.");
    }

    /// <summary>The file; whatever is wrong is refused before its first byte.</summary>
    internal static async Task<IResult> AnswerAsync(string id, bool isCsv, Actor actor, HttpContext http, ResultList results, Prices prices)
    {
        if (actor.Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        var filter = RunFilter.Of(http.Request.Query, Known);
        if (filter.Refusal is { } unclear) return Problems.Refuse(unclear);
        if (!Guid.TryParse(id, out var wanted) || await results.FindAsync(wanted, actor.Workspace, http.RequestAborted) is not { } pipeline) return Problems.Refuse(PipelineEditor.NoSuchPipeline);
        var selection = await results.SelectAsync(pipeline, actor.Workspace, filter.Value!, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        var named = new ContentDispositionHeaderValue("attachment");
        named.SetHttpFileName($"{pipeline.Name} results.{(isCsv ? "csv" : "jsonl")}");
        http.Response.Headers.ContentDisposition = named.ToString();
        var (cancel, currency) = (http.RequestAborted, prices.Currency);
        return isCsv
            ? TypedResults.Stream(to => ResultFile.WriteCsvAsync(to, selection, currency, cancel), "text/csv; charset=utf-8")
            : TypedResults.Stream(to => ResultFile.WriteLinesAsync(to, selection, currency, cancel), "application/jsonl");
    }
}
