using System.Diagnostics;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Runs with many items on their page.</summary>
public sealed class RunPageTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private const int Many = 10_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5); // on a busy machine; about one otherwise

    [Fact]
    public async Task Twenty_reviews_are_read_and_their_result_stands_on_the_page()
    {
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync($"/pipelines/{Site.Reviews}/run");
        await screen.TypeAsync("[data-input=reviews]", System.Text.Json.JsonSerializer.Serialize(Enumerable.Range(1, 20).Select(x => $"Review {x}: the battery lasts {x} hours and the lid {(x % 2 == 0 ? "is broken" : "closes well")}.")));
        await screen.ClickAsync("[data-action=run]");
        await screen.At("/runs/[^/]+$");
        await screen.Seen("[data-run-id][data-state=Succeeded]");
        await screen.Says("section.right", "summary");
        await screen.Says("[data-step-path=each]", "20 items");
        await screen.ClickAsync("[data-step-path=each] .fold");
        await screen.Seen("[data-step-path^='each[']", 20);
    }

    [Fact]
    public async Task A_run_of_ten_thousand_items_opens_soon_and_shows_them_by_pages()
    {
        var pipeline = await Site.App.Api.PublishAsync(PipelineFile.Named("Ten thousand").ListInput("list").Node("each", "forEach", new { items = "input.list", concurrency = 16, result = "one" })
            .Node("one", "text", new { template = "{{ item }}" }, "each").Output("count", "{{ each.size }}").Edge("input", "each").Edge("each", "out"));
        var run = await Site.App.Api.StartAsync(pipeline, new { list = Enumerable.Range(0, Many).Select(x => $"Item {x}").ToArray() });
        Assert.Equal("Succeeded", (await Site.App.Api.SettledAsync(run, TimeSpan.FromSeconds(60))).GetProperty("status").GetString());
        var screen = await OpenAsync(Site.Designer);
        await screen.GoAsync("/runs");
        var since = Stopwatch.StartNew();
        await screen.GoAsync($"/runs/{run}");
        await screen.Says("[data-step-path=each]", "10,000 items");
        Assert.InRange(since.Elapsed, TimeSpan.Zero, Soon);
        await screen.ClickAsync("[data-step-path=each] .fold");
        await screen.Seen("[data-step-path='each[0]/one']");
        await screen.Seen("[data-step-path^='each[']", 50);
        await screen.ClickAsync("button:has-text('Next 50')");
        await screen.Seen("[data-step-path='each[50]/one']");
        await screen.Seen("[data-step-path^='each[']", 50);
        await screen.ClickAsync("button:has-text('Earlier')");
        await screen.Seen("[data-step-path='each[0]/one']");
    }
}
