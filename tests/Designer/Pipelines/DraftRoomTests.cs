using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>Several people in one draft: everybody sees one document, and nobody's work is overwritten in silence.</summary>
public sealed class DraftRoomTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private Guid _pipeline;

    private DraftRooms Rooms => _screen.Host.Get<DraftRooms>();

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        _pipeline = await _screen.Host.PublishAsync(PipelineFile.Chain(1, "stub/m"));
    }

    public async Task DisposeAsync() => await _screen.DisposeAsync();

    [Fact]
    public async Task Both_see_what_one_does_and_who_is_there()
    {
        await using var first = await EnterAsync(_screen.Ana);
        var told = new TaskCompletionSource();
        first.OnChanged = () =>
        {
            if (first.Graph.Name == "Two of us") told.TrySetResult();
            return Task.CompletedTask;
        };
        var ben = await _screen.MemberAsync(Role.Designer);
        var second = await EnterAsync(ben);
        Assert.Equal([ben.Name], first.Others);
        Assert.Equal([_screen.Ana.Name], second.Others);
        var done = await second.ApplyAsync([new SetGraph("Two of us", null)], null, CancellationToken.None);
        Assert.Null(done.Refusal);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((done.Value, "Two of us"), (first.Revision, first.Graph.Name));
        Assert.Equal(("Two of us", done.Value), await StoredAsync());
        await second.DisposeAsync();
        Assert.Empty(first.Others);
    }

    [Fact]
    public async Task Whoever_edits_is_told_when_there_is_something_to_take_back_and_to_make_again()
    {
        await using var seat = await EnterAsync(_screen.Ana);
        var seen = new List<(bool Undo, bool Redo)>();
        seat.OnChanged = () =>
        {
            seen.Add((seat.CanUndo, seat.CanRedo));
            return Task.CompletedTask;
        };
        await DoneAsync(seat.ApplyAsync([new SetGraph("One")], null, CancellationToken.None));
        await DoneAsync(seat.UndoAsync(CancellationToken.None));
        await DoneAsync(seat.RedoAsync(CancellationToken.None));
        Assert.Equal([(true, false), (false, true), (true, false)], seen);
    }

    [Fact]
    public async Task An_own_edit_is_taken_back_after_another_s_and_leaves_that_alone()
    {
        await using var first = await EnterAsync(_screen.Ana);
        await using var second = await EnterAsync(await _screen.MemberAsync(Role.Designer));
        await DoneAsync(first.ApplyAsync([Prompt("Mine {{ input.text }}")], null, CancellationToken.None));
        await DoneAsync(second.ApplyAsync([new SetGraph("Theirs", null)], null, CancellationToken.None));
        Assert.True(first.CanUndo);
        await DoneAsync(first.UndoAsync(CancellationToken.None));
        Assert.Equal("Theirs", first.Graph.Name);
        Assert.DoesNotContain("Mine", Text(first.Graph), StringComparison.Ordinal);
        await DoneAsync(first.RedoAsync(CancellationToken.None));
        Assert.Contains("Mine", Text(second.Graph), StringComparison.Ordinal);
        Assert.Equal((true, false), (first.CanUndo, first.CanRedo));
    }

    [Fact]
    public async Task Typing_is_one_step_of_undo()
    {
        await using var seat = await EnterAsync(_screen.Ana);
        var before = Text(seat.Graph);
        foreach (var text in new[] { "H", "He", "Hello" }) await DoneAsync(seat.ApplyAsync([Prompt(text)], "p1/prompt", CancellationToken.None));
        await DoneAsync(seat.UndoAsync(CancellationToken.None));
        Assert.Equal(before, Text(seat.Graph));
        Assert.False(seat.CanUndo);
    }

    [Fact]
    public async Task A_draft_that_was_saved_over_http_meanwhile_keeps_both_changes()
    {
        await using var seat = await EnterAsync(_screen.Ana);
        var told = new TaskCompletionSource();
        seat.OnChanged = () =>
        {
            if (seat.Graph.Description == "From a file") told.TrySetResult();
            return Task.CompletedTask;
        };
        var editor = _screen.Host.Get<PipelineEditor>();
        var file = System.Text.Encoding.UTF8.GetBytes(_screen.Host.Get<GraphJudge>().Write(seat.Graph with { Description = "From a file" }));
        Assert.Null((await editor.SaveDraftAsync(_pipeline, seat.Revision, file, _screen.Ana, CancellationToken.None)).Refusal);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await DoneAsync(seat.ApplyAsync([new SetGraph("On the canvas", null)], null, CancellationToken.None));
        Assert.Equal(("On the canvas", "From a file"), (seat.Graph.Name, seat.Graph.Description));
    }

    [Fact]
    public async Task An_exception_and_the_policy_change_the_problems_that_open_pages_show()
    {
        await using var seat = await EnterAsync(_screen.Ana);
        await using var other = await EnterAsync(await _screen.MemberAsync(Role.Viewer));
        var mail = new AddNode(JsonSerializer.SerializeToElement(new { id = "send", kind = "email", position = new { x = 0, y = 0 }, settings = new { to = "a@example.org", subject = "S", text = "x" } }));
        await DoneAsync(seat.ApplyAsync([mail, new AddEdge(new DraftEdge("p1", "send"))], null, CancellationToken.None));
        async Task ShownAsync(bool? asWarning, Func<Task> change)
        {
            var told = new TaskCompletionSource();
            other.OnChanged = () =>
            {
                if (other.Problems.SingleOrDefault(x => x.Code == "ungated_send")?.IsWarning == asWarning) told.TrySetResult();
                return Task.CompletedTask;
            };
            await change();
            await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        var (exceptions, book) = (_screen.Host.Get<SendExceptions>(), _screen.Host.Get<WorkspaceBook>());
        await ShownAsync(null, () => exceptions.AllowAsync(_pipeline, "send", "Because.", _screen.Ana, CancellationToken.None));
        await ShownAsync(false, () => exceptions.ForbidAsync(_pipeline, "send", _screen.Ana, CancellationToken.None));
        await ShownAsync(true, () => book.ChangeAsync(new WorkspaceSettings("Main", null, null, null, null, MaySendUngated: true), _screen.Ana, CancellationToken.None));
        Assert.Equal((seat.Revision, seat.Problems.Count), (other.Revision, other.Problems.Count));
    }

    [Fact]
    public async Task Edits_that_race_with_a_program_that_saves_are_made_on_the_newer_document()
    {
        await using var seat = await EnterAsync(_screen.Ana);
        var editor = _screen.Host.Get<PipelineEditor>();
        for (var i = 0; i < 10; i++)
        {
            var file = System.Text.Encoding.UTF8.GetBytes(_screen.Host.Get<GraphJudge>().Write(seat.Graph with { Description = $"By a program {i}" }));
            var saving = editor.SaveDraftAsync(_pipeline, seat.Revision, file, _screen.Ana, CancellationToken.None);
            await DoneAsync(seat.ApplyAsync([Added($"n{i}")], null, CancellationToken.None));
            var saved = await saving;
            Assert.True(saved.Refusal is null or { Code: "revision_stale" });
            if (saved.Refusal is null) Assert.Equal($"By a program {i}", seat.Graph.Description);
        }
        Assert.Equal(10, seat.Graph.Nodes.Count(x => x.Kind == "text"));
        Assert.Equal((seat.Graph.Name, seat.Revision), await StoredAsync());
    }

    [Fact]
    public async Task A_page_that_fails_to_look_harms_nobody_else()
    {
        await using var broken = await EnterAsync(_screen.Ana);
        broken.OnChanged = () => throw new InvalidOperationException("This page is broken.");
        await using var seat = await EnterAsync(await _screen.MemberAsync(Role.Designer));
        var told = new TaskCompletionSource();
        seat.OnChanged = () =>
        {
            told.TrySetResult();
            return Task.CompletedTask;
        };
        await DoneAsync(broken.ApplyAsync([new SetGraph("Still stored")], null, CancellationToken.None));
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("Still stored", (await StoredAsync()).Name);
    }

    [Fact]
    public async Task Many_edits_at_once_are_all_there()
    {
        await using var first = await EnterAsync(_screen.Ana);
        await using var second = await EnterAsync(await _screen.MemberAsync(Role.Designer));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => DoneAsync((i % 2 == 0 ? first : second).ApplyAsync([Added($"n{i}")], null, CancellationToken.None))));
        Assert.Equal(40, first.Graph.Nodes.Count(x => x.Kind == "text"));
        Assert.Equal((first.Graph.Name, first.Revision), await StoredAsync());
    }

    [Fact]
    public async Task Who_may_not_design_looks_and_is_refused_and_so_is_who_may_no_longer()
    {
        await using var viewer = await EnterAsync(await _screen.MemberAsync(Role.Viewer));
        Assert.Equal("forbidden", (await viewer.ApplyAsync([new SetGraph("No", null)], null, CancellationToken.None)).Refusal?.Code);
        var dora = await _screen.MemberAsync(Role.Designer);
        await using var seat = await EnterAsync(dora);
        await DoneAsync(seat.ApplyAsync([new SetGraph("Yes", null)], null, CancellationToken.None));
        await using (var db = _screen.Host.Database.Read(_screen.Ana.Workspace))
        {
            var id = await db.Members.Where(x => x.UserId == dora.Person).Select(x => x.Id).SingleAsync();
            await _screen.Host.Get<MemberRegister>().ChangeAsync(id, Role.Viewer, Rights.None, _screen.Ana, CancellationToken.None);
        }
        Assert.Equal("forbidden", (await seat.ApplyAsync([new SetGraph("No more", null)], null, CancellationToken.None)).Refusal?.Code);
        Assert.Equal("Yes", (await StoredAsync()).Name);
    }

    [Fact]
    public async Task What_is_refused_changes_nothing_and_an_hour_of_typing_is_one_row_of_the_audit_log()
    {
        await using var seat = await EnterAsync(_screen.Ana);
        var revision = seat.Revision;
        var refused = await seat.ApplyAsync([new SetGraph("Half", null), new Rename("p1", "input")], null, CancellationToken.None);
        Assert.NotNull(refused.Refusal);
        Assert.Equal(revision, seat.Revision);
        for (var i = 0; i < 5; i++) await DoneAsync(seat.ApplyAsync([Prompt($"Text {i}")], null, CancellationToken.None));
        await seat.DisposeAsync();
        await using var back = await EnterAsync(_screen.Ana); // the room was empty in between
        await DoneAsync(back.ApplyAsync([Prompt("And once more")], null, CancellationToken.None));
        await using var db = _screen.Host.Database.Read(_screen.Ana.Workspace);
        Assert.Equal(1, await db.AuditEntries.CountAsync(x => x.Action == AuditActions.DraftSaved));
    }

    [Fact]
    public async Task Nobody_enters_another_workspace_s_draft() =>
        Assert.Equal("not_found", (await Rooms.EnterAsync(_pipeline, _screen.Ana with { Workspace = 4_711 }, CancellationToken.None)).Refusal?.Code);

    private async Task<DraftSeat> EnterAsync(Actor actor) => (await Rooms.EnterAsync(_pipeline, actor, CancellationToken.None)).Value!;

    private async Task<(string Name, int Revision)> StoredAsync()
    {
        await using var db = _screen.Host.Database.Read(_screen.Ana.Workspace);
        var found = await db.Pipelines.SingleAsync(x => x.Id == _pipeline);
        return (found.Name, found.DraftRevision);
    }

    private static async Task DoneAsync(Task<Answer<int>> edit) => Assert.Null((await edit).Refusal);

    private string Text(Graph graph) => _screen.Host.Get<GraphJudge>().Write(graph);

    private static SetSetting Prompt(string text) => new("p1", "settings/prompt", JsonSerializer.SerializeToElement(text));

    private static AddNode Added(string id) => new(JsonSerializer.SerializeToElement(new { id, kind = "text", position = new { x = 0, y = 0 }, settings = new { template = "x" } }));
}
