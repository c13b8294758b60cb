using System.Globalization;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>When slots are: over ten years as an independent reader of cron lines says, and by hand where clocks are set.</summary>
public sealed class SlotTimesTests
{
    private static readonly string[] Lines =
    [
        "30 2 * * *", "0 2 * * *", "0 3 * * *", "*/30 * * * *", "*/15 2 * * *", "0 */6 * * *", "0 * * * *", "30 8 * * 1-5", "0 9 1 * *", "0 9 31 * *", "15 2 * * 0", "0 0 29 2 *", "45 1 * * *", "10,40 1-3 * * *",
        "0 0 1 1 *", "59 23 * * 7", "0 1 * * *", "30 1 * * *", "0 0 * * *", "45 2 * * *",
    ];

    /// <summary>The independent reader goes round in circles in zones such as Dublin, where summer is the normal time; those are proved below.</summary>
    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kolkata")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("UTC")]
    public void Ten_years_of_slots_are_those_of_an_independent_reader(string zone)
    {
        var place = TimeZones.Find(zone).Value!;
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var to = from.AddYears(10);
        var compared = 0;
        foreach (var line in Lines)
        {
            var theirs = Cronos.CronExpression.Parse(line).GetOccurrences(from, to, place, fromInclusive: false).Select(x => x.ToUniversalTime()).ToList();
            var ours = new SlotTimes(CronLine.Parse(line).Value!, place).After(from).Select(x => x.At).TakeWhile(x => x < to).ToList();
            Assert.True(theirs.SequenceEqual(ours), $"{zone} '{line}': only here {First(ours.Except(theirs))}, only there {First(theirs.Except(ours))}");
            compared += ours.Count;
        }
        Assert.True(compared > 300_000, $"{compared} slots");
    }

    [Theory]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-28T00:00Z", "2026-03-28T02:30+01:00 2026-03-29T03:00+02:00! 2026-03-30T02:30+02:00")]
    [InlineData("Europe/Berlin", "0 3 * * *", "2026-03-28T12:00Z", "2026-03-29T03:00+02:00 2026-03-30T03:00+02:00")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T02:30+02:00* 2026-10-26T02:30+01:00")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T00:30Z", "2026-10-26T02:30+01:00")]
    [InlineData("Europe/Berlin", "*/30 * * * *", "2026-10-24T23:59Z", "2026-10-25T02:00+02:00* 2026-10-25T02:30+02:00* 2026-10-25T02:00+01:00# 2026-10-25T02:30+01:00# 2026-10-25T03:00+01:00")]
    [InlineData("Europe/Berlin", "*/30 * * * *", "2026-03-29T00:29Z", "2026-03-29T01:30+01:00 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-07T12:00Z", "2026-03-08T03:00-04:00! 2026-03-09T02:30-04:00")]
    [InlineData("America/New_York", "30 1 * * *", "2026-10-31T12:00Z", "2026-11-01T01:30-04:00* 2026-11-02T01:30-05:00")]
    [InlineData("Australia/Lord_Howe", "15 2 * * *", "2026-10-03T00:00Z", "2026-10-04T02:30+11:00! 2026-10-05T02:15+11:00")]
    [InlineData("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T00:00Z", "2026-04-05T01:45+11:00* 2026-04-06T01:45+10:30")]
    [InlineData("Africa/Casablanca", "30 2 * * *", "2026-02-14T12:00Z", "2026-02-15T02:30+01:00* 2026-02-16T02:30+00:00")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2026-03-28T12:00Z", "2026-03-29T02:00+01:00! 2026-03-30T01:30+01:00")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2026-10-24T12:00Z", "2026-10-25T01:30+01:00* 2026-10-26T01:30+00:00")]
    [InlineData("UTC", "0 0 29 2 *", "2026-01-01T00:00Z", "2028-02-29T00:00+00:00 2032-02-29T00:00+00:00")]
    [InlineData("UTC", "0 0 1 1 *", "2026-12-31T23:59Z", "2027-01-01T00:00+00:00 2028-01-01T00:00+00:00")]
    public void Where_clocks_are_set_a_slot_is_moved_or_comes_once_and_intervals_go_on(string zone, string line, string after, string expected)
    {
        var place = TimeZones.Find(zone).Value!;
        var wanted = expected.Split(' ');
        var slots = new SlotTimes(CronLine.Parse(line).Value!, place).After(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture)).Take(wanted.Length)
            .Select(x => TimeZoneInfo.ConvertTime(x.At, place).ToString("yyyy-MM-dd'T'HH:mmzzz", CultureInfo.InvariantCulture) + x.Change switch { ClockChange.Moved => "!", ClockChange.First => "*", ClockChange.Second => "#", _ => "" });
        Assert.Equal(wanted, slots);
    }

    [Fact]
    public void In_every_zone_that_there_is_a_daily_time_comes_once_a_day_and_an_interval_keeps_its_length()
    {
        var from = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        foreach (var name in TimeZones.Names)
        {
            var place = TimeZones.Find(name).Value!;
            var days = new SlotTimes(CronLine.Parse("30 2 * * *").Value!, place).After(from).TakeWhile(x => x.At < from.AddYears(3)).Select(x => TimeZoneInfo.ConvertTime(x.At, place).Date).ToList();
            Assert.True(days.Count >= 1094 && days.Distinct().Count() == days.Count, $"{name}: {days.Count} slots on {days.Distinct().Count()} days");
            for (var set = ZoneChanges.After(place, from); set is not null && set.At < from.AddYears(2); set = ZoneChanges.After(place, set.At))
            {
                var quarters = new SlotTimes(CronLine.Parse("*/15 * * * *").Value!, place).After(set.At.AddHours(-6)).TakeWhile(x => x.At < set.At.AddHours(6)).Select(x => x.At).ToList();
                Assert.True(quarters.Count == 47 && quarters.Zip(quarters.Skip(1)).All(x => x.Second - x.First == TimeSpan.FromMinutes(15)), $"{name} around {set}");
            }
        }
    }

    /// <summary>Wherever one begins, the next slot is the one that the whole list names.</summary>
    [Property(MaxTest = 200)]
    public FsCheck.Property What_comes_next_does_not_depend_on_where_one_looks_from()
    {
        var zones = new[] { "Europe/Berlin", "Europe/Dublin", "Africa/Casablanca", "Australia/Lord_Howe", "America/New_York" };
        var cases = from zone in Gen.Elements(zones) from line in Gen.Elements(Lines) from minutes in Gen.Choose(0, 525_600) select (zone, line, minutes);
        return Prop.ForAll(cases.ToArbitrary(), x =>
        {
            var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            var times = new SlotTimes(CronLine.Parse(x.line).Value!, TimeZones.Find(x.zone).Value!);
            var at = start.AddMinutes(x.minutes);
            return times.Next(at) == times.After(start.AddDays(-2)).First(s => s.At > at).At;
        });
    }

    [Fact]
    public void The_preview_says_what_setting_the_clocks_does()
    {
        var preview = SchedulePreview.Of("30 2 * * *", "Europe/Berlin", new DateTimeOffset(2026, 3, 27, 12, 0, 0, TimeSpan.Zero), 3).Value!;
        Assert.Equal("Every day at 02:30", preview.Words);
        Assert.Equal([null, "On 29 Mar 2026 it runs at 03:00: the clocks are set forward, and 02:30 is left out.", null], preview.Slots.Select(x => x.Note));
        Assert.Equal("On 25 Oct 2026 the clocks are set back, and 02:30 comes twice: it runs the first time.", SchedulePreview.Of("30 2 * * *", "Europe/Berlin", new DateTimeOffset(2026, 10, 24, 12, 0, 0, TimeSpan.Zero), 1).Value!.Slots[0].Note);
        Assert.NotNull(SchedulePreview.Of("*/10 * * * * ?", "UTC", DateTimeOffset.UnixEpoch, 1).Value!.Warning);
        Assert.Equal(2, SchedulePreview.Of("61 * * * *", "Mars", DateTimeOffset.UnixEpoch, 1).Refusal!.Errors!.Count);
    }

    private static string First(IEnumerable<DateTimeOffset> slots) => string.Join(", ", slots.Take(2).Select(x => x.ToString("u", CultureInfo.InvariantCulture)));
}
