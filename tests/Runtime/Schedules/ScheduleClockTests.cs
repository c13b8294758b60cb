using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>Every slot that is due gets its row, and at most one run.</summary>
public sealed class ScheduleClockTests : ScheduleScene
{
    [Fact]
    public async Task A_schedule_runs_its_slots_and_each_run_knows_its_slot_and_the_last_one_that_succeeded()
    {
        await ScheduleAsync(Draft(await PipelineAsync()));
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(TimeSpan.FromMinutes(5));
            await Engine.SettleAsync();
        }
        Assert.Equal(["5:Ran None", "10:Ran None", "15:Ran None"], await LedgerAsync());
        Assert.Equal(["""{"said":"2026-05-04T10:05:00+00:00 after nothing"}""", """{"said":"2026-05-04T10:10:00+00:00 after 2026-05-04T10:05:00+00:00"}""", """{"said":"2026-05-04T10:15:00+00:00 after 2026-05-04T10:10:00+00:00"}"""], await OutputsAsync());
        var run = (await Engine.QueryAsync("SELECT \"Trigger\", StartedBy, StarterId FROM Runs LIMIT 1"))[0];
        Assert.Equal([(long)Data.Runs.RunTrigger.Schedule, "schedule", null], run);
    }

    [Fact]
    public async Task A_second_sweep_and_sweeps_at_once_run_a_slot_once()
    {
        await ScheduleAsync(Draft(await PipelineAsync()) with { Overlap = OverlapPolicy.Allow });
        Clock.Advance(TimeSpan.FromMinutes(5));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SweepAsync()));
        Assert.Equal(["5:Ran None"], await LedgerAsync());
        Assert.Equal(1, await RunsAsync());
    }

    [Theory]
    [InlineData(MissedPolicy.Skip, "5:Ran None|10:Missed Late|15:Missed Late|20:Missed Late|25:Ran None", 2)]
    [InlineData(MissedPolicy.RunOnce, "5:Ran None|10:Skipped Coalesced|15:Skipped Coalesced|20:Ran Late|25:Ran None", 3)]
    [InlineData(MissedPolicy.RunAll, "5:Ran None|10:Ran Late|15:Ran Late|20:Ran Late|25:Ran None", 5)]
    public async Task After_an_outage_missed_slots_follow_the_policy_and_all_are_accounted_for(MissedPolicy missed, string ledger, int runs)
    {
        await ScheduleAsync(Draft(await PipelineAsync()) with { Missed = missed });
        await PassAsync(TimeSpan.FromMinutes(5));
        await Engine.SettleAsync();
        await RestartAsync(TimeSpan.FromMinutes(17));
        for (var i = 0; i < 4; i++) // those that run late wait for each other
        {
            await Engine.SettleAsync();
            await SweepAsync();
        }
        await PassAsync(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(3));
        await Engine.SettleAsync();
        Assert.Equal(ledger.Split('|'), await LedgerAsync());
        Assert.Equal(runs, await RunsAsync());
        Assert.Equal(0L, await Engine.ScalarAsync("SELECT COUNT(*) FROM (SELECT ScheduleKey, Slot FROM Runs WHERE ScheduleKey IS NOT NULL GROUP BY ScheduleKey, Slot HAVING COUNT(*) > 1)"));
    }

    [Theory]
    [InlineData(OverlapPolicy.Allow, "5:Ran None|10:Ran None|15:Ran None")]
    [InlineData(OverlapPolicy.Skip, "5:Ran None|10:Skipped Overlap|15:Skipped Overlap")]
    [InlineData(OverlapPolicy.Queue, "5:Ran None|10:Held Overlap|15:Skipped Overlap")]
    public async Task While_a_run_is_not_over_the_overlap_policy_says_what_becomes_of_slots(OverlapPolicy overlap, string ledger)
    {
        await ScheduleAsync(Draft(await PipelineAsync(gate: true)) with { Overlap = overlap, CountWaiting = true });
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(TimeSpan.FromMinutes(5));
            await Engine.SettleAsync();
        }
        Assert.Equal(ledger.Split('|'), await LedgerAsync());
    }

    [Fact]
    public async Task A_slot_that_waited_runs_when_the_run_before_it_is_over()
    {
        await ScheduleAsync(Draft(await PipelineAsync(gate: true)) with { Overlap = OverlapPolicy.Queue, CountWaiting = true });
        await PassAsync(TimeSpan.FromMinutes(10));
        await Engine.SettleAsync();
        await Engine.Get<RunControl>().CancelAsync(new Guid((byte[])(await Engine.ScalarAsync("SELECT Id FROM Runs"))!, true), Engine.Actor, CancellationToken.None);
        await SweepAsync();
        Assert.Equal(["5:Ran None", "10:Ran Overlap"], await LedgerAsync());
        Assert.Equal(2, await RunsAsync());
    }

    [Fact]
    public async Task A_run_that_only_waits_for_people_does_not_hold_up_the_next()
    {
        await ScheduleAsync(Draft(await PipelineAsync(gate: true)));
        for (var i = 0; i < 2; i++)
        {
            await PassAsync(TimeSpan.FromMinutes(5));
            await Engine.SettleAsync();
        }
        Assert.Equal(["5:Ran None", "10:Ran None"], await LedgerAsync());
    }

    [Fact]
    public async Task A_pipeline_that_was_put_away_misses_its_slots_and_says_why()
    {
        var pipeline = await PipelineAsync();
        await ScheduleAsync(Draft(pipeline));
        await Engine.QueryAsync("UPDATE Pipelines SET ArchivedAt = 1");
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["5:Missed Refused"], await LedgerAsync());
        Assert.Equal("Its pipeline is archived. Bring it back, or delete the schedule.", await Engine.ScalarAsync("SELECT Note FROM ScheduleSlots"));
        Assert.Equal(0, await RunsAsync());
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal([2L, "Digest"], (await Engine.QueryAsync("SELECT Count, Subject FROM Notices"))[0]); // who is to be told is told once, and how often it was
    }

    [Fact]
    public async Task A_clock_that_is_set_on_and_back_runs_no_slot_twice_and_goes_on()
    {
        await ScheduleAsync(Draft(await PipelineAsync()));
        await PassAsync(TimeSpan.FromMinutes(5));
        await Engine.SettleAsync();
        Clock.AdjustTime(Start.AddDays(60));
        await SweepAsync();
        await Engine.SettleAsync();
        Clock.AdjustTime(Start.AddMinutes(5));
        await SweepAsync();
        for (var i = 0; i < 2; i++)
        {
            await PassAsync(TimeSpan.FromMinutes(5));
            await Engine.SettleAsync();
        }
        // the slots up to then were missed in one row, which begins with the first of them; the newest made up for them
        Assert.Equal(["5:Ran None", "10:Missed Late", "15:Ran None"], (await LedgerAsync()).Take(3));
        Assert.Equal(0L, await Engine.ScalarAsync("SELECT COUNT(*) FROM (SELECT Slot FROM Runs GROUP BY Slot HAVING COUNT(*) > 1)"));
        Assert.Equal(3, await RunsAsync());
    }

    [Theory]
    [InlineData("slot.before-commit")]
    [InlineData("slot.after-commit")]
    public async Task A_process_that_dies_around_the_commit_loses_no_slot_and_runs_none_twice(string place)
    {
        await ScheduleAsync(Draft(await PipelineAsync()) with { Missed = MissedPolicy.RunAll });
        var died = 0;
        Places.OnHit = x =>
        {
            if (x == place && Interlocked.Exchange(ref died, 1) == 0) throw new SimulatedCrashException(x);
        };
        Clock.Advance(TimeSpan.FromMinutes(5));
        try
        {
            while (Volatile.Read(ref died) == 0) await SweepAsync();
        }
        catch (SimulatedCrashException)
        {
            // this sweep died, or the one that Quartz woke
        }
        Places.OnHit = null;
        await RestartAsync(TimeSpan.FromSeconds(10));
        await Engine.SettleAsync();
        Assert.Equal(["5:Ran None"], await LedgerAsync());
        Assert.Equal(["""{"said":"2026-05-04T10:05:00+00:00 after nothing"}"""], await OutputsAsync());
    }

    [Theory]
    [InlineData(KnownSchedule.Due)]
    [InlineData(KnownSchedule.Holding)]
    [InlineData("SELECT MIN(NextSlot) FROM Schedules WHERE NextSlot IS NOT NULL")]
    public async Task A_sweep_does_not_read_schedules_that_are_not_due_nor_the_ledger(string sql)
    {
        var plan = string.Join('\n', (await Engine.QueryAsync("EXPLAIN QUERY PLAN " + System.Text.RegularExpressions.Regex.Replace(sql, "@[0-9]", "0"))).Select(x => x[3]));
        Assert.DoesNotMatch(@"SCAN (s|Schedules|ScheduleSlots)(?! USING (COVERING )?INDEX)", plan);
    }
}
