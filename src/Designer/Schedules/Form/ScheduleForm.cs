using System.Globalization;
using System.Text.Json;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Nodes.Input;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Schedules.Form;

/// <summary>A schedule as a person fills it in: texts, and the draft that they mean. The line and the form of when are two views of one thing.</summary>
public sealed class ScheduleForm
{
    private readonly Schedule? _stored;
    private readonly Guid? _storedPipeline;
    private Rhythm _rhythm = new();
    private string _cron;

    /// <summary>A new schedule in a zone.</summary>
    public ScheduleForm(string timeZone) => (_cron, TimeZone) = (_rhythm.ToCron(), timeZone);

    /// <summary>A stored schedule.</summary>
    public ScheduleForm(ScheduleLine line)
    {
        var x = _stored = line.Row;
        (_cron, TimeZone, Pipeline, _storedPipeline) = (x.Cron, x.TimeZone, line.Pipeline, line.Pipeline);
        (Missed, Grace, Overlap, CountWaiting) = (x.Missed, x.GraceSeconds.ToString(CultureInfo.InvariantCulture), x.Overlap, x.CountWaiting);
        (Start, End, Account) = (Local(x.StartAt, line.Zone), Local(x.EndAt, line.Zone), x.Account ?? "");
        IsLine = CronLine.Parse(_cron).Value is not { } known || Rhythm.Of(known) is null;
        if (!IsLine) _rhythm = Rhythm.Of(CronLine.Parse(_cron).Value!)!;
    }

    /// <summary>The pipeline; null: none is chosen yet.</summary>
    public Guid? Pipeline { get; private set; }

    /// <summary>What its runs are given; null: no pipeline is chosen, or it takes nothing that can be read.</summary>
    public InputForm? Inputs { get; private set; }

    /// <summary>The line is written by hand: it is none of the shapes, or the person wants it so.</summary>
    public bool IsLine { get; set; }

    /// <summary>The shape; choosing another writes the line.</summary>
    public Rhythm Rhythm
    {
        get => _rhythm;
        set
        {
            (_rhythm, IsLine) = (value, false);
            if (!LacksDay) _cron = value.ToCron();
        }
    }

    /// <summary>The cron line; writing another changes the shape, where it is one.</summary>
    public string Cron
    {
        get => _cron;
        set
        {
            _cron = value;
            if (IsLine || CronLine.Parse(value).Value is not { } line) return;
            if (Rhythm.Of(line) is { } shape) _rhythm = shape;
            else IsLine = true;
        }
    }

    /// <summary>The zone's name, as typed.</summary>
    public string TimeZone { get; set; }

    /// <summary>What becomes of times that were missed.</summary>
    public MissedPolicy Missed { get; set; } = MissedPolicy.RunOnce;

    /// <summary>How late a run may start, in seconds.</summary>
    public string Grace { get; set; } = ScheduleDraft.UsualGrace.ToString(CultureInfo.InvariantCulture);

    /// <summary>What becomes of a time that comes while an earlier run is not over.</summary>
    public OverlapPolicy Overlap { get; set; } = OverlapPolicy.Skip;

    /// <summary>A run that only waits for people counts as not over.</summary>
    public bool CountWaiting { get; set; }

    /// <summary>No time before it, on the clocks of the zone; null: at once.</summary>
    public DateTime? Start { get; set; }

    /// <summary>No time after it, on the clocks of the zone; null: for ever.</summary>
    public DateTime? End { get; set; }

    /// <summary>The account of its runs; empty: none.</summary>
    public string Account { get; set; } = "";

    /// <summary>What is wrong, by the path of the field.</summary>
    public Dictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>True where days of the week are to be chosen and none is.</summary>
    public bool LacksDay => !IsLine && _rhythm is { Kind: RhythmKind.Weekly, Days.Count: 0 };

    /// <summary>Every n hours are n hours in this zone all the year; else the setting of clocks makes one gap a year longer and one shorter.</summary>
    public bool KeepsHours(DateTimeOffset now) => IsLine || _rhythm is not { Kind: RhythmKind.Hours, Every: > 1 } || TimeZones.Find(TimeZone).Value is not { } zone
        || Enumerable.Range(0, 12).Select(month => zone.GetUtcOffset(now.AddMonths(month))).Distinct().Count() == 1;

    /// <summary>Chooses the pipeline, with what its published version takes.</summary>
    public void Take(Guid? pipeline, IReadOnlyList<InputField>? fields)
    {
        Inputs = fields is null ? null : new InputForm(fields, pipeline == _storedPipeline ? _stored?.Inputs : null, keepsFiles: true);
        Pipeline = pipeline;
        Errors.Remove("/pipeline");
    }

    /// <summary>The next times, or what is wrong with the line or the zone.</summary>
    public Answer<SchedulePreview> Preview(DateTimeOffset now, int count) => LacksDay ? new Refusal("schedule_invalid", NoDay, [new FieldError("/cron", NoDay)])
        : SchedulePreview.Of(_cron, TimeZone, now, count, Instant(Start, _stored?.StartAt), Instant(End, _stored?.EndAt));

    /// <summary>The draft; null where something is wrong, which <see cref="Errors"/> then say.</summary>
    public ScheduleDraft? Read()
    {
        Errors.Clear();
        if (Pipeline is null) Errors["/pipeline"] = "Choose the pipeline that it runs.";
        if (LacksDay) Errors["/cron"] = NoDay;
        else if (CronLine.Parse(_cron).Refusal is { } line) Errors["/cron"] = line.Message;
        if (TimeZones.Find(TimeZone).Refusal is { } zone) Errors["/timeZone"] = zone.Message;
        if (!int.TryParse(Grace.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var grace) || grace > 86_400) Errors["/graceSeconds"] = "Write whole seconds, from 0 to 86400, which is a day.";
        if (Start is { Year: < 1971 or > 2190 }) Errors["/startAt"] = "Write a year from 1971 to 2190.";
        if (End is { Year: < 1971 or > 2190 }) Errors["/endAt"] = "Write a year from 1971 to 2190.";
        if (Account.Length > 200) Errors["/account"] = "The account has 200 characters at most.";
        JsonElement? inputs = Inputs is null ? default(JsonElement) : Inputs.Read();
        return Errors.Count > 0 || inputs is null ? null : new ScheduleDraft
        {
            Pipeline = Pipeline!.Value, Inputs = inputs.Value, Cron = _cron.Trim(), TimeZone = TimeZone.Trim(), Missed = Missed, GraceSeconds = grace, Overlap = Overlap, CountWaiting = CountWaiting,
            StartAt = Instant(Start, _stored?.StartAt), EndAt = Instant(End, _stored?.EndAt), Account = Account.Trim() is { Length: > 0 } account ? account : null,
        };
    }

    /// <summary>Puts what was refused at its fields; the answer is what belongs to none.</summary>
    public string? Take(Refusal refusal)
    {
        var isAtField = false;
        foreach (var (path, message) in refusal.Errors ?? [])
        {
            var sentence = char.ToUpperInvariant(message[0]) + message[1..];
            if (path.StartsWith("/inputs/", StringComparison.Ordinal) && Inputs?.Fields.FirstOrDefault(x => x.Field.Name == path[8..]) is { } entry) entry.Error = sentence;
            else if (path is "/pipeline" or "/cron" or "/timeZone" or "/graceSeconds" or "/account" or "/startAt" or "/endAt") Errors[path] = sentence;
            else continue;
            isAtField = true;
        }
        return isAtField ? null : refusal.Message;
    }

    private const string NoDay = "Choose at least one day.";

    /// <summary>A time on the clocks of the zone as an instant; what is stored stays to the millisecond as long as nobody touches it.</summary>
    private DateTimeOffset? Instant(DateTime? local, DateTimeOffset? stored)
    {
        if (local is not { Year: > 1970 and < 2191 } time || TimeZones.Find(TimeZone).Value is not { } zone) return null;
        return stored is not null && zone.Id == _stored!.TimeZone && Local(stored, zone) == time ? stored : new DateTimeOffset(time, zone.GetUtcOffset(time)).ToUniversalTime();
    }

    /// <summary>A time on the clocks of a zone, to the minute.</summary>
    private static DateTime? Local(DateTimeOffset? at, TimeZoneInfo zone) => at is not { } time ? null
        : TimeZoneInfo.ConvertTime(time, zone) is var local ? new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified) : null;
}
