using Bunit;
using Microsoft.AspNetCore.Components;
using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Approvals;
using PromptDesigner.Designer.Home;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Runs.Results;
using PromptDesigner.Designer.Schedules;
using PromptDesigner.Designer.Sending;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Designer.Tests.Schedules;
using PromptDesigner.Designer.Tests.Sending;

namespace PromptDesigner.Designer.Tests.Screens;

/// <summary>Whoever closes a page leaves nothing behind that listens.</summary>
public sealed class ListeningTests : IAsyncLifetime
{
    private Screen _screen = null!;

    public async Task InitializeAsync() => _screen = await Screen.OpenAsync();

    public Task DisposeAsync() => _screen.DisposeAsync().AsTask();

    [Fact]
    public Task Home_stops_listening() => StopsAsync<HomePage>(1);

    [Fact]
    public Task Pipelines_stop_listening() => StopsAsync<PipelinesPage>(1);

    [Fact]
    public async Task A_pipeline_stops_listening()
    {
        var held = await _screen.HeldAsync();
        await StopsAsync<PipelinePage>(1, x => x.Add(p => p.Id, held.Pipeline));
    }

    [Fact]
    public Task Runs_stop_listening() => StopsAsync<RunsPage>(1);

    [Fact]
    public async Task Results_stop_listening()
    {
        var held = await _screen.HeldAsync();
        await StopsAsync<ResultsPage>(1, x => x.Add(p => p.Id, held.Pipeline));
    }

    [Fact]
    public Task The_outbox_stops_listening() => StopsAsync<OutboxPage>(1);

    [Fact]
    public Task Schedules_stop_listening() => StopsAsync<SchedulesPage>(1);

    [Fact]
    public async Task A_schedule_stops_listening()
    {
        var schedule = await ScheduleScene.MakeAsync(_screen);
        await StopsAsync<SchedulePage>(1, x => x.Add(p => p.Id, schedule));
    }

    [Fact]
    public async Task A_mail_stops_listening()
    {
        var mail = (await OutboxScene.KeepAsync(_screen, MailStatus.Kept)).Id;
        await StopsAsync<OutboxMailPage>(1, x => x.Add(p => p.Id, mail));
    }

    [Fact]
    public async Task A_run_stops_listening()
    {
        var held = await _screen.HeldAsync();
        Assert.False(_screen.IsWatched(held.Run));
        var page = _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, held.Run));
        page.WaitForAssertion(() => Assert.Equal("on", page.Find("[data-run-id]").GetAttribute("data-live")));
        Assert.True(_screen.IsWatched(held.Run));
        Assert.Equal(1, _screen.Listening); // the approval beside it
        await _screen.LeaveAsync();
        Assert.False(_screen.IsWatched(held.Run));
        Assert.Equal(0, _screen.Listening);
    }

    [Fact]
    public async Task A_run_s_page_that_goes_to_another_run_leaves_the_first()
    {
        var (first, second) = (await _screen.HeldAsync(), await _screen.HeldAsync());
        var page = _screen.Show<RunPage>(_screen.Ana, x => x.Add(p => p.Id, first.Run));
        page.WaitForState(() => _screen.IsWatched(first.Run));
        page.Render(x => x.Add(p => p.Id, second.Run));
        page.WaitForState(() => _screen.IsWatched(second.Run));
        Assert.False(_screen.IsWatched(first.Run));
        await _screen.LeaveAsync();
        Assert.False(_screen.IsWatched(second.Run));
    }

    [Fact]
    public async Task The_desk_and_its_open_item_stop_listening_and_the_visit_ends()
    {
        var held = await _screen.HeldAsync();
        await StopsAsync<ApprovalsPage>(2, x => x.Add(p => p.Id, held.Approval));
        Assert.Empty(_screen.Host.Get<ApprovalPresence>().Others(held.Approval, "somebody else"));
    }

    [Fact]
    public async Task An_approval_stops_listening()
    {
        var held = await _screen.HeldAsync();
        await StopsAsync<ApprovalItem>(1, x => x.Add(p => p.Id, held.Approval));
    }

    [Fact]
    public Task The_navigation_stops_listening() => StopsAsync<Navigation>(1, x => x.Add(p => p.Actor, _screen.Ana));

    [Fact]
    public async Task A_page_that_listens_shows_what_changes()
    {
        var page = _screen.Show<HomePage>(_screen.Ana);
        var held = await _screen.HeldAsync();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll($"[data-approval-id='{held.Approval}']")), TimeSpan.FromSeconds(10));
    }

    private async Task StopsAsync<T>(int listeners, Action<ComponentParameterCollectionBuilder<T>>? parameters = null) where T : IComponent
    {
        Assert.Equal(0, _screen.Listening);
        var page = _screen.Show(_screen.Ana, parameters);
        page.WaitForAssertion(() => Assert.Equal(listeners, _screen.Listening));
        await _screen.LeaveAsync();
        Assert.Equal(0, _screen.Listening);
    }
}
