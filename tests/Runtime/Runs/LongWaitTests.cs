using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Tests.Schedules;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>What waits for a person waits as long as it takes.</summary>
public sealed class LongWaitTests : ScheduleScene
{
    [Fact]
    public async Task An_open_approval_outlives_ten_restarts_and_two_weeks_and_is_overdue_once()
    {
        var patient = await BeginAsync(new { subject = "{{ input.text }}", allowSelf = true });
        var strict = await BeginAsync(new { subject = "{{ input.text }}", allowSelf = true, dueInMinutes = 60, onOverdue = "reject" });
        await Engine.SettleAsync();
        for (var i = 0; i < 10; i++) await RestartAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((ApprovalStatus.Pending, RunStatus.Waiting), await StandAsync(strict)); // not due yet
        for (var i = 0; i < 14; i++)
        {
            await RestartAsync(TimeSpan.FromDays(1));
            await Engine.Get<RunEngine>().SweepAsync(CancellationToken.None);
            await Engine.SettleAsync();
        }
        Assert.Equal((ApprovalStatus.Pending, RunStatus.Waiting), await StandAsync(patient));
        Assert.Equal((ApprovalStatus.Expired, RunStatus.Rejected), await StandAsync(strict));
        Assert.Equal(1L, await Engine.ScalarAsync("SELECT COUNT(*) FROM ApprovalDecisions"));
    }

    private async Task<Guid> BeginAsync(object gate) => await Engine.RunAsync(await Engine.PublishAsync(PipelineFile.Named("Gate").Input("text").Node("gate", "approval", gate).Output("said", "{{ gate }}").Edge("input", "gate").Edge("gate", "out", "approved")), new { text = "x" });

    private async Task<(ApprovalStatus, RunStatus)> StandAsync(Guid run)
    {
        var row = (await Engine.QueryAsync($"SELECT a.Status, r.Status FROM Runs r JOIN Approvals a ON a.RunKey = r.Key WHERE r.Id = x'{Convert.ToHexString(run.ToByteArray(true))}'"))[0];
        return ((ApprovalStatus)(long)row[0]!, (RunStatus)(long)row[1]!);
    }
}
