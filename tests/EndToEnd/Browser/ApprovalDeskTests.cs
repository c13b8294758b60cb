using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Reviewers at the desk, alone and two at a time.</summary>
public sealed class ApprovalDeskTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private const string Queue = ".queue [data-approval-id]";
    private const string Open = "[data-approval-id].item";

    private const string Told = "[data-approval-id].item .notice[role=alert]";

    private ApiClient Api => Site.App.Api;

    [Fact]
    public async Task Ten_messages_are_decided_in_every_way_by_keys_and_buttons()
    {
        var pipeline = await CopyAsync("Ten messages");
        var runs = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            runs.Add(await Api.StartAsync(pipeline, new { text = $"Message {i}: my parcel is late, please look where it is." }));
            await ApprovalOfAsync(Site.App, runs[i]);
        }
        var screen = await OpenAsync(Site.Reviewer);
        await screen.GoAsync($"/approvals?pipeline={pipeline}");
        await screen.Seen(Queue, 10);

        await NextAsync(screen);
        await screen.PressAsync("a"); // the first
        await screen.Seen(Queue, 9);
        await NextAsync(screen);
        await screen.PressAsync("e"); // the second, edited
        await screen.Seen("textarea[id^=edit]:focus");
        await screen.TypeAsync("textarea[id^=edit]", "We look at once. Kind regards, the team");
        await screen.Says(Open, "What you changed");
        await screen.PressAsync("Control+Enter");
        await screen.Seen(Queue, 8);
        await NextAsync(screen);
        await screen.PressAsync("c"); // the third
        await screen.Seen("textarea[id^=comment]:focus");
        await screen.TypeAsync("textarea[id^=comment]", "Shorter, please");
        await screen.PressAsync("Control+Enter"); // at once: the key waits for the button
        await screen.Seen(Queue, 7);
        await NextAsync(screen);
        await screen.PressAsync("r"); // the fourth
        await screen.Seen("textarea[id^=comment]:focus");
        await screen.PressAsync("Control+Enter"); // without a comment nothing is sent
        await screen.TypeAsync("textarea[id^=comment]", "This is no question for us");
        await screen.Seen("#send-comment:enabled");
        await screen.PressAsync("Control+Enter");
        await screen.Seen(Queue, 6);

        var fifth = await NextAsync(screen);
        await screen.PressAsync("j");
        await Assertions.Expect(screen[Open]).Not.ToHaveAttributeAsync("data-approval-id", fifth);
        await screen.PressAsync("k");
        await Assertions.Expect(screen[Open]).ToHaveAttributeAsync("data-approval-id", fifth);
        await screen.PressAsync("a"); // the fifth, taken back by key
        await screen.Seen(Queue, 5);
        await screen.PressAsync("z");
        await screen.Seen(Queue, 6);
        await screen.GoAsync($"/approvals/{fifth}?pipeline={pipeline}");
        await screen.ClickAsync("[data-action=approve]"); // and again, taken back in the toast
        await screen.Seen(Queue, 5);
        await screen.ClickAsync(".mud-snackbar button:has-text('Undo')");
        await screen.Seen(Queue, 6);
        for (var left = 5; left >= 0; left--)
        {
            var next = await screen[Queue].First.GetAttributeAsync("data-approval-id");
            await screen[$"{Queue}[data-approval-id='{next}']"].ClickAsync();
            await Assertions.Expect(screen[Open]).ToHaveAttributeAsync("data-approval-id", next!);
            await screen.ClickAsync("[data-action=approve]");
            await screen.Seen($"{Queue}[data-approval-id='{next}']", 0);
        }
        await Assertions.Expect(screen.Page).ToHaveURLAsync(new Regex($"pipeline={pipeline}")); // an empty queue keeps its filter

        await StatusAsync(runs[0], "Succeeded");
        Assert.Equal("We look at once. Kind regards, the team", (await StatusAsync(runs[1], "Succeeded")).GetProperty("outputs").GetProperty("reply").GetString());
        var rejected = (await StatusAsync(runs[3], "Rejected")).GetProperty("error");
        Assert.Contains("This is no question for us", rejected.GetProperty("message").GetString(), StringComparison.Ordinal);
        for (var i = 4; i < 10; i++) await StatusAsync(runs[i], "Succeeded");
        await screen.Seen(Queue, 1); // the third is back with its second round
        var again = await ApprovalOfAsync(Site.App, runs[2]);
        Assert.Equal(2, (await Api.GetAsync($"/approvals/{again}")).Ok().GetProperty("round").GetInt32());
        await screen.GoAsync($"/approvals/{again}");
        await screen.Says(".side", "Round 2");
        await screen.ClickAsync("[data-action=approve]");
        await StatusAsync(runs[2], "Succeeded");
    }

    [Fact]
    public async Task Of_two_reviewers_one_decides_and_the_other_is_told_by_whom()
    {
        var run = await Api.StartAsync(Site.Triage, new { text = "Two people read this" });
        var approval = await ApprovalOfAsync(Site.App, run);
        var screens = new[] { await OpenAsync(Site.Reviewer), await OpenAsync(Site.DesigningReviewer) };
        foreach (var screen in screens) await screen.GoAsync($"/approvals/{approval}");
        await screens[0].Says(Open, $"{Site.DesigningReviewer} has this open too");
        await screens[1].Says(Open, $"{Site.Reviewer} has this open too");
        await Task.WhenAll(screens.Select(x => x["[data-action=approve]"].DispatchEventAsync("click")));
        await Wait.UntilAsync("one of the two is told", async () => await screens[0][Told].CountAsync() + await screens[1][Told].CountAsync() > 0, seconds: 20);
        var counts = await Task.WhenAll(screens.Select(x => x[Told].CountAsync()));
        var told = Assert.Single(screens.Zip(counts), x => x.Second == 1).First;
        await told.Says(Told, "Already decided (Approved) by " + (told == screens[0] ? Site.DesigningReviewer : Site.Reviewer));
        Assert.Equal(1, (await Api.GetAsync($"/approvals/{approval}")).Ok().GetProperty("decisions").GetArrayLength());
    }

    [Fact]
    public async Task An_edit_by_the_first_of_two_shows_the_second_what_changed()
    {
        var pipeline = await Site.GateAsync("Two must approve", new { subject = "input.content", required = 2, editable = true });
        var run = await Api.StartAsync(pipeline, new { content = "The price is 10." });
        var approval = await ApprovalOfAsync(Site.App, run);
        var (first, second) = (await OpenAsync(Site.Reviewer), await OpenAsync(Site.DesigningReviewer));
        await first.GoAsync($"/approvals/{approval}");
        await second.GoAsync($"/approvals/{approval}");
        await first.ClickAsync("[data-action=edit]");
        await first.TypeAsync("textarea[id^=edit]", "The price is 11.");
        await first.ClickAsync("[data-action=approve]");
        await second.Says(Open, "The content changed since you opened it");
        await second.Says(Open, "1 of 2 have approved");
        await second.ClickAsync("button:has-text('I have seen it')");
        await second.ClickAsync("[data-action=approve]");
        Assert.Equal("The price is 11.", (await StatusAsync(run, "Succeeded")).GetProperty("outputs").GetProperty("sent").GetString());
    }

    /// <summary>Until the page has moved on to an item that waits: the queue is shorter a moment earlier, and a key pressed then would be for the item that was decided.</summary>
    private static async Task<string> NextAsync(Screen screen)
    {
        await screen.Seen($"{Queue}[aria-current=true]");
        var current = (await screen[$"{Queue}[aria-current=true]"].GetAttributeAsync("data-approval-id"))!;
        await Assertions.Expect(screen[Open]).ToHaveAttributeAsync("data-approval-id", current);
        await screen.Seen("[data-approval-id].item[data-state=Pending]");
        return current;
    }

    /// <summary>The starter under another name, so that its approvals can be told from those of other tests.</summary>
    private async Task<string> CopyAsync(string name)
    {
        var file = System.Text.Json.Nodes.JsonNode.Parse((await Api.GetAsync($"/pipelines/{Site.Triage}/draft")).Text)!;
        file["name"] = name;
        var id = (await Api.PostAsync("/pipelines", file.ToJsonString())).Ok().GetProperty("id").GetString()!;
        (await Api.PostAsync($"/pipelines/{id}/versions", new { note = "" })).Ok();
        return id;
    }

    private async Task<JsonElement> StatusAsync(string run, string status)
    {
        JsonElement found = default;
        await Wait.UntilAsync($"run {run} is {status}", async () => (found = (await Api.GetAsync($"/runs/{run}")).Ok()).GetProperty("status").GetString() == status, seconds: 30);
        return found;
    }
}
