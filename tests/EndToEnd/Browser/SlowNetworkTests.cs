using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Somebody types faster than the server answers.</summary>
public sealed class SlowNetworkTests(Chromium chromium, Site site) : CanvasScene(chromium, site)
{
    private const string Sentence = "Be brief, be kind, and say when the parcel comes. ";

    [Fact]
    public async Task No_letter_is_lost_and_the_cursor_stays_where_it_was()
    {
        var (screen, pipeline) = await ChainAsync(Site.Designer);
        using var slow = new DelayProxy(Site.App.Address, TimeSpan.FromMilliseconds(300));
        await screen.Page.GotoAsync($"{slow.Address}/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        await screen.ClickAsync("[data-node-id=middle] .cv-name");
        await TypeAsync("[data-setting=template]");
        await Assertions.Expect(screen["[data-setting=template]"]).ToHaveValueAsync(Sentence + "Hello");
        await TypeAsync("[data-setting-of=Name] [data-setting=name]");
        await Assertions.Expect(screen["[data-setting-of=Name] [data-setting=name]"]).ToHaveValueAsync(Sentence);
        await screen.PressAsync("Tab");
        await StoredAsync(Site.App, pipeline, x => x.Contains($"\"{Sentence}Hello\"", StringComparison.Ordinal) && x.Contains($"\"name\": \"{Sentence.Trim()}", StringComparison.Ordinal));

        await screen.Page.GotoAsync(slow.Address + "/pipelines");
        await screen.ReadyAsync();
        await TypeAsync("input[type=search]");
        await screen.At("q=Be(%20|\\+)brief.*comes");
        await Assertions.Expect(screen["input[type=search]"]).ToHaveValueAsync(Sentence);
        await screen.Page.GotoAsync("about:blank"); // before the network goes away

        async Task TypeAsync(string field)
        {
            await screen.ClickAsync(field);
            await screen.PressAsync("Home");
            await screen.Page.Keyboard.TypeAsync(Sentence, new KeyboardTypeOptions { Delay = 25 });
        }
    }
}
