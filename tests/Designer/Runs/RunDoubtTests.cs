using Bunit;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Runs;

/// <summary>What a run's page says of steps that left by a way that nobody wished for, and of a decision that is held.</summary>
public sealed class RunDoubtTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task A_choice_that_was_not_sure_enough_says_what_it_was_and_how_sure()
    {
        var run = await RunAsync(PipelineFile.Named("Sorted").Input("text").Node("kind", "classify", new { text = "{{ input.text }}", model = "practice/practice", routes = new[] { new { port = "invoice" }, new { port = "parcel" } } })
            .Output("route", "{{ kind.route }}").Edge("input", "kind").Edge("kind", "out", "unsure"));
        var page = Show(run, "kind");
        page.WaitForAssertion(() => Assert.Contains("30 % sure, less than the 60 % that this step asks for", page.Find("[data-doubt]").TextContent.Replace('\u00a0', ' ').Replace("30%", "30 %", StringComparison.Ordinal).Replace("60%", "60 %", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Contains("“invoice”", page.Find("[data-doubt]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_never_held_is_named_in_words_and_rounds_are_counted_from_one()
    {
        var run = await RunAsync(PipelineFile.Named("Again").Input("text").Node("again", "repeat", new { maxAttempts = 2, result = "draft", until = new { all = new[] { new { left = "draft.size", op = "lessThan", right = 3 } } } })
            .Node("draft", "text", new { template = "{{ input.text }}" }, "again").Output("text", "{{ again }}").Edge("input", "again").Edge("again", "out", "exhausted"));
        var page = Show(run, "again");
        page.WaitForAssertion(() => Assert.Contains("that draft is shorter than 3 characters", page.Find("[data-doubt]").TextContent, StringComparison.Ordinal));
        Assert.Contains("ink-wait", page.Find("[data-step-path=again]").InnerHtml, StringComparison.Ordinal);
        await page.Find("[data-step-path=again] .fold").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Equal(["round 1", "round 2"], page.FindAll(".where").Select(x => x.TextContent)));
    }

    [Fact]
    public async Task A_decision_that_is_held_says_that_it_was_made_and_when_it_takes_effect()
    {
        var held = await _screen.HeldAsync();
        var page = Show(held.Run);
        page.WaitForState(() => page.Find("[data-run-id]").GetAttribute("data-live") == "on");
        Assert.Empty(page.FindAll("[data-held]"));
        await page.Find("[data-action=approve]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Matches("It was decided, and goes on in ([1-9]|10) s", page.Find("[data-held]").TextContent));
        Assert.Null((await _screen.Host.Get<ApprovalDesk>().UndoAsync(held.Approval, _screen.Ana, CancellationToken.None)).Refusal);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-held]")));
    }

    private async Task<Guid> RunAsync(PipelineFile file)
    {
        var run = await _screen.Host.RunAsync(await _screen.Host.PublishAsync(file), new { text = "Qwertz uiop" });
        await _screen.Host.SettleAsync();
        return run;
    }

    private IRenderedComponent<RunPage> Show(Guid run, string? step = null) => _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, run).Add(p => p.Path, step));
}
