using System.Text.Json;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>Runs that wait for a reviewer, and what each decision makes of them.</summary>
public sealed class GateTests : RunScene
{
    [Fact]
    public async Task An_approval_holds_the_run_until_a_reviewer_decides_and_gives_on_the_edited_text()
    {
        var run = await StartAsync(Gate(), new { text = "draft" });
        Assert.Equal("Waiting", await StatusAsync(run));
        Assert.Equal(0L, await Engine.ScalarAsync("SELECT COUNT(*) FROM Runs WHERE LeaseOwner IS NOT NULL"));
        Assert.Null(await DecideAsync(run, "approve", edited: "better"));
        await Engine.SettleAsync();
        Assert.Equal("""{"got":"better"}""", await OutputsAsync(run));
    }

    [Fact]
    public async Task A_rejection_without_an_edge_ends_the_run_as_rejected_and_a_retry_opens_the_next_round()
    {
        var run = await StartAsync(Gate(), new { text = "draft" });
        Assert.Equal("comment_required", await DecideAsync(run, "reject"));
        Assert.Null(await DecideAsync(run, "reject", comment: "no"));
        await Engine.SettleAsync();
        Assert.Equal("Rejected", await StatusAsync(run));
        var retried = await Engine.Get<RunControl>().RetryAsync(run, null, Engine.Actor, CancellationToken.None);
        Assert.Null(retried.Refusal);
        await Engine.SettleAsync();
        Assert.Equal("Waiting", await StatusAsync(run));
        Assert.Contains("gate@2:Waiting", await StepsAsync(run));
        Assert.Null(await DecideAsync(run, "approve"));
        await Engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Single(Model.Log);
    }

    [Fact]
    public async Task Asking_for_changes_shows_the_model_its_answer_and_the_comment_and_opens_a_new_approval()
    {
        Script = x => new ScriptedReply { Text = x.Body.Contains("kinder", StringComparison.Ordinal) ? "second" : "first" };
        var run = await StartAsync(Gate(new { subject = "{{ p }}", allowSelf = true, revise = "p", maxRounds = 2 }), new { text = "draft" });
        Assert.Null(await DecideAsync(run, "requestChanges", comment: "kinder please"));
        await Engine.SettleAsync();
        var messages = JsonDocument.Parse(Model.Log.Last().Body).RootElement.GetProperty("messages").EnumerateArray().Select(x => x.GetProperty("role").GetString()).ToList();
        Assert.Equal(["user", "assistant", "user"], messages);
        Assert.Equal("changes_not_offered", await DecideAsync(run, "requestChanges", comment: "again"));
        Assert.Null(await DecideAsync(run, "approve"));
        await Engine.SettleAsync();
        Assert.Equal("""{"got":"second"}""", await OutputsAsync(run));
        Assert.Equal(["gate:Cancelled", "gate@2:Succeeded", "input:Succeeded", "out:Succeeded", "p:Succeeded", "p@2:Succeeded"], await StepsAsync(run));
    }

    [Fact]
    public async Task A_decision_about_content_that_has_changed_since_is_refused()
    {
        var run = await StartAsync(Gate(new { subject = "{{ p }}", allowSelf = true, required = 2 }), new { text = "draft" });
        var (id, seen) = await ApprovalAsync(run);
        Assert.Null(await DecideAsync(run, "approve", edited: "better"));
        var late = await Engine.Get<ApprovalDesk>().DecideAsync(Guid.Parse(id), new Decision { Verb = "approve", ContentHash = seen }, Engine.Actor, CancellationToken.None);
        Assert.Equal("content_changed", late.Refusal?.Code);
        Assert.Equal("Waiting", await StatusAsync(run));
    }

    [Fact]
    public async Task A_held_decision_can_be_undone_and_then_decided_otherwise()
    {
        var run = await StartAsync(Gate(), new { text = "draft" });
        Assert.Null(await DecideAsync(run, "approve", hold: 60));
        Assert.Equal("Waiting", await StatusAsync(run));
        Assert.Equal("already_decided", await DecideAsync(run, "approve"));
        var approval = Guid.Parse((await ApprovalAsync(run)).Id);
        Assert.Null((await Engine.Get<ApprovalDesk>().UndoAsync(approval, Engine.Actor, CancellationToken.None)).Refusal);
        Assert.Null(await DecideAsync(run, "reject", comment: "after all not"));
        await Engine.SettleAsync();
        Assert.Equal("Rejected", await StatusAsync(run));
        Assert.Equal("run_over", (await Engine.Get<ApprovalDesk>().UndoAsync(approval, Engine.Actor, CancellationToken.None)).Refusal!.Code);
    }

    [Fact]
    public async Task A_retry_leaves_a_rejected_item_of_a_list_as_the_result_that_it_is()
    {
        var broken = true;
        Script = x => broken ? new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() } : new ScriptedReply { Text = "sent" };
        var file = PipelineFile.Named("Gates").ListInput("list").Node("each", "forEach", new { items = "input.list", result = "send" })
            .Node("gate", "approval", new { subject = "{{ item }}", allowSelf = true }, "each").Node("send", "prompt", new { prompt = "send {{ gate }}", model = "stub/m" }, "each")
            .Output("got", "{{ each }}").Edge("input", "each").Edge("gate", "send", "approved").Edge("each", "out");
        var run = await StartAsync(file, new { list = new[] { "a", "b" } });
        await DecideItemAsync(run, "a", "reject");
        await DecideItemAsync(run, "b", "approve");
        await Engine.SettleAsync();
        Assert.Equal("Failed", await StatusAsync(run));
        broken = false;
        Assert.Null((await Engine.Get<RunControl>().RetryAsync(run, null, Engine.Actor, CancellationToken.None)).Refusal);
        await Engine.SettleAsync();
        Assert.Equal("""{"got":[{"rejected":{"comment":"because"}},"sent"]}""", await OutputsAsync(run));
        Assert.DoesNotContain(await StepsAsync(run), x => x.Contains('@', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_retry_asks_a_gate_that_was_rejected_inside_a_repeat_once_more()
    {
        var file = PipelineFile.Named("Repeat").Input("text")
            .Node("again", "repeat", new { until = new { all = new[] { new { left = "gate", op = "equals", right = "x" } } }, result = "gate" })
            .Node("gate", "approval", new { subject = "{{ input.text }}", allowSelf = true }, "again").Output("got", "{{ again }}").Edge("input", "again").Edge("again", "out");
        var run = await StartAsync(file, new { text = "x" });
        Assert.Null(await DecideAsync(run, "reject", comment: "no"));
        await Engine.SettleAsync();
        Assert.Equal("Rejected", await StatusAsync(run));
        Assert.Null((await Engine.Get<RunControl>().RetryAsync(run, null, Engine.Actor, CancellationToken.None)).Refusal);
        await Engine.SettleAsync();
        Assert.Contains("again[0]/gate@2:Waiting", await StepsAsync(run));
        Assert.Null(await DecideAsync(run, "approve"));
        await Engine.SettleAsync();
        Assert.Equal("""{"got":"x"}""", await OutputsAsync(run));
    }

    private async Task DecideItemAsync(Guid run, string content, string verb)
    {
        var row = (await Engine.QueryAsync($"SELECT Id, ContentHash FROM Approvals WHERE RunKey = {Key(run)} AND Content = '\"{content}\"'"))[0];
        var decided = await Engine.Get<ApprovalDesk>().DecideAsync(new Guid((byte[])row[0]!, true), new Decision { Verb = verb, ContentHash = (string)row[1]!, Comment = "because" },
            Engine.Actor, CancellationToken.None);
        Assert.Null(decided.Refusal);
    }

    private static PipelineFile Gate(object? settings = null) => PipelineFile.Named("Gate").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m" })
        .Node("gate", "approval", settings ?? new { subject = "{{ p }}", allowSelf = true }).Output("got", "{{ gate }}").Edge("input", "p").Edge("p", "gate").Edge("gate", "out", "approved");
}
