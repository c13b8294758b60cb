using System.Globalization;
using PromptDesigner.Data;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Schedules;

/// <summary>Which schedules a list shows.</summary>
public sealed record ScheduleFilter
{
    private static readonly string[] Known = ["pipeline", "state", "after", "limit"];

    /// <summary>Of one pipeline.</summary>
    public Guid? Pipeline { get; init; }

    /// <summary>In one state.</summary>
    public ScheduleState? State { get; init; }

    /// <summary>Reads the query string; what it does not know is refused.</summary>
    public static Answer<ScheduleFilter> Of(IQueryCollection query)
    {
        var errors = new List<FieldError>();
        foreach (var name in query.Keys.Where(x => !Known.Contains(x, StringComparer.Ordinal))) errors.Add(new FieldError(name, $"unknown; known are {string.Join(", ", Known)}"));
        var filter = new ScheduleFilter
        {
            Pipeline = RunFilter.One(query, "pipeline", x => Guid.TryParse(x, out var id) ? id : (Guid?)null, "must be a pipeline's id", errors),
            State = RunFilter.One(query, "state", x => Fields.TryWord<ScheduleState>(x, out var state) ? state : (ScheduleState?)null, $"must be of {string.Join(", ", Enum.GetNames<ScheduleState>())}", errors),
        };
        return errors.Count == 0 ? filter : new Refusal("bad_query", $"{errors[0].Path} {errors[0].Message}.", errors);
    }

    /// <summary>The schedules, in no order.</summary>
    public IQueryable<Schedule> Of(DesignerDb db)
    {
        var rows = db.Schedules.Where(x => x.DeletedAt == null);
        if (Pipeline is { } pipeline) rows = rows.Where(x => x.PipelineKey == db.Pipelines.Where(p => p.Id == pipeline).Select(p => p.Key).FirstOrDefault());
        return State is { } state ? In(rows, state) : rows;
    }

    /// <summary>Those in a state, the next slot first; the ended ones from the newest on.</summary>
    /// <param name="db">Reads the workspace.</param>
    /// <param name="state">The state.</param>
    /// <param name="after">The place of the last one of the page before; null: from the first.</param>
    public IQueryable<Schedule> Apply(DesignerDb db, ScheduleState state, SchedulePlace? after)
    {
        var rows = In(Of(db), state);
        if (state == ScheduleState.Ended) return (after is { Key: var last } ? rows.Where(x => x.Key < last) : rows).OrderByDescending(x => x.Key);
        if (after is { At: var at, Key: var key }) rows = rows.Where(x => x.NextSlot > at || (x.NextSlot == at && x.Key > key));
        return rows.OrderBy(x => x.NextSlot).ThenBy(x => x.Key);
    }

    private static IQueryable<Schedule> In(IQueryable<Schedule> rows, ScheduleState state) => state switch
    {
        ScheduleState.Active => rows.Where(x => x.NextSlot != null && x.PausedAt == null),
        ScheduleState.Paused => rows.Where(x => x.NextSlot != null && x.PausedAt != null),
        _ => rows.Where(x => x.NextSlot == null),
    };
}

/// <summary>Where a schedule stands in the list by what comes next.</summary>
/// <param name="State">Its state.</param>
/// <param name="At">Its next slot.</param>
/// <param name="Key">Its number.</param>
public sealed record SchedulePlace(ScheduleState State, DateTimeOffset At, int Key)
{
    /// <summary>The place of a schedule.</summary>
    public static SchedulePlace Of(ScheduleLine line) => new(line.State, line.Row.NextSlot ?? DateTimeOffset.UnixEpoch, line.Row.Key);

    /// <summary>Reads a place; null where it is none.</summary>
    public static SchedulePlace? Read(string? text) =>
        text?.Split('.') is [var state, var at, var key] && Fields.TryWord<ScheduleState>(state, out var word) && Time(at) is { } time && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new SchedulePlace(word, time, number)
            : null;

    /// <summary>Reads milliseconds since 1970; null where they are none, or beyond all times.</summary>
    public static DateTimeOffset? Time(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{State}.{At.ToUnixTimeMilliseconds()}.{Key}");
}
