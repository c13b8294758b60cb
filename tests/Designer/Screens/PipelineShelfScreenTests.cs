using AngleSharp.Dom;
using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Tests.Screens;

/// <summary>The list of pipelines and the menu of its rows.</summary>
public sealed class PipelineShelfScreenTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private Guid _first;
    private Guid _second;

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        (_first, _second) = (await _screen.Host.PublishAsync(App.Gate("First")), await _screen.Host.PublishAsync(App.Gate("Second")));
        await ChangeAsync(_first, new PipelineChange { Tags = ["support", "mail"] });
    }

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public void A_row_shows_its_tags_and_its_owner()
    {
        _screen.Go("/pipelines");
        var row = Row(_screen.Show<PipelinesPage>(_screen.Ana), _first)!;
        Assert.Equal(["support", "mail"], row.QuerySelectorAll("[data-tag]").Select(x => x.TextContent.Trim()));
        Assert.EndsWith("/pipelines?tag=support", row.QuerySelector("[data-tag=support]")!.GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal(_screen.Ana.Name, row.QuerySelector("[data-owner]")!.TextContent);
    }

    [Fact]
    public async Task The_address_says_of_which_tag_and_whether_archived()
    {
        await ChangeAsync(_second, new PipelineChange { Tags = ["support"], Archived = true });
        Assert.Equal((true, false), Shown("/pipelines"));
        Assert.Equal((true, false), Shown("/pipelines?tag=Support"));
        Assert.Equal((false, false), Shown("/pipelines?tag=nothing"));
        Assert.Equal((false, true), Shown("/pipelines?archived=true"));
        Assert.Equal((false, true), Shown("/pipelines?archived=true&tag=support"));
        Assert.Equal((false, false), Shown("/pipelines?archived=true&tag=mail"));
    }

    [Fact]
    public async Task Choosing_filters_leads_to_their_address()
    {
        _screen.Go("/pipelines");
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        await page.Find("select[aria-label=Tag]").ChangeAsync(new() { Value = "mail" });
        Assert.EndsWith("/pipelines?tag=mail", _screen.Address, StringComparison.Ordinal);
        await page.Find("[data-filter=archived]").ChangeAsync(new() { Value = true });
        Assert.EndsWith("/pipelines?tag=mail&archived=true", _screen.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_archived_goes_away_and_undo_brings_it_back()
    {
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        var toasts = _screen.ShowToasts();
        await ChooseAsync(page, _first, "archive");
        page.WaitForAssertion(() => Assert.Null(Row(page, _first)));
        Assert.Equal(1L, await ArchivedAsync());
        toasts.WaitForAssertion(() => Assert.Contains("“First” is archived", toasts.Markup, StringComparison.Ordinal));
        await toasts.InvokeAsync(() => toasts.FindAll("button").First(x => x.TextContent.Contains("Undo", StringComparison.Ordinal)).ClickAsync(new()));
        page.WaitForAssertion(() => Assert.NotNull(Row(page, _first)));
        Assert.Equal(0L, await ArchivedAsync());
    }

    [Fact]
    public async Task An_undo_works_after_the_page_was_left()
    {
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        await ChooseAsync(page, _first, "archive");
        page.WaitForAssertion(() => Assert.Null(Row(page, _first)));
        await _screen.LeaveAsync();
        var toasts = _screen.ShowToasts();
        await toasts.InvokeAsync(() => toasts.FindAll("button").First(x => x.TextContent.Contains("Undo", StringComparison.Ordinal)).ClickAsync(new())); // found and pressed in one turn: it draws itself anew while it appears
        Assert.Equal(0L, await ArchivedAsync());
    }

    [Fact]
    public async Task An_archived_row_offers_to_come_back_and_no_run()
    {
        await ChangeAsync(_first, new PipelineChange { Archived = true });
        _screen.Go("/pipelines?archived=true");
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        Assert.Empty(page.FindAll("[data-action=run]"));
        await OpenAsync(page, _first);
        Assert.Empty(_screen.Popovers.FindAll("[data-menu=run], [data-menu=archive]"));
        await _screen.Popovers.Find("[data-menu=restore]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Null(Row(page, _first)));
        Assert.Equal(0L, await ArchivedAsync());
    }

    [Fact]
    public async Task The_menu_renames_tags_and_gives_to_another_owner()
    {
        var bo = await _screen.MemberAsync(Role.Viewer);
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        await AnswerAsync(page, "rename", "Renamed");
        page.WaitForAssertion(() => Assert.Contains("Renamed", Row(page, _first)!.TextContent, StringComparison.Ordinal));
        await AnswerAsync(page, "tags", "Urgent, mail,, ");
        page.WaitForAssertion(() => Assert.Equal(["urgent", "mail"], Row(page, _first)!.QuerySelectorAll("[data-tag]").Select(x => x.TextContent.Trim())));
        await AnswerAsync(page, "owner", bo.Name);
        page.WaitForAssertion(() => Assert.Equal(bo.Name, Row(page, _first)!.QuerySelector("[data-owner]")!.TextContent));
        await AnswerAsync(page, "owner", "");
        page.WaitForAssertion(() => Assert.Equal("No owner", Row(page, _first)!.QuerySelector("[data-owner]")!.TextContent));
    }

    [Fact]
    public async Task A_tag_that_is_too_long_stays_in_its_field_with_the_reason()
    {
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        var typed = new string('x', 41);
        await AnswerAsync(page, "tags", typed);
        _screen.Dialogs.WaitForAssertion(() => Assert.Contains("40 characters", _screen.Dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal((typed, "true"), (_screen.Dialogs.Find("#field-value").GetAttribute("value"), _screen.Dialogs.Find("#field-value").GetAttribute("aria-invalid")));
        Assert.Equal(["support", "mail"], Row(page, _first)!.QuerySelectorAll("[data-tag]").Select(x => x.TextContent.Trim()));
    }

    [Fact]
    public async Task A_tag_that_others_have_is_offered()
    {
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        await ChooseAsync(page, _second, "tags");
        await _screen.Dialogs.WaitForElement("[data-offer=mail]").ClickAsync(new());
        await _screen.Dialogs.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal(["mail"], Row(page, _second)!.QuerySelectorAll("[data-tag]").Select(x => x.TextContent.Trim())));
    }

    [Fact]
    public async Task A_copy_stands_in_the_list()
    {
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        await ChooseAsync(page, _first, "duplicate");
        page.WaitForAssertion(() => Assert.Contains("Copy of First", page.Markup, StringComparison.Ordinal));
        Assert.Contains("“Copy of First” is made.", _screen.Toasts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_has_no_menu_and_one_with_a_forged_page_changes_nothing()
    {
        var viewer = await _screen.MemberAsync(Role.Viewer);
        Assert.Empty(_screen.Show<PipelinesPage>(viewer).FindAll("[aria-label^='More for']"));
        var page = _screen.Show<PipelinesPage>(viewer with { Role = Role.Administrator });
        await ChooseAsync(page, _first, "archive");
        page.WaitForAssertion(() => Assert.Contains("needs the role Designer", _screen.Toasts, StringComparison.Ordinal));
        await ChooseAsync(page, _first, "duplicate");
        await AnswerAsync(page, "tags", "forged");
        _screen.Dialogs.WaitForAssertion(() => Assert.Contains("needs the role Designer", _screen.Dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal((0L, 2L, 0L), (await ArchivedAsync(), await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Pipelines"), await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Pipelines WHERE Tags LIKE '%forged%'")));
    }

    [Fact]
    public async Task The_page_of_an_archived_pipeline_offers_to_bring_it_back()
    {
        await ChangeAsync(_first, new PipelineChange { Archived = true });
        var page = _screen.Show<PipelinePage>(_screen.Ana, x => x.Add(p => p.Id, _first));
        Assert.Empty(page.FindAll("[data-action=run], [data-action=try]"));
        await page.Find("[data-action=restore]").ClickAsync(new());
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[data-action=run]")));
        Assert.Equal(0L, await ArchivedAsync());
    }

    private (bool First, bool Second) Shown(string address)
    {
        _screen.Go(address);
        var page = _screen.Show<PipelinesPage>(_screen.Ana);
        return (Row(page, _first) is not null, Row(page, _second) is not null);
    }

    private async Task AnswerAsync(IRenderedComponent<PipelinesPage> page, string item, string answer)
    {
        await ChooseAsync(page, _first, item);
        var field = _screen.Dialogs.WaitForElement("#field-value");
        await (field.TagName == "SELECT" ? field.ChangeAsync(new() { Value = answer }) : field.InputAsync(new() { Value = answer }));
        await _screen.Dialogs.Find("form").SubmitAsync();
    }

    private async Task ChooseAsync(IRenderedComponent<PipelinesPage> page, Guid pipeline, string item)
    {
        await OpenAsync(page, pipeline);
        await _screen.Popovers.Find($"[data-menu={item}]").ClickAsync(new());
    }

    private async Task OpenAsync(IRenderedComponent<PipelinesPage> page, Guid pipeline)
    {
        await page.Find($"[data-pipeline-id='{pipeline}'] [aria-label^='More for']").ClickAsync(new());
        _screen.Popovers.WaitForElement("[data-menu=rename]");
    }

    private static IElement? Row(IRenderedComponent<PipelinesPage> page, Guid pipeline) => page.FindAll($"[data-pipeline-id='{pipeline}']").SingleOrDefault();

    private async Task ChangeAsync(Guid pipeline, PipelineChange change) => Assert.Null((await _screen.Host.Get<PipelineShelf>().ChangeAsync(pipeline, change, _screen.Ana, default)).Refusal);

    private async Task<long> ArchivedAsync() => (long)(await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Pipelines WHERE ArchivedAt IS NOT NULL"))!;
}
