using FsCheck.Fluent;
using FsCheck.Xunit;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>What is to become of due slots, by policy.</summary>
public sealed class SlotPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(MissedPolicy.Skip, "Missed:Late Missed:Late Ran:None")]
    [InlineData(MissedPolicy.RunOnce, "Skipped:Coalesced Skipped:Coalesced Ran:None")]
    [InlineData(MissedPolicy.RunAll, "Ran:Late Ran:Late Ran:None")]
    public void Slots_that_nobody_ran_follow_the_policy_and_one_in_time_runs(MissedPolicy missed, string expected) => Assert.Equal(expected, Judge(missed, TimeSpan.FromMinutes(15).Add(TimeSpan.FromSeconds(20))));

    [Theory]
    [InlineData(MissedPolicy.Skip, "Missed:Late Missed:Late Missed:Late")]
    [InlineData(MissedPolicy.RunOnce, "Skipped:Coalesced Skipped:Coalesced Ran:Late")]
    [InlineData(MissedPolicy.RunAll, "Ran:Late Ran:Late Ran:Late")]
    public void Where_none_is_in_time_the_newest_makes_up(MissedPolicy missed, string expected) => Assert.Equal(expected, Judge(missed, TimeSpan.FromMinutes(17)));

    [Fact]
    public void A_slot_within_its_grace_is_not_late() => Assert.Equal("Ran:None", Judge(MissedPolicy.Skip, TimeSpan.FromMinutes(5).Add(TimeSpan.FromSeconds(30))));

    [Fact]
    public void While_it_is_paused_every_slot_is_kept_as_paused()
    {
        var schedule = Of("*/5 * * * *");
        schedule.PausedAt = Start;
        Assert.Equal("Skipped:Paused Skipped:Paused", Words(SlotPlan.Judge(schedule, Times(schedule), Start.AddMinutes(10))));
    }

    [Fact]
    public void Before_its_start_and_after_its_end_there_are_no_slots()
    {
        var schedule = Of("*/5 * * * *");
        (schedule.StartAt, schedule.EndAt) = (Start.AddMinutes(10), Start.AddMinutes(15));
        Assert.Equal([Start.AddMinutes(10), Start.AddMinutes(15)], SlotPlan.Judge(schedule, Times(schedule), Start.AddHours(1)).Select(x => x.Slot));
    }

    [Fact]
    public void Of_very_many_the_newest_thousand_are_judged_and_one_row_tells_of_the_rest()
    {
        var schedule = Of("*/5 * * * * ?");
        schedule.Missed = MissedPolicy.RunAll;
        var verdicts = SlotPlan.Judge(schedule, Times(schedule), Start.AddDays(3));
        Assert.Equal(1_001, verdicts.Count);
        Assert.Equal((SlotStatus.Missed, 3 * 17_280 - 1_000, Start.AddSeconds(5)), (verdicts[0].Status, verdicts[0].Count, verdicts[0].Slot));
        Assert.Equal(verdicts[1].Slot.AddSeconds(-5), verdicts[0].Until);
        Assert.All(verdicts.Skip(1), x => Assert.Equal(SlotStatus.Ran, x.Status));
    }

    /// <summary>However often and whenever somebody looks, every slot is judged once, and at most one of a group that is late runs.</summary>
    [Property(MaxTest = 300)]
    public FsCheck.Property Every_slot_is_judged_once_whenever_one_looks()
    {
        var cases = from missed in Gen.Elements(Enum.GetValues<MissedPolicy>()) from waits in Gen.NonEmptyListOf(Gen.Choose(1, 4_000)) select (missed, waits);
        return Prop.ForAll(cases.ToArbitrary(), x =>
        {
            var schedule = Of("*/5 * * * *");
            schedule.Missed = x.missed;
            var seen = new List<SlotVerdict>();
            var now = Start;
            foreach (var wait in x.waits)
            {
                now = now.AddSeconds(wait);
                var verdicts = SlotPlan.Judge(schedule, Times(schedule), now);
                if (x.missed == MissedPolicy.RunOnce && verdicts.Count(v => v.Status == SlotStatus.Ran) > 1) return false;
                seen.AddRange(verdicts);
                schedule.DoneUntil = now;
            }
            var all = Times(schedule).After(Start).Select(s => s.At).TakeWhile(s => s <= now);
            return seen.Select(v => v.Slot).SequenceEqual(all);
        });
    }

    private static string Judge(MissedPolicy missed, TimeSpan after)
    {
        var schedule = Of("*/5 * * * *");
        schedule.Missed = missed;
        return Words(SlotPlan.Judge(schedule, Times(schedule), Start + after));
    }

    private static string Words(IReadOnlyList<SlotVerdict> verdicts) => string.Join(' ', verdicts.Select(x => $"{x.Status}:{x.Reason}"));

    private static Schedule Of(string cron) => new() { Cron = cron, TimeZone = "UTC", Inputs = "{}", CreatedBy = "ana", GraceSeconds = 30, DoneUntil = Start };

    private static SlotTimes Times(Schedule schedule) => new(CronLine.Parse(schedule.Cron).Value!, TimeZoneInfo.Utc);
}
