using Microsoft.Playwright;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Draws with a mouse: drags from the palette, pulls connections, clicks fields.</summary>
internal sealed class MouseHands(Screen screen, Func<string, float, float, Task> drop, Func<string, string, string, Task> pull) : IHands
{
    private int _added;

    public async Task NameAsync(string name)
    {
        await screen.ClickAsync("header .name");
        await screen.PressAsync("Control+a");
        await screen.Page.Keyboard.TypeAsync(name);
        await screen.PressAsync("Enter");
        foreach (var _ in Enumerable.Range(0, 3)) await screen.ClickAsync("[aria-label='Zoom out']");
    }

    public async Task AddAsync(string kind)
    {
        var at = _added++;
        await drop(kind, 110 + (at % 4 * 170), 130 + (at / 4 * 150));
        await screen.Seen($"[data-node-id={kind}]");
    }

    public async Task ChooseAsync(string node)
    {
        await screen.ClickAsync($"[data-node-id={node}] .cv-name");
        await screen.Seen($"[data-inspects={node}]");
    }

    public Task ArrivedAsync(string node) => screen.Seen($"[data-inspects={node}]");

    public async Task ConnectAsync(string from, string port, string to)
    {
        await pull(from, port, to);
        await screen.Seen($".react-flow__edge[data-id='{from}:{port}>{to}:in']");
    }

    public async Task TypeAsync(string field, string text)
    {
        await screen.ClickAsync(".inspector " + field);
        await screen.PressAsync("Control+a");
        await screen.Page.Keyboard.InsertTextAsync(text);
        await screen.PressAsync("Tab");
        await screen.Seen("[data-save=saved]");
    }

    public Task SelectAsync(string field, string value) => screen[".inspector " + field].SelectOptionAsync(value);

    public Task CheckAsync(string field) => screen[".inspector " + field].CheckAsync();

    public Task PressAsync(string button) => screen.ClickAsync(".inspector " + button);

    public Task OpenMoreAsync() => screen.ClickAsync(".inspector details[data-more] > summary");
}

/// <summary>Draws without a mouse: everything is reached with Tab, keys and letters.</summary>
internal sealed class KeyHands(Screen screen) : IHands
{
    private const int Patience = 160;

    public async Task NameAsync(string name)
    {
        await ReachAsync("header .name");
        await screen.PressAsync("Control+a");
        await screen.Page.Keyboard.TypeAsync(name);
        await screen.PressAsync("Enter");
    }

    public async Task AddAsync(string kind)
    {
        await LeaveAsync();
        await screen.PressAsync("/");
        await screen.Seen(".cv-picker input:focus");
        await screen.Page.Keyboard.TypeAsync(kind);
        await screen.Seen($".cv-hit.on[data-choice={kind}]");
        await screen.PressAsync("Enter");
        await screen.Seen($".react-flow__node.selected:focus [data-node-id={kind}]");
    }

    public async Task ChooseAsync(string node)
    {
        await StepToAsync(node);
        await screen.Seen($".react-flow__node.selected:focus [data-node-id={node}]");
        await screen.Seen($"[data-inspects={node}]");
        await screen.PressAsync("Enter");
        await screen.Seen(".inspector [data-setting]:focus");
    }

    public Task ArrivedAsync(string node) => screen.Seen($"[data-inspects={node}]");

    public async Task ConnectAsync(string from, string port, string to)
    {
        await StepToAsync(from);
        await screen.PressAsync("c");
        await screen.Seen(".cv-picker input:focus");
        await screen.Page.Keyboard.TypeAsync(port == "out" ? to : $"{to} {port}");
        for (var i = 0; i < 20 && await screen[$".cv-hit.on[data-choice='{from}:{port}>{to}:in']"].CountAsync() == 0; i++) await screen.PressAsync("ArrowDown");
        await screen.PressAsync("Enter");
        await screen.Seen($".react-flow__edge[data-id='{from}:{port}>{to}:in']");
    }

    public async Task TypeAsync(string field, string text)
    {
        await ReachAsync(".inspector " + field);
        await screen.PressAsync("Control+a");
        await screen.Page.Keyboard.InsertTextAsync(text);
        await screen.PressAsync("Tab");
        await screen.Seen("[data-save=saved]");
    }

    public async Task SelectAsync(string field, string value)
    {
        await ReachAsync(".inspector " + field);
        var label = await screen[".inspector " + field].EvaluateAsync<string>("(x, value) => [...x.options].find(y => y.value === value).label", value);
        await screen.Page.Keyboard.TypeAsync(label);
        await Assertions.Expect(screen[".inspector " + field]).ToHaveValueAsync(value);
        await screen.PressAsync("Tab");
    }

    public async Task CheckAsync(string field)
    {
        await ReachAsync(".inspector " + field);
        await screen.PressAsync("Space");
        await Assertions.Expect(screen[".inspector " + field]).ToBeCheckedAsync();
    }

    public async Task PressAsync(string button)
    {
        await ReachAsync(".inspector " + button);
        await screen.PressAsync("Enter");
    }

    public async Task OpenMoreAsync()
    {
        await ReachAsync(".inspector details[data-more] > summary");
        await screen.PressAsync("Enter");
    }

    /// <summary>Escape leads from the settings back to the canvas.</summary>
    private async Task LeaveAsync()
    {
        for (var i = 0; i < 3 && await IsAsync(".inspector *"); i++) await screen.PressAsync("Escape"); // the first may close a list of values
        await screen.Seen(".inspector :focus", 0);
    }

    /// <summary>Goes from node to node until it is there.</summary>
    private async Task StepToAsync(string node)
    {
        await LeaveAsync();
        for (var i = 0; i < 20 && !await IsAsync($".react-flow__node.selected[data-id={node}]"); i++)
        {
            await screen.PressAsync("j");
            await screen.Seen(".react-flow__node.selected:focus");
        }
        await screen.Seen($".react-flow__node.selected:focus [data-node-id={node}]");
    }

    /// <summary>Presses Tab until the focus is there, as somebody without a mouse has to.</summary>
    private async Task ReachAsync(string selector)
    {
        await screen.Seen(selector);
        for (var i = 0; i < Patience; i++)
        {
            if (await IsAsync(selector)) return;
            await screen.PressAsync("Tab");
        }
        Assert.Fail($"{Patience} times Tab did not lead to {selector}.");
    }

    private Task<bool> IsAsync(string selector) => screen.Page.EvaluateAsync<bool>("x => document.activeElement?.matches(x) === true", selector);
}
