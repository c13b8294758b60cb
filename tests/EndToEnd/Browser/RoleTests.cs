using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>What each role and right sees, and what the server refuses whatever a page shows.</summary>
public sealed class RoleTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private static readonly string[] Settings = ["connections", "mail", "members", "keys", "limits", "audit", "workspace"];

    [Theory]
    [InlineData(Site.Viewer, false, false, false, false)]
    [InlineData(Site.Reviewer, false, false, true, false)]
    [InlineData(Site.Operator, true, false, false, false)]
    [InlineData(Site.Designer, true, true, false, false)]
    [InlineData(Site.DesigningReviewer, true, true, true, false)]
    [InlineData(Site.Manager, true, true, false, true)]
    [InlineData(AppProcess.Administrator, true, true, false, true)] // who started the run, and others may review it
    public async Task Everybody_sees_what_that_person_may_do(string person, bool runs, bool designs, bool decides, bool administers)
    {
        var approval = await ApprovalOfAsync(Site.App, await Site.App.Api.StartAsync(Site.Triage, new { text = "Where is my parcel?" }));
        var screen = await OpenAsync(person);
        await screen.GoAsync($"/pipelines/{Site.Triage}");
        foreach (var word in new[] { "Home", "Pipelines", "Runs", "Approvals", "Settings" }) await screen.Says("nav a", word);
        await screen.Seen("[data-action=run]", runs ? 1 : 0);
        await screen.Seen("[data-action=try]", designs ? 1 : 0);
        await screen.Seen("[data-action=publish]", designs ? 1 : 0);
        screen.Expect("403");
        Assert.Equal(runs ? 200 : 403, await screen.GoAsync($"/pipelines/{Site.Triage}/run"));
        await screen.GoAsync("/pipelines");
        await screen.Seen($"[data-pipeline-id='{Site.Triage}'] [data-action=run]", runs ? 1 : 0); // other tests publish pipelines here too
        await screen.Seen("input[type=file]", designs ? 1 : 0);
        await screen.GoAsync($"/approvals/{approval}");
        await screen.Seen("[data-approval-id] .middle");
        foreach (var action in new[] { "approve", "edit", "requestChanges", "reject" }) await screen.Seen($"[data-action={action}]", decides ? 1 : 0);
        Assert.Equal(administers ? 200 : 403, await screen.GoAsync("/settings/members"));
        await screen.Seen(administers ? "#invite" : ":text('You may not see this page')");
        foreach (var page in Settings) Assert.Equal((page, administers ? 200 : 403), (page, await StatusAsync($"/settings/{page}")));
        foreach (var path in new[] { $"/runs/{Guid.Empty}", $"/pipelines/{Guid.Empty}", "/no/such/page" }) Assert.Equal((path, 404), (path, await StatusAsync(path)));

        async Task<int> StatusAsync(string path) => (await screen.Page.Context.APIRequest.GetAsync(Site.App.Address + path, new APIRequestContextOptions { Headers = [new("Accept", "text/html")] })).Status;
    }

    [Fact]
    public async Task What_was_taken_away_after_the_page_was_opened_is_refused_by_the_server()
    {
        var person = await Site.NewPersonAsync("Administrator", "Reviewer", "Operator");
        var run = await Site.App.Api.StartAsync(Site.Triage, new { text = "Where is my parcel?" });
        var approval = await ApprovalOfAsync(Site.App, run);
        var (running, deciding, publishing, inviting) = (await OpenAsync(person), await OpenAsync(person), await OpenAsync(person), await OpenAsync(person));
        var pipeline = await Site.App.Api.PublishAsync(PipelineFile.Chain(1, "practice/practice"));
        var draft = await Site.App.Api.GetAsync($"/pipelines/{pipeline}");
        (await Site.App.Api.SendAsync(HttpMethod.Put, $"/pipelines/{pipeline}/draft", PipelineFile.Chain(2, "practice/practice").ToBytes(), ("If-Match", draft.Json.GetProperty("draftRevision").ToString()))).Ok();
        await running.GoAsync($"/pipelines/{pipeline}/run");
        await running.TypeAsync("[data-input=text]", "Hello");
        await deciding.GoAsync($"/approvals/{approval}");
        await publishing.GoAsync($"/pipelines/{pipeline}");
        await publishing.ClickAsync("[data-action=publish]");
        await inviting.GoAsync("/settings/members");
        await inviting.TypeAsync("[data-setting=email]", "intruder@example.org");

        await Site.ChangeAsync(person, "Viewer");
        await running.ClickAsync("[data-action=run]");
        await running.Says("[role=alert]", "Designer");
        await deciding.ClickAsync("[data-action=approve]");
        await deciding.Says("[role=alert]", "needs the right Reviewer");
        await publishing.ClickAsync("#publish");
        await publishing.Says(".mud-snackbar", "Designer");
        await inviting.ClickAsync("#invite");
        await inviting.Says("[role=alert]", "dministrator");

        Assert.Equal("Pending", (await Site.App.Api.GetAsync($"/approvals/{approval}")).Ok().GetProperty("status").GetString());
        Assert.Equal(1, (await Site.App.Api.GetAsync($"/pipelines/{pipeline}/versions")).Ok().GetProperty("items").GetArrayLength());
        Assert.DoesNotContain("intruder", (await Site.App.Api.GetAsync("/members")).Text, StringComparison.Ordinal);
    }
}
