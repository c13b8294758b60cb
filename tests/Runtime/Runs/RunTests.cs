using System.Text.Json;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>Graphs run to their end by the real engine, over a real database and a scripted model.</summary>
public sealed class RunTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-run-").FullName;
    private ScriptedModelServer _model = null!;
    private EngineHost _engine = null!;
    private Func<ScriptedRequest, ScriptedReply> _script = _ => new ScriptedReply();

    public async Task InitializeAsync()
    {
        _model = new ScriptedModelServer(x => _script(x));
        _engine = await EngineHost.StartAsync(_folder, _model.Address);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_chain_gives_each_prompt_the_answer_before_it()
    {
        _script = x => new ScriptedReply { Text = x.Step + "!" };
        var run = await StartAsync(PipelineFile.Chain(3, "stub/m"), new { text = "hello" });
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal("""{"answer":"p3!"}""", await OutputsAsync(run));
        Assert.Equal(["Step 1: hello", "Step 2: p1!", "Step 3: p2!"], _model.Log.Select(x => JsonDocument.Parse(x.Body).RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!));
    }

    [Fact]
    public async Task A_branch_not_taken_is_skipped_and_makes_no_call()
    {
        var file = PipelineFile.Named("Switch").Input("text")
            .Node("route", "switch", new { cases = new[] { new { port = "yes", when = new { all = new[] { new { left = "input.text", op = "equals", right = "yes" } } } } } })
            .Node("a", "prompt", new { prompt = "a", model = "stub/m" }).Node("b", "prompt", new { prompt = "b", model = "stub/m" })
            .Output("got", "{{ a | default: b }}").Edge("input", "route").Edge("route", "a", "yes").Edge("route", "b", "else").Edge("a", "out").Edge("b", "out");
        var run = await StartAsync(file, new { text = "no" });
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal(["b"], _model.Log.Select(x => x.Step));
        Assert.Equal(["a:Skipped", "b:Succeeded", "input:Succeeded", "out:Succeeded", "route:Succeeded"], await StepsAsync(run));
    }

    [Fact]
    public async Task A_list_keeps_the_order_of_its_items_whatever_finishes_first()
    {
        _script = x => new ScriptedReply { Text = x.Body.Contains("first", StringComparison.Ordinal) ? "1" : "2", Delay = TimeSpan.FromMilliseconds(x.Body.Contains("first", StringComparison.Ordinal) ? 60 : 1) };
        var run = await StartAsync(ForEach(new { items = "input.list", concurrency = 2, result = "p" }), new { list = new[] { "first", "second" } });
        Assert.Equal("""{"all":["1","2"]}""", await OutputsAsync(run));
        Assert.Contains("each[1]/p:Succeeded", await StepsAsync(run));
    }

    [Theory]
    [InlineData("fail", "Failed", null)]
    [InlineData("skip", "Succeeded", """{"all":["ok"]}""")]
    [InlineData("collect", "Succeeded", """{"all":[{"error":{"code":"provider_error","message":"The provider refused the request (400)."}},"ok"]}""")]
    public async Task A_failed_item_means_what_onItemError_says(string onItemError, string status, string? outputs)
    {
        _script = x => x.Body.Contains("bad", StringComparison.Ordinal) ? new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() } : new ScriptedReply { Text = "ok" };
        var run = await StartAsync(ForEach(new { items = "input.list", result = "p", onItemError }), new { list = new[] { "bad", "good" } });
        Assert.Equal(status, await StatusAsync(run));
        Assert.Equal(outputs, await OutputsAsync(run));
        Assert.Equal(2, _model.Count);
    }

    [Fact]
    public async Task A_repeat_tries_again_with_feedback_until_its_condition_holds()
    {
        _script = x => new ScriptedReply { Text = x.Body.Contains("shorter", StringComparison.Ordinal) ? "ok" : "far too long" };
        var file = PipelineFile.Named("Repeat").Input("text")
            .Node("again", "repeat", new { until = new { all = new[] { new { left = "p", op = "equals", right = "ok" } } }, feedback = "Make it shorter than: {{ p }}", result = "p" })
            .Node("p", "prompt", new { prompt = "{{ attempt }} {{ feedback }}", model = "stub/m" }, "again")
            .Output("got", "{{ again }}").Edge("input", "again").Edge("again", "out");
        var run = await StartAsync(file, new { text = "x" });
        Assert.Equal("""{"got":"ok"}""", await OutputsAsync(run));
        Assert.Equal(["again[0]/p", "again[1]/p"], _model.Log.Select(x => x.Step));
    }

    [Fact]
    public async Task Lists_in_lists_run_every_item_of_every_item()
    {
        var file = PipelineFile.Named("Nested").ListInput("list")
            .Node("outer", "forEach", new { items = "input.list", result = "inner" })
            .Node("inner", "forEach", new { items = "item", result = "t" }, "outer")
            .Node("t", "text", new { template = "{{ item }}{{ index }}" }, "inner")
            .Output("all", "{{ outer }}").Edge("input", "outer").Edge("outer", "out");
        var run = await StartAsync(file, new { list = new[] { new[] { "a", "b" }, ["c"] } });
        Assert.Equal("""{"all":[["a0","b1"],["c0"]]}""", await OutputsAsync(run));
        Assert.Contains("outer[1]/inner[0]/t:Succeeded", await StepsAsync(run));
    }

    [Fact]
    public async Task An_approval_holds_the_run_until_a_reviewer_decides_and_gives_on_the_edited_text()
    {
        var run = await StartAsync(Gate(), new { text = "draft" });
        Assert.Equal("Waiting", await StatusAsync(run));
        Assert.Equal(0L, await _engine.ScalarAsync("SELECT COUNT(*) FROM Runs WHERE LeaseOwner IS NOT NULL"));
        Assert.Null(await DecideAsync(run, "approve", edited: "better"));
        await _engine.SettleAsync();
        Assert.Equal("""{"got":"better"}""", await OutputsAsync(run));
    }

    [Fact]
    public async Task A_rejection_without_an_edge_ends_the_run_as_rejected_and_a_retry_opens_the_next_round()
    {
        var run = await StartAsync(Gate(), new { text = "draft" });
        Assert.Equal("comment_required", await DecideAsync(run, "reject"));
        Assert.Null(await DecideAsync(run, "reject", comment: "no"));
        await _engine.SettleAsync();
        Assert.Equal("Rejected", await StatusAsync(run));
        var retried = await _engine.Get<RunControl>().RetryAsync(run, null, _engine.Actor, CancellationToken.None);
        Assert.Null(retried.Refusal);
        await _engine.SettleAsync();
        Assert.Equal("Waiting", await StatusAsync(run));
        Assert.Contains("gate@2:Waiting", await StepsAsync(run));
        Assert.Null(await DecideAsync(run, "approve"));
        await _engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Single(_model.Log);
    }

    [Fact]
    public async Task Asking_for_changes_shows_the_model_its_answer_and_the_comment_and_opens_a_new_approval()
    {
        _script = x => new ScriptedReply { Text = x.Body.Contains("kinder", StringComparison.Ordinal) ? "second" : "first" };
        var run = await StartAsync(Gate(new { subject = "{{ p }}", allowSelf = true, revise = "p", maxRounds = 2 }), new { text = "draft" });
        Assert.Null(await DecideAsync(run, "requestChanges", comment: "kinder please"));
        await _engine.SettleAsync();
        var messages = JsonDocument.Parse(_model.Log.Last().Body).RootElement.GetProperty("messages").EnumerateArray().Select(x => x.GetProperty("role").GetString()).ToList();
        Assert.Equal(["user", "assistant", "user"], messages);
        Assert.Equal("changes_not_offered", await DecideAsync(run, "requestChanges", comment: "again"));
        Assert.Null(await DecideAsync(run, "approve"));
        await _engine.SettleAsync();
        Assert.Equal("""{"got":"second"}""", await OutputsAsync(run));
        Assert.Equal(["gate:Cancelled", "gate@2:Succeeded", "input:Succeeded", "out:Succeeded", "p:Succeeded", "p@2:Succeeded"], await StepsAsync(run));
    }

    [Fact]
    public async Task A_held_decision_can_be_undone_and_then_decided_otherwise()
    {
        var run = await StartAsync(Gate(), new { text = "draft" });
        Assert.Null(await DecideAsync(run, "approve", hold: 60));
        Assert.Equal("Waiting", await StatusAsync(run));
        Assert.Equal("already_decided", await DecideAsync(run, "approve"));
        var approval = Guid.Parse((await ApprovalAsync(run)).Id);
        Assert.Null((await _engine.Get<ApprovalDesk>().UndoAsync(approval, _engine.Actor, CancellationToken.None)).Refusal);
        Assert.Null(await DecideAsync(run, "reject", comment: "after all not"));
        await _engine.SettleAsync();
        Assert.Equal("Rejected", await StatusAsync(run));
        Assert.Equal("run_over", (await _engine.Get<ApprovalDesk>().UndoAsync(approval, _engine.Actor, CancellationToken.None)).Refusal!.Code);
    }

    [Fact]
    public async Task A_failure_stops_what_has_not_begun_and_a_retry_goes_on_without_calling_again_what_succeeded()
    {
        var broken = true;
        _script = x => x.Step == "p2" && broken ? new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() } : new ScriptedReply();
        var run = await StartAsync(PipelineFile.Chain(3, "stub/m"), new { text = "x" });
        Assert.Equal("Failed", await StatusAsync(run));
        Assert.Equal(["input:Succeeded", "out:Cancelled", "p1:Succeeded", "p2:Failed", "p3:Cancelled"], await StepsAsync(run));
        broken = false;
        Assert.Null((await _engine.Get<RunControl>().RetryAsync(run, null, _engine.Actor, CancellationToken.None)).Refusal);
        await _engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal(["p1", "p2", "p2", "p3"], _model.Log.Select(x => x.Step));
        Assert.Equal(4, _model.Log.Select(x => x.CallKey).Distinct().Count());
    }

    [Fact]
    public async Task A_retry_from_a_step_runs_it_and_what_follows_in_their_next_round()
    {
        var run = await StartAsync(PipelineFile.Chain(3, "stub/m"), new { text = "x" });
        Assert.Equal("not_retryable", (await _engine.Get<RunControl>().RetryAsync(run, null, _engine.Actor, CancellationToken.None)).Refusal!.Code);
        Assert.Null((await _engine.Get<RunControl>().RetryAsync(run, "p2", _engine.Actor, CancellationToken.None)).Refusal);
        await _engine.SettleAsync();
        Assert.Equal(["input:Succeeded", "out:Succeeded", "out@2:Succeeded", "p1:Succeeded", "p2:Succeeded", "p2@2:Succeeded", "p3:Succeeded", "p3@2:Succeeded"], await StepsAsync(run));
    }

    [Fact]
    public async Task Cancelling_stops_a_call_in_flight_and_nothing_follows()
    {
        _script = _ => new ScriptedReply { Delay = TimeSpan.FromSeconds(20) };
        var pipeline = await _engine.PublishAsync(PipelineFile.Chain(2, "stub/m"));
        var run = await _engine.RunAsync(pipeline, new { text = "x" });
        await WaitAsync(() => Task.FromResult(_model.Count == 1));
        Assert.Null((await _engine.Get<RunControl>().CancelAsync(run, _engine.Actor, CancellationToken.None)).Refusal);
        Assert.Equal("Cancelled", await StatusAsync(run));
        await WaitAsync(async () => (long)(await _engine.ScalarAsync("SELECT COUNT(*) FROM ModelCalls WHERE Status = 4"))! == 1);
        Assert.Equal("run_over", (await _engine.Get<RunControl>().CancelAsync(run, _engine.Actor, CancellationToken.None)).Refusal!.Code);
        Assert.Equal(1, _model.Count);
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_has_come()
    {
        var file = PipelineFile.Named("Wait").Input("text").Node("pause", "wait", new Dictionary<string, object> { ["for"] = "PT1S" })
            .Output("got", "{{ input.text }}").Edge("input", "pause").Edge("pause", "out");
        var run = await StartAsync(file, new { text = "x" });
        Assert.Equal("Waiting", await StatusAsync(run));
        await WaitAsync(async () => await StatusAsync(run) == "Succeeded");
    }

    [Fact]
    public async Task A_step_that_may_fail_gives_its_fallback_or_leaves_by_error()
    {
        _script = _ => new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() };
        var file = PipelineFile.Named("Errors").Input("text")
            .Node("a", "prompt", new { prompt = "a", model = "stub/m", onError = "continue", fallback = "none" })
            .Node("b", "prompt", new { prompt = "b", model = "stub/m", onError = "route" })
            .Node("sorry", "text", new { template = "{{ b.error.code }}" })
            .Output("got", "{{ a }} {{ sorry }}").Edge("input", "a").Edge("a", "b").Edge("b", "sorry", "error").Edge("sorry", "out");
        var run = await StartAsync(file, new { text = "x" });
        Assert.Equal("""{"got":"none provider_error"}""", await OutputsAsync(run));
    }

    private static PipelineFile ForEach(object settings) => PipelineFile.Named("Each").ListInput("list").Node("each", "forEach", settings)
        .Node("p", "prompt", new { prompt = "{{ item }}", model = "stub/m" }, "each").Output("all", "{{ each }}").Edge("input", "each").Edge("each", "out");

    private static PipelineFile Gate(object? settings = null) => PipelineFile.Named("Gate").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m" })
        .Node("gate", "approval", settings ?? new { subject = "{{ p }}", allowSelf = true }).Output("got", "{{ gate }}").Edge("input", "p").Edge("p", "gate").Edge("gate", "out", "approved");

    private async Task<Guid> StartAsync(PipelineFile file, object inputs)
    {
        var run = await _engine.RunAsync(await _engine.PublishAsync(file), inputs);
        await _engine.SettleAsync();
        return run;
    }

    private async Task<string?> DecideAsync(Guid run, string verb, string? comment = null, object? edited = null, int hold = 0)
    {
        var (id, hash) = await ApprovalAsync(run);
        var decided = await _engine.Get<ApprovalDesk>().DecideAsync(Guid.Parse(id), new Decision
        {
            Verb = verb, ContentHash = hash, Comment = comment, Edited = edited is null ? null : JsonSerializer.SerializeToElement(edited), ReleaseAfterSeconds = hold,
        }, _engine.Actor, CancellationToken.None);
        return decided.Refusal?.Code;
    }

    private async Task<(string Id, string Hash)> ApprovalAsync(Guid run)
    {
        var row = (await _engine.QueryAsync($"SELECT Id, ContentHash FROM Approvals WHERE RunKey = {Key(run)} ORDER BY CreatedAt DESC, Round DESC LIMIT 1"))[0];
        return (new Guid((byte[])row[0]!, true).ToString(), (string)row[1]!);
    }

    private async Task<string> StatusAsync(Guid run) => ((Data.Runs.RunStatus)(long)(await _engine.ScalarAsync($"SELECT Status FROM Runs WHERE Key = {Key(run)}"))!).ToString();

    private async Task<string?> OutputsAsync(Guid run) => (string?)await _engine.ScalarAsync($"SELECT Outputs FROM Runs WHERE Key = {Key(run)}");

    private async Task<List<string>> StepsAsync(Guid run) => (await _engine.QueryAsync($"SELECT SortPath, Status FROM Steps WHERE RunKey = {Key(run)}"))
        .Select(x => $"{PromptDesigner.Runtime.Runs.Planning.StepPath.ToReadable((string)x[0]!)}:{(Data.Runs.StepStatus)(long)x[1]!}").Order(StringComparer.Ordinal).ToList();

    private static string Key(Guid run) => $"(SELECT Key FROM Runs WHERE Id = x'{Convert.ToHexString(run.ToByteArray(true))}')";

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            if (since.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException();
            await Task.Delay(5);
        }
    }
}
