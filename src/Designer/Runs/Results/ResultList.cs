using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>A run as the table shows it.</summary>
/// <param name="Row">The run.</param>
/// <param name="Inputs">What it was given.</param>
/// <param name="Outputs">What it gave.</param>
public sealed record ResultLine(ResultRow Row, IReadOnlyDictionary<string, ResultValue> Inputs, IReadOnlyDictionary<string, ResultValue> Outputs);

/// <summary>A page of results, newest first.</summary>
/// <param name="Columns">Every input and output that the active version has or a run of the page had.</param>
/// <param name="Lines">The runs.</param>
/// <param name="Next">Where the next page goes on; null: this is the last.</param>
/// <param name="Searched">So many runs were looked through, and the next page looks further back; null: the page is full or all were.</param>
public sealed record ResultPage(IReadOnlyList<ResultColumn> Columns, IReadOnlyList<ResultLine> Lines, ResultPlace? Next, int? Searched);

/// <summary>All results that a filter takes, for a file.</summary>
/// <param name="Columns">Every input and output that the active version has or one of the runs had.</param>
/// <param name="Rows">The runs, newest first; read while they are written.</param>
public sealed record ResultSelection(IReadOnlyList<ResultColumn> Columns, IAsyncEnumerable<ResultRow> Rows);

/// <summary>Reads the results of a pipeline's runs: by cursor through one index, and never so many at once that others wait.</summary>
public sealed class ResultList(Database database)
{
    /// <summary>So many characters of a run's inputs, and of its outputs, are read for a page.</summary>
    public const int MostShown = 64 * 1024;

    private const int TextSearchedAtOnce = 20_000;
    private const int FilteredAtOnce = 100_000;
    private const int Batch = 100;

    private readonly DeclaredColumns _declared = new();

    /// <summary>The pipeline; null where the workspace has none with that id.</summary>
    public async Task<ResultPipeline?> FindAsync(Guid id, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return await db.Pipelines.Where(x => x.Id == id).Select(x => new ResultPipeline(x.Key, x.Id, x.Name, x.ActiveVersion, x.ArchivedAt != null)).SingleOrDefaultAsync(cancel);
    }

    /// <summary>A page of results.</summary>
    public async Task<ResultPage> ReadAsync(ResultPipeline pipeline, int workspace, RunFilter filter, ResultPlace? below, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var most = SearchedAtOnce(filter);
        var floor = await FloorAsync(db, pipeline.Key, filter, below, most, cancel);
        var rows = await Rows(Window(db, pipeline.Key, filter, below, floor).Take(take + 1), MostShown).ToListAsync(cancel);
        var lines = rows.Take(take).Select(x => new ResultLine(x, ResultValue.Fields(x.Inputs), ResultValue.Fields(x.Outputs))).ToList();
        var declared = await _declared.OfAsync(db, pipeline.Key, Graphs(pipeline, lines.Select(x => (x.Row.Version, x.Row.DraftRevision))), cancel);
        var columns = ResultColumn.Merge(declared.Concat(lines.SelectMany(x => x.Inputs.Keys.Select(name => new ResultColumn(false, name)).Concat(x.Outputs.Keys.Select(name => new ResultColumn(true, name))))));
        return rows.Count > take ? new ResultPage(columns, lines, lines[^1].Row.Place, null) : new ResultPage(columns, lines, floor?.Above, floor is null ? null : most);
    }

    /// <summary>All results up to this moment.</summary>
    public async Task<ResultSelection> SelectAsync(ResultPipeline pipeline, int workspace, RunFilter filter, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var newest = await Window(db, pipeline.Key, new RunFilter { Tries = true }, null, null).Select(x => new ResultPlace(x.CreatedAt, x.Key)).FirstOrDefaultAsync(cancel);
        if (newest is null) return new ResultSelection(await _declared.OfAsync(db, pipeline.Key, Graphs(pipeline, []), cancel), AsyncEnumerable.Empty<ResultRow>());
        var end = newest.Above; // a run that comes meanwhile may have columns that the file has not
        var graphs = new HashSet<(int?, int?)>();
        for (ResultPlace? below = end; below is not null;)
        {
            var floor = await FloorAsync(db, pipeline.Key, filter, below, SearchedAtOnce(filter), cancel);
            graphs.UnionWith((await Window(db, pipeline.Key, filter, below, floor).Select(x => new { x.Version, x.DraftRevision }).Distinct().ToListAsync(cancel)).Select(x => (x.Version, x.DraftRevision)));
            below = floor?.Above;
        }
        return new ResultSelection(await _declared.OfAsync(db, pipeline.Key, Graphs(pipeline, graphs), cancel), AllAsync(pipeline.Key, workspace, filter, end, cancel));
    }

    /// <summary>The runs that a filter takes, newest first, between two places.</summary>
    public static IQueryable<Run> Window(DesignerDb db, int pipeline, RunFilter filter, ResultPlace? below, ResultPlace? floor)
    {
        var runs = filter.Narrow(Newest(db, pipeline, filter, below));
        if (filter.Statuses is [var only]) runs = runs.Where(x => x.Status == only);
        else if (filter.Statuses.Count > 1) runs = runs.Where(x => filter.Statuses.Contains(x.Status));
        if (floor is { At: var at, Key: var key }) runs = runs.Where(x => x.CreatedAt >= at && (x.CreatedAt > at || x.Key > key));
        return runs;
    }

    /// <summary>The place of the run after the next <paramref name="most"/> ones, of whose filter only the time is asked; nothing where there are not so many.</summary>
    public static IQueryable<ResultPlace> Floor(DesignerDb db, int pipeline, RunFilter filter, ResultPlace? below, int most) => Newest(db, pipeline, filter, below).Select(x => new ResultPlace(x.CreatedAt, x.Key)).Skip(most);

    private static Task<ResultPlace?> FloorAsync(DesignerDb db, int pipeline, RunFilter filter, ResultPlace? below, int most, CancellationToken cancel) => Floor(db, pipeline, filter, below, most).FirstOrDefaultAsync(cancel);

    private static IQueryable<Run> Newest(DesignerDb db, int pipeline, RunFilter filter, ResultPlace? below)
    {
        var runs = db.Runs.Where(x => x.PipelineKey == pipeline);
        if (filter.From is { } from) runs = runs.Where(x => x.CreatedAt >= from);
        if (filter.To is { } to) runs = runs.Where(x => x.CreatedAt < to);
        if (below is { At: var at, Key: var key }) runs = runs.Where(x => x.CreatedAt <= at && (x.CreatedAt < at || x.Key < key));
        return runs.OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Key);
    }

    private async IAsyncEnumerable<ResultRow> AllAsync(int pipeline, int workspace, RunFilter filter, ResultPlace end, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (ResultPlace? below = end; below is not null;)
        {
            ResultPlace? floor;
            await using (var db = database.Read(workspace)) floor = await FloorAsync(db, pipeline, filter, below, SearchedAtOnce(filter), cancel);
            for (var count = Batch; count == Batch;)
            {
                count = 0;
                // a query of its own for each batch: a file that somebody fetches slowly keeps no transaction open
                await using var db = database.Read(workspace);
                await foreach (var row in Rows(Window(db, pipeline, filter, below, floor).Take(Batch), int.MaxValue).AsAsyncEnumerable().WithCancellation(cancel))
                {
                    count++;
                    below = row.Place;
                    yield return row;
                }
            }
            below = floor?.Above;
        }
    }

    /// <summary>States, triggers, tries and texts stand in no index of a pipeline's: a query looks through so many runs for them.</summary>
    private static int SearchedAtOnce(RunFilter filter) => filter.Text is not null && !Guid.TryParse(filter.Text, out _) ? TextSearchedAtOnce : FilteredAtOnce;

    private static IEnumerable<(int? Version, int? Draft)> Graphs(ResultPipeline pipeline, IEnumerable<(int? Version, int? Draft)> used)
    {
        var others = used.Distinct().OrderByDescending(x => x.Version).ThenByDescending(x => x.Draft);
        return pipeline.ActiveVersion is { } active ? others.Prepend((active, null)) : others;
    }

    private static IQueryable<ResultRow> Rows(IQueryable<Run> runs, int most) => runs.Select(x => new ResultRow
    {
        Key = x.Key, Id = x.Id, Version = x.Version, DraftRevision = x.DraftRevision, Status = x.Status, WaitingFor = x.WaitingFor, Trigger = x.Trigger, StartedBy = x.StartedBy, Account = x.Account, Try = x.Try, Practice = x.Practice,
        CreatedAt = x.CreatedAt, StartedAt = x.StartedAt, FinishedAt = x.FinishedAt, Cost = x.Cost, ErrorCode = x.ErrorCode, ErrorMessage = x.ErrorMessage, ErrorStep = x.ErrorStep,
        Inputs = x.Inputs.Substring(0, most), Outputs = x.Outputs!.Substring(0, most),
    });
}
