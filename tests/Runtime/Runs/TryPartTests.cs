using System.Text.Json;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs;

/// <summary>Parts of a draft are tried with what is known: only what was asked for makes calls.</summary>
public sealed class TryPartTests : RunScene
{
    private static readonly Dictionary<string, KnownOutput> Known = new() { ["p1"] = Output("one"), ["p2"] = Output("two"), ["p3"] = Output("three"), ["out"] = Output("never") };

    [Fact]
    public async Task A_node_alone_runs_on_what_its_sources_gave()
    {
        var run = await TryAsync(PipelineFile.Chain(3, "stub/m"), new TryPart { From = "p2", Alone = true, Last = Known });
        Assert.Equal(["p2"], Model.Log.Select(x => x.Step));
        Assert.Contains("one", Model.Log.First().Body, StringComparison.Ordinal);
        Assert.Equal(["input:Succeeded", "out:Skipped", "p1:Succeeded", "p2:Succeeded", "p3:Skipped"], await StepsAsync(run));
        Assert.Equal(("Succeeded", null), (await StatusAsync(run), await OutputsAsync(run)));
    }

    [Fact]
    public async Task Sources_of_which_nothing_is_known_run_first()
    {
        await TryAsync(PipelineFile.Chain(3, "stub/m"), new TryPart { From = "p2", Alone = true });
        Assert.Equal(["p1", "p2"], Model.Log.Select(x => x.Step));
    }

    [Fact]
    public async Task From_a_node_on_everything_that_follows_runs_anew()
    {
        var run = await TryAsync(PipelineFile.Chain(3, "stub/m"), new TryPart { From = "p2", Last = Known });
        Assert.Equal(["p2", "p3"], Model.Log.Select(x => x.Step));
        Assert.NotNull(await OutputsAsync(run));
    }

    [Fact]
    public async Task What_is_pinned_does_not_run_unless_it_is_begun_with()
    {
        await TryAsync(PipelineFile.Chain(3, "stub/m"), new TryPart { Pinned = new Dictionary<string, KnownOutput> { ["p2"] = Output("kept") } });
        Assert.Equal(["p1", "p3"], Model.Log.Select(x => x.Step).Order(StringComparer.Ordinal));
        Assert.Contains("kept", Model.Log.Single(x => x.Step == "p3").Body, StringComparison.Ordinal);
        await TryAsync(PipelineFile.Chain(3, "stub/m"), new TryPart { From = "p2", Alone = true, Last = Known, Pinned = new Dictionary<string, KnownOutput> { ["p2"] = Output("kept") } });
        Assert.Equal("p2", Model.Log.Last().Step);
    }

    [Fact]
    public async Task A_known_way_is_taken_and_the_other_is_not()
    {
        var file = PipelineFile.Named("Switch").Input("text")
            .Node("route", "switch", new { cases = new[] { new { port = "yes", when = new { all = new[] { new { left = "input.text", op = "equals", right = "yes" } } } } } })
            .Node("a", "prompt", new { prompt = "a", model = "stub/m" }).Node("b", "prompt", new { prompt = "b", model = "stub/m" })
            .Output("got", "{{ a | default: b }}").Edge("input", "route").Edge("route", "a", "yes").Edge("route", "b", "else").Edge("a", "out").Edge("b", "out");
        await TryAsync(file, new TryPart { Pinned = new Dictionary<string, KnownOutput> { ["route"] = Output("yes") with { Port = "yes" } } });
        Assert.Equal(["a"], Model.Log.Select(x => x.Step));
    }

    [Fact]
    public async Task A_node_in_a_container_means_the_whole_container()
    {
        var file = PipelineFile.Named("List").ListInput("list").Node("before", "prompt", new { prompt = "b", model = "stub/m" })
            .Node("each", "forEach", new { items = "input.list", result = "p" }).Node("p", "prompt", new { prompt = "{{ item }} {{ before }}", model = "stub/m" }, "each")
            .Output("all", "{{ each }}").Edge("input", "before").Edge("before", "each").Edge("each", "out");
        await TryAsync(file, new TryPart { From = "p", Alone = true, Last = new Dictionary<string, KnownOutput> { ["before"] = Output("known") } }, new { list = new[] { "a", "b" } });
        Assert.Equal(["each[0]/p", "each[1]/p"], Model.Log.Select(x => x.Step).Order(StringComparer.Ordinal));
        Assert.All(Model.Log, x => Assert.Contains("known", x.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_is_gone_is_said_and_a_published_version_knows_no_parts()
    {
        var pipeline = await Engine.PublishAsync(PipelineFile.Chain(2, "stub/m"));
        var gone = await Engine.Get<RunStarter>().StartAsync(Request(pipeline, new { text = "x" }, new TryPart { From = "nobody" }), Engine.Actor, CancellationToken.None);
        Assert.Equal("request_invalid", gone.Refusal?.Code);
        var real = await Engine.Get<RunStarter>().StartAsync(Request(pipeline, new { text = "x" }, new TryPart { Pinned = Known }) with { Draft = false }, Engine.Actor, CancellationToken.None);
        await Engine.SettleAsync();
        Assert.Equal(("Succeeded", 2), (await StatusAsync(real.Value), Model.Count));
    }

    [Fact]
    public async Task A_node_is_tried_alone_though_the_rest_of_the_draft_is_not_ready()
    {
        var file = PipelineFile.Named("Half").Input("text").Node("a", "prompt", new { prompt = "a {{ input.text }}", model = "stub/m" }).Node("each", "forEach", new { items = "a", result = "p" })
            .Node("p", "prompt", new { prompt = "{{ item }}", model = "stub/m" }, "each").Node("broken", "prompt", new { prompt = "{{ nobody }}", model = "stub/m" })
            .Output("got", "{{ broken.text }}").Edge("input", "a").Edge("a", "each").Edge("a", "broken").Edge("broken", "out");
        var pipeline = (await Engine.Get<PipelineEditor>().CreateAsync(file.ToBytes(), Engine.Actor, null, CancellationToken.None)).Value!.Id;
        Assert.Equal("draft_has_errors", (await StartAsync(null)).Refusal?.Code);
        Assert.Equal("draft_has_errors", (await StartAsync(new TryPart { From = "a" })).Refusal?.Code);
        Assert.Equal("draft_has_errors", (await StartAsync(new TryPart { From = "broken", Alone = true })).Refusal?.Code);
        foreach (var again in new[] { 1, 2 })
        {
            var run = await StartAsync(new TryPart { From = "a", Alone = true });
            Assert.Null(run.Refusal);
            await Engine.SettleAsync();
            Assert.Equal(("Succeeded", again), (await StatusAsync(run.Value), Model.Log.Count(x => x.Step == "a")));
        }
        Assert.Equal(1L, await Engine.ScalarAsync("SELECT COUNT(*) FROM DraftSnapshots")); // the same part is kept once
        var list = await StartAsync(new TryPart { From = "p", Alone = true, Last = new Dictionary<string, KnownOutput> { ["a"] = new(JsonSerializer.SerializeToElement(new[] { "x", "y" }), null) } });
        await Engine.SettleAsync();
        Assert.Equal(("Succeeded", null), (await StatusAsync(list.Value), (string?)await Engine.ScalarAsync($"SELECT ErrorMessage FROM Runs WHERE Key = {Key(list.Value)}")));
        Assert.Equal(2, Model.Log.Count(x => x.Step.StartsWith("each[", StringComparison.Ordinal)));

        Task<Answer<Guid>> StartAsync(TryPart? part) => Engine.Get<RunStarter>().StartAsync(new RunRequest { Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(new { text = "hello" }), Draft = true, Part = part }, Engine.Actor, CancellationToken.None);
    }

    private async Task<Guid> TryAsync(PipelineFile file, TryPart part, object? inputs = null)
    {
        var run = await Engine.Get<RunStarter>().StartAsync(Request(await Engine.PublishAsync(file), inputs ?? new { text = "hello" }, part), Engine.Actor, CancellationToken.None);
        Assert.Null(run.Refusal);
        await Engine.SettleAsync();
        return run.Value;
    }

    private static RunRequest Request(Guid pipeline, object inputs, TryPart part) => new() { Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(inputs), Draft = true, Part = part };

    private static KnownOutput Output(string text) => new(JsonSerializer.SerializeToElement(text), null);
}
