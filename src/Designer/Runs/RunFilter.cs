using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Primitives;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Runs;

/// <summary>Which runs a list shows.</summary>
public sealed record RunFilter
{
    private static readonly string[] Known = ["pipeline", "status", "trigger", "from", "to", "q", "tries", "after", "limit"];

    /// <summary>Of one pipeline.</summary>
    public Guid? Pipeline { get; init; }

    /// <summary>In one of these states.</summary>
    public IReadOnlyList<RunStatus> Statuses { get; init; } = [];

    /// <summary>Started so.</summary>
    public RunTrigger? Trigger { get; init; }

    /// <summary>Accepted at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Accepted before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Text in inputs, outputs, account or error; or a run's id.</summary>
    public string? Text { get; init; }

    /// <summary>Tries too.</summary>
    public bool Tries { get; init; }

    /// <summary>Reads the query string; what it does not know is refused.</summary>
    /// <param name="query">The query string.</param>
    /// <param name="known">The names that may stand in it; null: all that lists of runs take.</param>
    public static Answer<RunFilter> Of(IQueryCollection query, IReadOnlyList<string>? known = null)
    {
        known ??= Known;
        var errors = new List<FieldError>();
        foreach (var name in query.Keys.Where(x => !known.Contains(x, StringComparer.Ordinal))) errors.Add(new FieldError(name, $"unknown; known are {string.Join(", ", known)}"));
        var statuses = new List<RunStatus>();
        foreach (var word in Words(query["status"]))
        {
            if (Fields.TryWord<RunStatus>(word, out var status)) statuses.Add(status);
            else errors.Add(new FieldError("status", $"must be of {string.Join(", ", Enum.GetNames<RunStatus>())}"));
        }
        var filter = new RunFilter
        {
            Pipeline = One(query, "pipeline", x => Guid.TryParse(x, out var id) ? id : (Guid?)null, "must be a pipeline's id", errors),
            Statuses = statuses,
            Trigger = One(query, "trigger", x => Fields.TryWord<RunTrigger>(x, out var word) ? word : (RunTrigger?)null, $"must be of {string.Join(", ", Enum.GetNames<RunTrigger>())}", errors),
            From = One(query, "from", Time, "must be a time such as 2027-01-31T12:00:00Z", errors),
            To = One(query, "to", Time, "must be a time such as 2027-01-31T12:00:00Z", errors),
            Text = query["q"].ToString() is { Length: > 0 } text ? text : null,
            Tries = One(query, "tries", x => bool.TryParse(x, out var flag) ? flag : (bool?)null, "must be true or false", errors) ?? false,
        };
        return errors.Count == 0 ? filter : new Refusal("bad_query", $"{errors[0].Path} {errors[0].Message}.", errors);
    }

    /// <summary>The runs, newest first, after the one with a key. Every way through the filters but texts and triggers ends in an index, so that a million runs are read as fast as ten.</summary>
    /// <param name="db">Reads the workspace.</param>
    /// <param name="below">The key of the last run of the page before; null: the first page.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="oldest">Looks no further back than this key; null: to the first run.</param>
    public IQueryable<Run> Apply(DesignerDb db, long? below, int take, long? oldest = null)
    {
        if (Statuses.Count <= 1) return Newest(db, below, oldest, Statuses.Count == 1 ? Statuses[0] : null).Take(take);
        // one state at a time: of several together SQLite reads every run, newest first, until it has enough
        return Statuses.Distinct().Select(x => Newest(db, below, oldest, x).Take(take)).Aggregate((x, y) => x.Concat(y)).OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Key).Take(take);
    }

    private IQueryable<Run> Newest(DesignerDb db, long? below, long? oldest, RunStatus? status)
    {
        var runs = db.Runs.AsQueryable();
        if (below is { } key)
        {
            var last = db.Runs.Where(x => x.Key <= key).OrderByDescending(x => x.Key).Select(x => x.CreatedAt);
            runs = runs.Where(x => x.CreatedAt <= last.FirstOrDefault() && (x.CreatedAt < last.FirstOrDefault() || x.Key < key));
        }
        if (Pipeline is { } pipeline) runs = runs.Where(x => x.PipelineKey == db.Pipelines.Where(p => p.Id == pipeline).Select(p => p.Key).FirstOrDefault());
        if (status is { } only) runs = runs.Where(x => x.Status == only);
        if (oldest is { } first) runs = runs.Where(x => x.Key >= first);
        if (From is { } from) runs = runs.Where(x => x.CreatedAt >= from);
        if (To is { } to) runs = runs.Where(x => x.CreatedAt < to);
        return Narrow(runs).OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Key);
    }

    /// <summary>Those of the runs that were started so and hold the text: what no index answers.</summary>
    internal IQueryable<Run> Narrow(IQueryable<Run> runs)
    {
        if (Trigger is { } trigger) runs = runs.Where(x => x.Trigger == trigger);
        if (!Tries) runs = runs.Where(x => !x.Try);
        if (Text is { } text)
        {
            if (Guid.TryParse(text, out var id)) runs = runs.Where(x => x.Id == id);
            else
            {
                // JSON is stored with its escapes, of all that is not ASCII or of what must be
                var (like, most, least) = (Like.Holding(text), Like.Holding(JsonEncodedText.Encode(text).ToString()), Like.Holding(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()));
                runs = most == least
                    ? runs.Where(x => EF.Functions.Like(x.Inputs, least, Like.Escape) || EF.Functions.Like(x.Outputs!, least, Like.Escape) || EF.Functions.Like(x.Account!, like, Like.Escape) || EF.Functions.Like(x.ErrorMessage!, like, Like.Escape))
                    : runs.Where(x => EF.Functions.Like(x.Inputs, least, Like.Escape) || EF.Functions.Like(x.Outputs!, least, Like.Escape) || EF.Functions.Like(x.Inputs, most, Like.Escape) || EF.Functions.Like(x.Outputs!, most, Like.Escape)
                        || EF.Functions.Like(x.Account!, like, Like.Escape) || EF.Functions.Like(x.ErrorMessage!, like, Like.Escape));
            }
        }
        return runs;
    }

    internal static IEnumerable<string> Words(StringValues values) => values.SelectMany(x => (x ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    internal static T? One<T>(IQueryCollection query, string name, Func<string, T?> read, string wrong, List<FieldError> errors) where T : struct
    {
        if (!query.TryGetValue(name, out var text) || text.ToString().Length == 0) return null;
        var value = read(text.ToString());
        if (value is null) errors.Add(new FieldError(name, wrong));
        return value;
    }

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime() : null;
}
