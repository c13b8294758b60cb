using System.Text.Json;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>Graphs run to their end by the real engine, over a real database and a scripted model.</summary>
public sealed class RunTests : RunScene
{
    [Fact]
    public async Task A_chain_gives_each_prompt_the_answer_before_it()
    {
        Script = x => new ScriptedReply { Text = x.Step + "!" };
        var run = await StartAsync(PipelineFile.Chain(3, "stub/m"), new { text = "hello" });
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal("""{"answer":"p3!"}""", await OutputsAsync(run));
        Assert.Equal(["Step 1: hello", "Step 2: p1!", "Step 3: p2!"], Model.Log.Select(x => JsonDocument.Parse(x.Body).RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!));
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
        Assert.Equal(["b"], Model.Log.Select(x => x.Step));
        Assert.Equal(["a:Skipped", "b:Succeeded", "input:Succeeded", "out:Succeeded", "route:Succeeded"], await StepsAsync(run));
    }

    [Fact]
    public async Task A_list_keeps_the_order_of_its_items_whatever_finishes_first()
    {
        Script = x => new ScriptedReply { Text = x.Body.Contains("first", StringComparison.Ordinal) ? "1" : "2", Delay = TimeSpan.FromMilliseconds(x.Body.Contains("first", StringComparison.Ordinal) ? 60 : 1) };
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
        Script = x => x.Body.Contains("bad", StringComparison.Ordinal) ? new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() } : new ScriptedReply { Text = "ok" };
        var run = await StartAsync(ForEach(new { items = "input.list", result = "p", onItemError }), new { list = new[] { "bad", "good" } });
        Assert.Equal(status, await StatusAsync(run));
        Assert.Equal(outputs, await OutputsAsync(run));
        Assert.Equal(2, Model.Count);
    }

    [Fact]
    public async Task A_repeat_tries_again_with_feedback_until_its_condition_holds()
    {
        Script = x => new ScriptedReply { Text = x.Body.Contains("shorter", StringComparison.Ordinal) ? "ok" : "far too long" };
        var file = PipelineFile.Named("Repeat").Input("text")
            .Node("again", "repeat", new { until = new { all = new[] { new { left = "p", op = "equals", right = "ok" } } }, feedback = "Make it shorter than: {{ p }}", result = "p" })
            .Node("p", "prompt", new { prompt = "{{ attempt }} {{ feedback }}", model = "stub/m" }, "again")
            .Output("got", "{{ again }}").Edge("input", "again").Edge("again", "out");
        var run = await StartAsync(file, new { text = "x" });
        Assert.Equal("""{"got":"ok"}""", await OutputsAsync(run));
        Assert.Equal(["again[0]/p", "again[1]/p"], Model.Log.Select(x => x.Step));
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

    [Theory]
    [InlineData("text")]
    [InlineData("prompt")]
    public async Task Steps_side_by_side_in_an_iteration_end_it_once(string kind)
    {
        object Says(string what) => kind == "text" ? new { template = what } : new { prompt = what, model = "stub/m" };
        var file = PipelineFile.Named("Side by side").ListInput("list")
            .Node("each", "forEach", new { items = "input.list", result = "one", concurrency = 2 })
            .Node("one", kind, Says("{{ item }}"), "each").Node("two", kind, Says("{{ item }}!"), "each").Node("three", kind, Says("{{ item }}?"), "each")
            .Output("all", "{{ each | size }}").Edge("input", "each").Edge("each", "out");
        var run = await StartAsync(file, new { list = new[] { "a", "b", "c", "d", "e" } });
        Assert.Equal("""{"all":5}""", await OutputsAsync(run));
        Assert.Equal(15, (await StepsAsync(run)).Count(x => x.Contains('/', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_failure_stops_what_has_not_begun_and_a_retry_goes_on_without_calling_again_what_succeeded()
    {
        var broken = true;
        Script = x => x.Step == "p2" && broken ? new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() } : new ScriptedReply();
        var run = await StartAsync(PipelineFile.Chain(3, "stub/m"), new { text = "x" });
        Assert.Equal("Failed", await StatusAsync(run));
        Assert.Equal(["input:Succeeded", "out:Cancelled", "p1:Succeeded", "p2:Failed", "p3:Cancelled"], await StepsAsync(run));
        broken = false;
        Assert.Null((await Engine.Get<RunControl>().RetryAsync(run, null, Engine.Actor, CancellationToken.None)).Refusal);
        await Engine.SettleAsync();
        Assert.Equal("Succeeded", await StatusAsync(run));
        Assert.Equal(["p1", "p2", "p2", "p3"], Model.Log.Select(x => x.Step));
        Assert.Equal(4, Model.Log.Select(x => x.CallKey).Distinct().Count());
    }

    [Fact]
    public async Task A_retry_from_a_step_runs_it_and_what_follows_in_their_next_round()
    {
        var run = await StartAsync(PipelineFile.Chain(3, "stub/m"), new { text = "x" });
        Assert.Equal("not_retryable", (await Engine.Get<RunControl>().RetryAsync(run, null, Engine.Actor, CancellationToken.None)).Refusal!.Code);
        Assert.Null((await Engine.Get<RunControl>().RetryAsync(run, "p2", Engine.Actor, CancellationToken.None)).Refusal);
        await Engine.SettleAsync();
        Assert.Equal(["input:Succeeded", "out:Succeeded", "out@2:Succeeded", "p1:Succeeded", "p2:Succeeded", "p2@2:Succeeded", "p3:Succeeded", "p3@2:Succeeded"], await StepsAsync(run));
    }

    [Fact]
    public async Task Cancelling_stops_a_call_in_flight_and_nothing_follows()
    {
        Script = _ => new ScriptedReply { Delay = TimeSpan.FromSeconds(20) };
        var pipeline = await Engine.PublishAsync(PipelineFile.Chain(2, "stub/m"));
        var run = await Engine.RunAsync(pipeline, new { text = "x" });
        await WaitAsync(() => Task.FromResult(Model.Count == 1));
        Assert.Null((await Engine.Get<RunControl>().CancelAsync(run, Engine.Actor, CancellationToken.None)).Refusal);
        Assert.Equal("Cancelled", await StatusAsync(run));
        await WaitAsync(async () => (long)(await Engine.ScalarAsync("SELECT COUNT(*) FROM ModelCalls WHERE Status = 4"))! == 1);
        Assert.Equal("run_over", (await Engine.Get<RunControl>().CancelAsync(run, Engine.Actor, CancellationToken.None)).Refusal!.Code);
        Assert.Equal(1, Model.Count);
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
        Script = _ => new ScriptedReply { Status = 400, Body = "{}"u8.ToArray() };
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
}
