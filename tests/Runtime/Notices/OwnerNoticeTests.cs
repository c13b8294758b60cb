using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Notices;

/// <summary>Owners, what they leave behind, and what becomes of their schedules.</summary>
public sealed class OwnerNoticeTests : NoticeScene
{
    private const string Hostile = "A\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>\u202Egpj \u2028=?utf-8?q?x?=";

    [Fact]
    public async Task Who_owned_something_and_leaves_is_told_to_every_administrator_who_is_left()
    {
        var (dan, _) = (await MemberAsync("dan", Role.Administrator), await MemberAsync("fay", Role.Administrator));
        await MemberAsync("eve", Role.Designer, Rights.Reviewer | Rights.Operator);
        var pipeline = await Host.PublishAsync(Gate(new { subject = "x" }));
        await OwnAsync("Pipelines", dan);
        await ScheduleAsync(pipeline, dan.Person);
        await RemoveAsync(dan);
        Assert.Equal(["ana OwnerLeft Waiting 1", "fay OwnerLeft Waiting 1"], (await NoticesAsync()).Order(StringComparer.Ordinal));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana 1", "fay 1"], Received());
        Assert.Contains("dan@example.org left and owned the schedule of 'Letters' and the pipeline 'Letters'.", Read(Server.Delivered.First()).TextBody, StringComparison.Ordinal);
        Assert.Equal("An owner left: dan@example.org", Read(Server.Delivered.First()).Subject);
    }

    [Fact]
    public async Task Who_owned_nothing_leaves_without_a_word()
    {
        var bea = await MemberAsync("bea");
        await Host.PublishAsync(Gate(new { subject = "x" }));
        await RemoveAsync(bea);
        Assert.Empty(await NoticesAsync());
    }

    [Fact]
    public async Task Names_break_out_of_no_header_and_no_markup()
    {
        var bea = await MemberAsync("bea", Role.Administrator, Rights.Reviewer);
        await Host.PublishAsync(Gate(new { subject = "x" }));
        await using (var connection = await Host.Database.OpenConnectionAsync(CancellationToken.None))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE Pipelines SET Name = @name; UPDATE Workspaces SET Name = @name";
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@name", Hostile);
            command.Parameters.Add(parameter);
            await command.ExecuteNonQueryAsync();
        }
        var pipeline = new Guid((byte[])(await Host.ScalarAsync("SELECT Id FROM Pipelines"))!, true);
        await Host.RunAsync(pipeline, new { text = "x" });
        await Host.SettleAsync();
        await ScheduleAsync(pipeline, bea.Person);
        await PassAsync(TimeSpan.FromMinutes(1));
        await RemoveAsync(bea);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana 1", "bea 1"], Received());
        foreach (var mail in Server.Delivered)
        {
            var message = Read(mail);
            Assert.Empty(message.Bcc);
            Assert.Null(message.Headers["Bcc"]);
            Assert.DoesNotContain('\n', message.Subject!);
            Assert.DoesNotContain("<script", message.HtmlBody, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\u202E', message.Subject + message.TextBody + message.HtmlBody);
        }
    }

    [Fact]
    public async Task A_schedule_that_fails_every_five_seconds_is_told_once_an_hour_with_how_many_more()
    {
        var dan = await MemberAsync("dan", Role.Designer);
        var (key, id) = await ScheduleAsync(await Host.PublishAsync(Gate(new { subject = "x" })), dan.Person);
        for (var minute = 0; minute < 125; minute++)
        {
            await WriteAsync(t =>
            {
                for (var i = 0; i < 12; i++) t.TellScheduleFailed(Ana.Workspace, key, id, "Letters", dan.Person, Start, "The run was refused.", Now);
            });
            if (minute is 0 or 60 or 61 or 120 or 122 or 123) await PassAsync(TimeSpan.FromMinutes(1));
            else Clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(3, Server.Delivered.Count());
        var sent = Server.Delivered.Select(x => Read(x).TextBody!).ToList();
        Assert.Contains("The schedule of Letters failed. The run was refused. It was scheduled for 10 Jan 2027, 12:00:00 UTC.", sent[0], StringComparison.Ordinal);
        Assert.Matches(@"It failed 7\d\d more times since you were last told\.", sent[1]);
        Assert.Contains($"/schedules/{id}", sent[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_whose_owner_has_left_tells_administrators_and_one_without_an_owner_too()
    {
        var dan = await MemberAsync("dan", Role.Designer);
        var (key, id) = await ScheduleAsync(await Host.PublishAsync(Gate(new { subject = "x" })), dan.Person);
        var fay = await MemberAsync("fay", Role.Administrator);
        await WriteAsync(t => t.TellScheduleFailed(Ana.Workspace, key, id, "Letters", null, Now, "It was refused.", Now));
        Assert.Equal(["ana ScheduleFailed Waiting 1", "fay ScheduleFailed Waiting 1"], (await NoticesAsync()).Order(StringComparer.Ordinal));
        await ChangeAsync(fay, Role.Designer, Rights.None);
        await RemoveAsync(dan);
        await WriteAsync(t => t.TellScheduleFailed(Ana.Workspace, key, id, "Letters", dan.Person, Now, "It was refused.", Now));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana ScheduleFailed Sent 2", "fay ScheduleFailed Dropped no_right 1"], (await NoticesAsync()).Where(x => x.Contains("Schedule", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_of_a_schedule_that_fails_is_told_without_the_words_of_its_error_and_other_runs_are_not()
    {
        Reply = () => new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() };
        var dan = await MemberAsync("dan", Role.Designer);
        var file = PipelineFile.Named("Letters").Input("text").Node("check", "approval", new { subject = "x", allowSelf = true }).Node("write", "prompt", new { prompt = "x", model = "stub/m" })
            .Output("sent", "{{ write }}").Edge("input", "check").Edge("check", "write", "approved").Edge("write", "out");
        var pipeline = await Host.PublishAsync(file);
        var (key, id) = await ScheduleAsync(pipeline, dan.Person);
        foreach (var scheduled in (bool[])[false, true])
        {
            await Host.RunAsync(pipeline, new { text = "x" });
            await Host.SettleAsync();
            if (scheduled) await Host.QueryAsync($"UPDATE Runs SET ScheduleKey = {key}, Slot = {Now.ToUnixTimeMilliseconds()} WHERE Status = 2");
            await DecideAsync(Ana);
        }
        Assert.Equal(2L, await Host.ScalarAsync("SELECT COUNT(*) FROM Runs WHERE Status = 4"));
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["dan 1"], Received());
        var text = Read(Server.Delivered.Single()).TextBody;
        Assert.Contains("A run failed at the step 'write' (provider_error).", text, StringComparison.Ordinal);
        Assert.Contains($"/schedules/{id}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("refused the request", text, StringComparison.Ordinal);
    }

    private async Task OwnAsync(string table, Actor owner) => await Host.QueryAsync($"UPDATE {table} SET OwnerId = x'{Convert.ToHexString(owner.Person!.Value.ToByteArray(true))}'");
}
