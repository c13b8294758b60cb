using System.Text.Json;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>What people do with schedules holds from its commit on.</summary>
public sealed class ScheduleDeskTests : ScheduleScene
{
    [Fact]
    public async Task While_it_is_paused_slots_are_kept_as_paused_and_after_it_the_next_one_runs()
    {
        var schedule = await ScheduleAsync(Draft(await PipelineAsync()));
        await PassAsync(TimeSpan.FromMinutes(5));
        await Engine.SettleAsync();
        await Desk.PauseAsync(schedule, "holidays", Engine.Actor, CancellationToken.None);
        await PassAsync(TimeSpan.FromMinutes(10));
        await Desk.ResumeAsync(schedule, Engine.Actor, CancellationToken.None);
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["5:Ran None", "10:Skipped Paused", "15:Skipped Paused", "20:Ran None"], await LedgerAsync());
    }

    [Fact]
    public async Task A_pause_or_a_change_in_the_second_of_a_slot_lets_no_run_of_the_old_one_begin()
    {
        var pipeline = await PipelineAsync();
        var schedule = await ScheduleAsync(Draft(pipeline, "*/5 * * * * ?") with { Overlap = OverlapPolicy.Allow });
        for (var i = 0; i < 200; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            var sweep = Task.Run(SweepAsync);
            var act = (i % 3) switch
            {
                0 => Desk.PauseAsync(schedule, null, Engine.Actor, CancellationToken.None),
                1 => Desk.ResumeAsync(schedule, Engine.Actor, CancellationToken.None),
                _ => Desk.ChangeAsync(schedule, Draft(pipeline, "*/5 * * * * ?") with { Overlap = OverlapPolicy.Allow, Account = $"a{i}" }, Engine.Actor, CancellationToken.None),
            };
            Assert.Null((await act).Refusal);
            var before = await RunsAsync(); // what began before the commit stands; nothing of the old one comes after it
            await sweep;
            Assert.Equal(before, await RunsAsync());
        }
        var ledger = await LedgerAsync();
        Assert.Equal(200L, await Engine.ScalarAsync("SELECT COUNT(*) FROM ScheduleSlots"));
        Assert.Equal(await RunsAsync(), ledger.Count(x => x.Contains("Ran", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_deleted_schedule_runs_no_more_and_its_ledger_stays()
    {
        var schedule = await ScheduleAsync(Draft(await PipelineAsync()));
        await PassAsync(TimeSpan.FromMinutes(5));
        await Desk.DeleteAsync(schedule, Engine.Actor, CancellationToken.None);
        await PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(["5:Ran None"], await LedgerAsync());
        Assert.Equal("not_found", (await Desk.PauseAsync(schedule, null, Engine.Actor, CancellationToken.None)).Refusal?.Code);
    }

    [Fact]
    public async Task Who_asks_gets_a_run_now_beside_the_slots_and_one_at_a_time()
    {
        var schedule = await ScheduleAsync(Draft(await PipelineAsync(gate: true)) with { CountWaiting = true });
        var run = await Desk.TriggerAsync(schedule, Engine.Actor, CancellationToken.None);
        await Engine.SettleAsync();
        Assert.Null(run.Refusal);
        Assert.Equal(["0:Ran Triggered"], await LedgerAsync());
        Assert.Equal("schedule_invalid", (await Desk.TriggerAsync(schedule, Engine.Actor, CancellationToken.None)).Refusal?.Code);
    }

    [Fact]
    public async Task The_version_of_the_slots_time_runs_with_the_schedules_inputs()
    {
        var pipeline = await PipelineAsync();
        await ScheduleAsync(Draft(pipeline) with { Inputs = JsonSerializer.SerializeToElement(new { text = "from the schedule" }), Account = "acme" });
        await PassAsync(TimeSpan.FromMinutes(5));
        var row = (await Engine.QueryAsync("SELECT Inputs, Account, Version FROM Runs"))[0];
        Assert.Equal(["""{"text":"from the schedule"}""", "acme", 1L], row);
    }

    [Fact]
    public async Task What_cannot_be_scheduled_is_refused_and_nothing_is_stored()
    {
        var pipeline = await PipelineAsync();
        Assert.Equal("input_missing", await RefusedAsync(Draft(pipeline) with { Inputs = default }));
        Assert.Equal("input_unknown", await RefusedAsync(Draft(pipeline) with { Inputs = JsonSerializer.SerializeToElement(new { text = "x", other = 1 }) }));
        Assert.Equal("not_found", await RefusedAsync(Draft(Guid.NewGuid())));
        Assert.Equal("schedule_invalid", await RefusedAsync(Draft(pipeline) with { StartAt = Start.AddDays(2), EndAt = Start.AddDays(1) }));
        Assert.Equal("schedule_invalid", await RefusedAsync(Draft(pipeline) with { EndAt = Start.AddDays(-1) }));
        Assert.Equal("schedule_invalid", await RefusedAsync(Draft(pipeline, "0 0 1 1 *") with { EndAt = Start.AddDays(1) }));
        Assert.Equal("schedule_invalid", await RefusedAsync(Draft(pipeline) with { GraceSeconds = -1 }));
        Assert.Equal("time_zone_unknown", await RefusedAsync(Draft(pipeline) with { TimeZone = "Mars/Olympus" }));
        await Engine.QueryAsync("UPDATE Pipelines SET ActiveVersion = NULL");
        Assert.Equal("not_published", await RefusedAsync(Draft(pipeline)));
        Assert.Equal(0L, await Engine.ScalarAsync("SELECT COUNT(*) FROM Schedules"));
    }

    [Fact]
    public async Task Who_may_neither_design_nor_operate_makes_no_schedule()
    {
        var viewer = Engine.Actor with { Role = Data.Accounts.Role.Viewer, Rights = Data.Accounts.Rights.Reviewer };
        Assert.Equal("forbidden", (await Desk.CreateAsync(Draft(await PipelineAsync()), viewer, null, CancellationToken.None)).Refusal?.Code);
        Assert.Null((await Desk.CreateAsync(Draft(await PipelineAsync()), viewer with { Rights = Data.Accounts.Rights.Operator }, null, CancellationToken.None)).Refusal);
    }

    private async Task<string?> RefusedAsync(ScheduleDraft draft) => (await Desk.CreateAsync(draft, Engine.Actor, null, CancellationToken.None)).Refusal?.Code;
}
