using System.Text.Json;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Two people draw at once while the server is silenced and killed: what they did is in the draft, and both see it.</summary>
public sealed class CanvasLossTests(Chromium chromium, Site site) : CanvasScene(chromium, site)
{
    private const int Operations = 300;

    [Fact]
    public async Task Three_hundred_random_edits_by_two_people_outlive_three_killed_servers()
    {
        var folder = NewFolder();
        var app = await StartAsync(folder);
        var (address, pipeline) = (app.Address, await MadeAsync(app));
        // each adds kinds of its own, so that no id is wished for twice at the same moment; everything else is open to both
        Painter[] painters = [new(await EnterAsync(app, pipeline), 1, ["text", "prompt", "classify"]), new(await EnterAsync(app, pipeline), 2, ["switch", "validate", "wait", "fields"])];
        for (var i = 0; i < Operations / 2; i++)
        {
            if (i is 30 or 75 or 120) await app.KillAsync();
            if (i == 100) app.Signal(19); // silent, and holds its connections
            if (i == 105) app.Signal(18);
            if (i is 36 or 80 or 121) app = await StartAsync(folder, ("Urls", address));
            await Task.WhenAll(painters.Select(x => x.PaintAsync()));
        }
        foreach (var painter in painters) await painter.SettleAsync();
        var stored = await DraftAsync(app, pipeline);
        var ids = JsonDocument.Parse(stored).RootElement.GetProperty("nodes").EnumerateArray().Select(x => x.GetProperty("id").GetString()!).ToHashSet();
        var gone = painters.SelectMany(x => x.Removed.Concat(x.Doubtful)).ToHashSet();
        Assert.All(painters, x => Assert.True(x.Done > Operations / 3 && x.Added.Count > 20, "too little was done to prove anything"));
        Assert.Empty(painters.SelectMany(x => x.Added).Except(gone).Except(ids));
        Assert.Empty(painters.SelectMany(x => x.Removed).Except(painters.SelectMany(x => x.Doubtful)).Intersect(ids));
        foreach (var painter in painters)
        {
            var seen = await painter.SeenAsync();
            Assert.Equal(ids.Order(StringComparer.Ordinal), seen.Keys.Order(StringComparer.Ordinal));
            Assert.All(seen, x => Assert.Equal((x.Key, Place(stored, x.Key)), (x.Key, x.Value)));
        }
    }

    private async Task<Screen> EnterAsync(AppProcess app, string pipeline)
    {
        var screen = await OpenAsync(app, AppProcess.Administrator);
        screen.Expect("WebSocket|ERR_|Connection disconnected|Failed to (fetch|start|complete)|Error:|circuit|reconnect|404");
        await screen.GoAsync($"/pipelines/{pipeline}/design");
        await ReadyAsync(screen);
        return screen;
    }

    /// <summary>Draws by chance, and remembers what it did.</summary>
    private sealed class Painter(Screen screen, int seed, string[] kinds)
    {
        private readonly Random _random = new(seed);
        private string? _adding;

        /// <summary>Nodes that it added.</summary>
        public HashSet<string> Added { get; } = [];

        /// <summary>Nodes that it removed.</summary>
        public HashSet<string> Removed { get; } = [];

        /// <summary>Nodes of which it cannot say whether they are there: the page went away in between.</summary>
        public HashSet<string> Doubtful { get; } = [];

        /// <summary>How many edits it made without a page going away in between.</summary>
        public int Done { get; private set; }

        public async Task PaintAsync()
        {
            var mine = Added.Except(Removed).Except(Doubtful).ToList();
            var target = mine.Count == 0 ? null : mine[_random.Next(mine.Count)];
            try
            {
                await screen.Page.EvaluateAsync("() => { window.painting = true; }");
                var dice = _random.Next(100);
                if (target is null || dice < 45) await AddAsync();
                else if (dice < 60) await RemoveAsync(target);
                else if (dice < 80) await MoveAsync(target);
                else await ConnectAsync(target);
                Done++;
            }
            catch (PlaywrightException error) when (IsAway(error.Message))
            {
                // the page came back from a new server in the middle of it
                if (target is not null) Doubtful.Add(target);
                if (_adding is { } kind) Doubtful.UnionWith(Removed.Where(x => x.StartsWith(kind, StringComparison.Ordinal))); // what was just added may have an id that was free again
                await ComeBackAsync();
            }
        }

        public async Task SettleAsync()
        {
            await screen.Seen("#components-reconnect-modal[open]", 0);
            await ReadyAsync(screen);
            await screen.Seen(Saved);
        }

        /// <summary>Where each node is drawn.</summary>
        public async Task<Dictionary<string, (double X, double Y)>> SeenAsync()
        {
            await screen.ClickAsync("[aria-label='Show everything']");
            var found = new Dictionary<string, (double, double)>();
            await Wait.UntilAsync("the whole graph is drawn", async () =>
            {
                found.Clear();
                foreach (var node in (await screen.Page.EvaluateAsync<JsonElement>("() => [...document.querySelectorAll('.react-flow__node')].map(x => [x.dataset.id, ...x.style.transform.match(/-?[\\d.]+/g).map(Number)])")).EnumerateArray())
                    found[node[0].GetString()!] = (node[1].GetDouble(), node[2].GetDouble());
                return found.Count >= await screen.Page.EvaluateAsync<int>("() => document.querySelectorAll('.react-flow__minimap-node').length");
            });
            return found;
        }

        private async Task AddAsync()
        {
            _adding = kinds[_random.Next(kinds.Length)];
            await screen[$"[data-palette-kind={_adding}]"].ClickAsync(new LocatorClickOptions { Force = true });
            var chosen = await UntilAsync("const id = document.querySelector('.react-flow__node.selected')?.dataset.id; return id && !x.includes(id) ? id : null;", (string[])[.. Added.Except(Removed).Except(Doubtful)]);
            var id = await chosen.JsonValueAsync<string>();
            Added.Add(id);
            Removed.Remove(id); // an id that is free again
            _adding = null;
        }

        private async Task RemoveAsync(string node)
        {
            await ChooseAsync(node);
            await screen.PressAsync("Delete");
            await UntilAsync("return document.querySelector(`[data-node-id=\"${x}\"]`) === null;", node);
            Removed.Add(node);
        }

        private async Task MoveAsync(string node)
        {
            await ChooseAsync(node);
            for (var i = _random.Next(1, 6); i > 0; i--) await screen.PressAsync(_random.Next(2) == 0 ? "ArrowDown" : "ArrowRight");
        }

        private async Task ConnectAsync(string node)
        {
            await ChooseAsync(node);
            await screen.PressAsync("c");
            await UntilAsync("return document.querySelector('.cv-picker') !== null;", node);
            await screen.PressAsync(await screen[".cv-hit"].CountAsync() == 0 ? "Escape" : "Enter");
            await UntilAsync("return document.querySelector('.cv-picker') === null;", node);
        }

        private async Task ChooseAsync(string node)
        {
            await screen.Page.EvaluateAsync("() => document.activeElement?.blur()");
            await screen.PressAsync("Escape"); // Enter on one that is chosen would lead into its settings
            await UntilAsync("return document.querySelector('.react-flow__node.selected') === null;", node);
            if (await screen[$".react-flow__node[data-id='{node}']"].CountAsync() == 0) await screen.PressAsync("Shift+Digit1"); // only what is in view is drawn
            await UntilAsync("const node = document.querySelector(`.react-flow__node[data-id=\"${x}\"]`); node?.focus(); return document.activeElement === node && node !== null;", node);
            await screen.PressAsync("Enter");
            await UntilAsync("return document.querySelectorAll('.react-flow__node.selected').length === 1 && document.activeElement?.matches(`.react-flow__node.selected[data-id=\"${x}\"]`) === true;", node);
        }

        /// <summary>Until something holds in the page in which the edit began; another page is an error that says so.</summary>
        private Task<IJSHandle> UntilAsync(string body, object argument) => screen.Page.WaitForFunctionAsync($"x => {{ if (!window.painting) throw new Error('navigated away'); {body} }}", argument);

        private async Task ComeBackAsync()
        {
            await screen.Page.WaitForLoadStateAsync();
            await screen.Seen(".react-flow__node");
        }

        private static bool IsAway(string message) => message.Contains("navigat", StringComparison.OrdinalIgnoreCase) || message.Contains("context was destroyed", StringComparison.OrdinalIgnoreCase) || message.Contains("detached", StringComparison.OrdinalIgnoreCase);
    }
}
