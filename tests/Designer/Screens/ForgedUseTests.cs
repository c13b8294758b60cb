using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Approvals;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Settings;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Tests.Screens;

/// <summary>
/// Handlers are endpoints. Each page here is shown to somebody as if that person had more rights than are stored, as after rights were taken away or with a forged circuit:
/// its buttons are there, pressing them is refused, and nothing is stored.
/// </summary>
public sealed class ForgedUseTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public async Task A_viewer_approves_nothing()
    {
        var held = await _screen.HeldAsync();
        var item = _screen.Show<ApprovalItem>(Pretending(await _screen.MemberAsync(Role.Viewer)), x => x.Add(p => p.Id, held.Approval));
        await item.Find("[data-action=approve]").ClickAsync(new());
        item.WaitForAssertion(() => Assert.Contains("needs the right Reviewer", item.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        await item.InvokeAsync(() => item.Instance.PressAsync("a"));
        await item.InvokeAsync(() => item.Instance.UndoAsync(held.Approval));
        Assert.Equal((0L, 0L), (await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM ApprovalDecisions"), await _screen.Host.ScalarAsync("SELECT Status FROM Approvals")));
    }

    [Fact]
    public async Task A_viewer_s_keys_on_the_desk_do_nothing()
    {
        var held = await _screen.HeldAsync();
        var desk = _screen.Show<ApprovalsPage>(await _screen.MemberAsync(Role.Viewer), x => x.Add(p => p.Id, held.Approval));
        Assert.Empty(desk.FindAll("[data-action=approve], [data-action=reject], [data-action=edit]"));
        foreach (var key in (string[])["a", "e", "c", "r", "z", "j", "k", "", "constructor", new string('x', 100_000)]) await desk.InvokeAsync(() => desk.Instance.OnKey(key));
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM ApprovalDecisions"));
    }

    [Fact]
    public async Task An_approval_of_another_workspace_is_not_there()
    {
        var held = await _screen.HeldAsync();
        var stranger = Pretending(_screen.Ana) with { Workspace = 99 };
        var item = _screen.Show<ApprovalItem>(stranger, x => x.Add(p => p.Id, held.Approval));
        Assert.Contains("There is no such approval", item.Markup, StringComparison.Ordinal);
        await item.InvokeAsync(() => item.Instance.PressAsync("a"));
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM ApprovalDecisions"));
    }

    [Fact]
    public async Task A_viewer_publishes_nothing()
    {
        var id = (await _screen.Host.Get<PipelineEditor>().CreateAsync(App.Gate("Draft").ToBytes(), _screen.Ana, null, default)).Value!.Id;
        var viewer = await _screen.MemberAsync(Role.Viewer);
        Assert.Empty(_screen.Show<PipelinePage>(viewer, x => x.Add(p => p.Id, id)).FindAll("[data-action=publish], [data-action=run], [data-action=try]"));
        var page = _screen.Show<PipelinePage>(Pretending(viewer), x => x.Add(p => p.Id, id));
        await page.Find("[data-action=publish]").ClickAsync(new());
        await page.Find("#publish").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("needs the role Designer", _screen.Toasts, StringComparison.Ordinal));
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM PipelineVersions"));
    }

    [Fact]
    public async Task A_viewer_starts_nothing()
    {
        var pipeline = await _screen.Host.PublishAsync(App.Gate("Held"));
        var page = _screen.Show<RunFormPage>(Pretending(await _screen.MemberAsync(Role.Viewer)), x => x.Add(p => p.Id, pipeline));
        await page.Find("[data-input=text]").ChangeAsync(new() { Value = "x" });
        foreach (var way in (string[])["run", "try"])
        {
            await page.Find($"[data-action={way}]").ClickAsync(new());
            page.WaitForAssertion(() => Assert.Contains("needs the role Designer", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        }
        Assert.Equal(0L, await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Runs"));
    }

    [Fact]
    public async Task A_designer_changes_no_member()
    {
        var designer = await _screen.MemberAsync(Role.Designer);
        Assert.Contains("You may not see this page", _screen.Show<MembersPage>(designer).Markup, StringComparison.Ordinal);
        var page = _screen.Show<MembersPage>(Pretending(designer));
        await page.Find($"[data-member='{designer.Name}'] select").ChangeAsync(new() { Value = "Administrator" });
        page.WaitForAssertion(() => Assert.Contains("This is for administrators.", _screen.Toasts, StringComparison.Ordinal));
        await page.Find("[data-setting=email]").ChangeAsync(new() { Value = "friend@example.org" });
        await page.Find("#invite").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("This is for administrators.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal((0L, 1L), (await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Invitations"), await _screen.Host.ScalarAsync($"SELECT Role FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE u.Email = '{designer.Name}'")));
    }

    [Fact]
    public async Task A_designer_makes_no_key_and_renames_no_workspace()
    {
        var designer = Pretending(await _screen.MemberAsync(Role.Designer));
        var keys = _screen.Show<KeysPage>(designer);
        await keys.Find("[data-setting=name]").ChangeAsync(new() { Value = "mine" });
        await keys.Find("#make-key").ClickAsync(new());
        Assert.Empty(keys.FindAll("[data-key-text]"));
        var workspace = _screen.Show<WorkspacePage>(designer);
        await workspace.Find("[data-setting=name]").ChangeAsync(new() { Value = "Mine" });
        await workspace.Find("[data-action=save]").ClickAsync(new());
        await workspace.Find("#make-workspace").ClickAsync(new());
        workspace.WaitForAssertion(() => Assert.Contains("This is for administrators.", workspace.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal((0L, 1L, "Main"), (await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM ApiKeys"), await _screen.Host.ScalarAsync("SELECT COUNT(*) FROM Workspaces"), await _screen.Host.ScalarAsync("SELECT Name FROM Workspaces")));
    }

    /// <summary>The person with everything that a page could offer.</summary>
    private static Actor Pretending(Actor x) => x with { Role = Role.Administrator, Rights = Rights.Reviewer | Rights.Operator };
}
