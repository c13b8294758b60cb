using System.Text.RegularExpressions;
using PromptDesigner.Data.Connections;
using PromptDesigner.Data.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>One workspace is filled with marked texts wherever a text can stand; nothing that a member of another one can open shows any of them.</summary>
[Collection(AppCollection.Name)]
public sealed partial class CanaryTests(App app)
{
    private const int Marks = 20;

    [Fact]
    public async Task No_page_and_no_answer_shows_a_text_of_another_workspace()
    {
        var ids = await FillAsync();
        var theirs = new HashSet<string>(StringComparer.Ordinal);
        var leaks = new List<string>();
        await CrawlAsync(Who.OtherAdministrator, ids, (_, answer) => theirs.UnionWith(Canary().Matches(answer.Text).Select(x => x.Groups[1].Value)));
        Assert.Equal(Enumerable.Range(1, Marks).Select(x => x.ToString(System.Globalization.CultureInfo.InvariantCulture)), theirs.OrderBy(x => x.Length).ThenBy(x => x)); // the crawl sees what there is to see

        foreach (var who in (Who[])[Who.Administrator, Who.Reviewer])
            await CrawlAsync(who, ids, (address, answer) =>
            {
                if (Canary().Match(answer.Text) is { Success: true } found) leaks.Add($"{address} as {who} shows {found.Value}");
                if (ids.Values.Any(x => address.Contains("/" + x, StringComparison.Ordinal)) && (int)answer.Status != 404) leaks.Add($"{address} as {who}: {(int)answer.Status} instead of 404");
            });
        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        Assert.DoesNotMatch(Canary(), app.Output);
    }

    [Fact]
    public async Task Nobody_switches_to_a_workspace_of_others()
    {
        using var browser = new Browser(app.Address);
        await browser.SignInAsync(App.MailOf(Who.SecondReviewer), App.Password);
        var token = Token().Match((await browser.GetAsync("/account")).Text).Groups[1].Value;
        var before = browser.Cookies;
        var answer = await browser.PostAsync("/account/workspace", ("__RequestVerificationToken", token), ("id", app.OtherWorkspace.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal((302, "/"), ((int)answer.Status, answer.Location));
        Assert.Equal(before, browser.Cookies);
    }

    /// <summary>Opens every page, and as a program every list and thing, with ids of the other workspace.</summary>
    private async Task CrawlAsync(Who who, Dictionary<string, string> ids, Action<string, Browser.Answer> look)
    {
        var browser = await Browser.OfAsync(app, who);
        var pages = PageMatrixTests.PageAddresses.Select(x => Fill(x, ids)).Concat(["/runs?q=CANARY_A", $"/runs?q={ids["run"]}", $"/runs?pipeline={ids["pipeline"]}", $"/approvals?pipeline={ids["pipeline"]}", "/pipelines?q=CANARY_A", "/pipelines?archived=true", "/runs?tries=true", "/outbox?q=CANARY_A", "/outbox?tries=true", $"/pipelines/{ids["pipeline"]}/results.csv", $"/pipelines/{ids["pipeline"]}/results.jsonl?tries=true", $"/schedules?pipeline={ids["pipeline"]}", "/schedules?state=Paused"]);
        foreach (var page in pages) look(page, await browser.GetAsync(page));
        var lists = Endpoint.All.Where(x => x is { Method: "GET", Need: not Need.Nothing }).Select(x => "/api/v1" + (x.Route.Contains("{id}", StringComparison.Ordinal) ? Fill(x.Address, ids) : x.Address + "?limit=200"))
            .Concat(["/api/v1/runs?q=CANARY_A", $"/api/v1/runs?q={ids["run"]}", $"/api/v1/runs?pipeline={ids["pipeline"]}&tries=true", "/api/v1/approvals?status=pending&mine=true"]);
        foreach (var address in lists.Where(x => !x.EndsWith("/events", StringComparison.Ordinal)))
        {
            var answer = await app.As(who).GetAsync("!" + address);
            if (answer.Status != System.Net.HttpStatusCode.Forbidden) look(address, new Browser.Answer(answer.Status, answer.Text, null));
        }
    }

    private async Task<Dictionary<string, string>> FillAsync()
    {
        var other = app.As(Who.OtherAdministrator);
        var file = PipelineFile.Named("CANARY_A_1").Input("text").Node("made", "text", new { template = "CANARY_A_2 {{ input.text }}" }).Node("gate", "approval", new { subject = "{{ made }}", instructions = "CANARY_A_13", allowSelf = true })
            .Output("answer", "{{ gate }}").Edge("input", "made").Edge("made", "gate").Edge("gate", "out", "approved");
        var pipeline = (await other.PostAsync("/pipelines", file.ToBytes())).Ok().GetProperty("id").GetString()!;
        (await other.PostAsync($"/pipelines/{pipeline}/versions", new { note = "CANARY_A_5" })).Ok();
        (await other.SendAsync(HttpMethod.Patch, $"/pipelines/{pipeline}", new { tags = new[] { "CANARY_A_15" } })).Ok();
        var rejected = await HeldAsync(other, pipeline);
        (await other.PostAsync($"/approvals/{rejected.Approval}/decision", new { decision = "reject", contentHash = rejected.Hash, comment = "CANARY_A_6" })).Ok();
        await other.SettledAsync(rejected.Run);
        var held = await HeldAsync(other, pipeline);
        var mail = (await app.LetterAsync(other, "CANARY_A_16")).Mail;
        await app.Database.WriteAsync(app.OtherWorkspace, (db, _) =>
        {
            db.MailServers.RemoveRange(db.MailServers);
            db.MailServers.Add(new MailServerSetting { Host = "canary_a_17.example.org", Port = 25, Security = "None", From = "desk@example.org" }); // nothing else is sent there
            return Task.FromResult(0);
        }, CancellationToken.None);
        var schedule = (await other.PostAsync("/schedules", new { pipeline, inputs = new { text = "CANARY_A_18" }, cron = "0 0 1 1 *", timeZone = "UTC", account = "CANARY_A_19" })).Ok().GetProperty("id").GetString()!;
        (await other.PostAsync($"/schedules/{schedule}/pause", new { note = "CANARY_A_20" })).Ok();
        var stored = (await other.UploadAsync("CANARY_A_7.txt", "CANARY_A_8"u8.ToArray())).Ok().GetProperty("id").GetString()!;
        var key = (await other.PostAsync("/keys", new { name = "CANARY_A_9", kind = "service", scopes = new[] { "read" } })).Ok().GetProperty("id").GetString()!;
        var member = (await other.PostAsync("/members", new { email = "canary_a_11@example.org", role = "viewer", password = App.Password })).Ok().GetProperty("id").GetString()!;
        (await other.PostAsync("/members", new { email = "canary_a_12@example.org", role = "viewer" })).Ok();
        await app.Database.WriteAsync(app.OtherWorkspace, (db, _) =>
        {
            db.Connections.Add(new Connection { Id = Guid.CreateVersion7(), Name = "CANARY_A_10", Kind = "openai", Endpoint = "http://canary_a_14.example.org/v1", Models = "[]", Prices = "{}", CreatedAt = DateTimeOffset.UtcNow, UpdatedAt = DateTimeOffset.UtcNow });
            return Task.FromResult(0);
        }, CancellationToken.None);
        return new Dictionary<string, string>
        {
            ["pipeline"] = pipeline, ["unpublished"] = pipeline, ["over"] = rejected.Run, ["run"] = held.Run, ["waiting"] = held.Run, ["approval"] = held.Approval, ["withdrawn"] = rejected.Approval, ["file"] = stored, ["mail"] = mail, ["schedule"] = schedule, ["key"] = key, ["nobody"] = member,
        };
    }

    private static async Task<(string Run, string Approval, string Hash)> HeldAsync(ApiClient other, string pipeline)
    {
        var run = (await other.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "CANARY_A_3" }, account = "CANARY_A_4" })).Ok();
        var approval = run.GetProperty("steps").EnumerateArray().Single(x => x.GetProperty("path").GetString() == "gate").GetProperty("approval").GetString()!;
        return (run.GetProperty("id").GetString()!, approval, (await other.GetAsync($"/approvals/{approval}")).Ok().GetProperty("contentHash").GetString()!);
    }

    private static string Fill(string address, Dictionary<string, string> ids) => ids.Aggregate(address, (filled, id) => filled.Replace("{" + id.Key + "}", id.Value, StringComparison.Ordinal)).Replace("/steps/p1", "/steps/made", StringComparison.Ordinal);

    [GeneratedRegex(@"CANARY_A_(\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Canary();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
