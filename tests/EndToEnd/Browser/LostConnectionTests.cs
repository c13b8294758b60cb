using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>A server that holds its breath, and one that dies: what was typed stays, and the page comes back by itself.</summary>
public sealed class LostConnectionTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private const string Form = "[data-input=text]";
    private const string Edit = "textarea[id^=edit]";
    private const string Letter = "Dear customer, the parcel is on its way.";
    private const string Message = "Where is my parcel? I wait since Monday.";

    [Fact]
    public async Task Typed_text_outlives_a_silent_server_and_a_killed_one()
    {
        var folder = NewFolder();
        var app = await StartAsync(folder);
        var pipeline = (await app.Api.GetAsync("/pipelines")).Ok().GetProperty("items").EnumerateArray().Single(x => x.GetProperty("name").GetString() == "Support triage").GetProperty("id").GetString()!;
        var approval = await ApprovalOfAsync(app, await app.Api.StartAsync(pipeline, new { text = "Where is my parcel?" }));
        var (form, desk) = (await OpenAsync(app, AppProcess.Administrator), await OpenAsync(app, AppProcess.Administrator));
        foreach (var screen in new[] { form, desk }) screen.Expect("WebSocket|ERR_|Connection disconnected|Failed to (fetch|start|complete)|Error:|circuit|reconnect");
        await form.GoAsync($"/pipelines/{pipeline}/run");
        await form[Form].ClickAsync();
        await form.Page.Keyboard.TypeAsync(Message);
        await desk.GoAsync($"/approvals/{approval}");
        await desk.ClickAsync("[data-action=edit]");
        await desk[Edit].FillAsync("");
        await desk[Edit].PressSequentiallyAsync(Letter);

        app.Signal(19); // stops, and holds its connections
        await Task.Delay(TimeSpan.FromSeconds(8));
        app.Signal(18);
        await ExpectTextsAsync();

        await app.KillAsync();
        await form.Says("#components-reconnect-modal", "What you typed is kept");
        await desk.Says("#components-reconnect-modal", "What you typed is kept");
        await StartAsync(folder, ("Urls", app.Address));
        await form.Seen("#components-reconnect-modal[open]", 0);
        await desk.Seen("#components-reconnect-modal[open]", 0);
        await form.ReadyAsync();
        await desk.ReadyAsync();
        await Assertions.Expect(form[Form]).ToHaveValueAsync(Message);
        if (await desk[Edit].CountAsync() == 0) await desk.ClickAsync("[data-action=edit]");
        await ExpectTextsAsync();

        await desk.ClickAsync("[data-action=approve]");
        await form.ClickAsync("[data-action=run]");
        await form.At("/runs/");
        await form.Seen("[data-approval-id][data-state=Pending]");
        await Wait.UntilAsync("what was typed is approved", async () => (await app.Api.GetAsync($"/approvals/{approval}")).Ok() is var found && found.GetProperty("status").GetString() == "Approved" && found.GetProperty("content").GetString() == Letter, seconds: 20);
        Assert.Equal(Message, (await app.Api.GetAsync("/runs?limit=1")).Ok().GetProperty("items")[0].GetProperty("id").GetString() is { } run ? (await app.Api.GetAsync($"/runs/{run}")).Ok().GetProperty("inputs").GetProperty("text").GetString() : null);

        async Task ExpectTextsAsync()
        {
            await Assertions.Expect(form[Form]).ToHaveValueAsync(Message);
            await Assertions.Expect(desk[Edit]).ToHaveValueAsync(Letter);
        }
    }

    [Fact]
    public async Task Somebody_without_a_mouse_signs_in_starts_a_run_and_approves_it()
    {
        var app = await StartAsync(NewFolder());
        var screen = await OpenAsync(app, null);
        await screen.OpenAsync("/");
        await screen.Seen("#email:focus");
        await TypeAsync(AppProcess.Administrator);
        await screen.PressAsync("Tab");
        await TypeAsync(AppProcess.Password);
        await screen.PressAsync("Enter");
        await screen.ReadyAsync();
        await screen.PressAsync("Control+k");
        await screen.Seen("#palette:focus");
        await TypeAsync("Support triage");
        await screen.Says("#palette-hits", "Run Support triage");
        await screen.PressAsync("ArrowDown");
        await screen.Seen(".hit.on:has-text('Run Support triage')");
        await screen.PressAsync("Enter");
        await screen.At("/run$");
        await TabToAsync("[data-input=text]");
        await TypeAsync("Where is my parcel?");
        await screen.PressAsync("Control+Enter");
        await screen.At("/runs/[^/]+$");
        await screen.Seen("[data-approval-id][data-state=Pending]");
        await screen.PressAsync("Control+k");
        await screen.Seen("#palette:focus");
        await TypeAsync("Approvals");
        await screen.Says(".hit.on", "Approvals");
        await screen.PressAsync("Enter");
        await screen.At("/approvals$");
        await screen.Seen(".desk[data-live=on] [data-action=approve]");
        await screen.Seen(".mud-overlay-dialog", 0);
        await screen.PressAsync("a");
        await screen.Says(".mud-snackbar", "Approved");
        await screen.PressAsync("Control+k");
        await screen.Seen("#palette:focus");
        await screen.PressAsync("Escape");
        await screen.Seen("#palette", 0);
        Assert.Equal("Approved", (await app.Api.GetAsync("/approvals")).Ok().GetProperty("items")[0].GetProperty("status").GetString());
        Assert.Equal(0, screen.Clicks);

        Task TypeAsync(string text) => screen.Page.Keyboard.TypeAsync(text);

        async Task TabToAsync(string selector)
        {
            await screen.Seen(selector);
            for (var i = 0; i < 40 && await screen[selector + ":focus"].CountAsync() == 0; i++) await screen.PressAsync("Tab");
            await screen.Seen(selector + ":focus");
        }
    }
}
