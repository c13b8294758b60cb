using System.Text.Json;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Runtime.Tests.Accounts;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>Who may let a pipeline send without a person, and what that changes.</summary>
public sealed class SendExceptionTests : IAsyncLifetime
{
    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true);

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    private SendExceptions Exceptions => _place.Get<SendExceptions>();

    private PipelineEditor Editor => _place.Get<PipelineEditor>();

    [Fact]
    public async Task A_send_without_a_gate_is_tried_but_published_only_with_an_exception()
    {
        var id = await MakeAsync(Ungated());
        Assert.Equal("draft_has_errors ungated_send", await PublishAsync(id));
        var tried = await _place.Host.Starter.StartAsync(new RunRequest { Pipeline = id, Draft = true, Inputs = JsonSerializer.SerializeToElement(new { text = "a" }) }, _place.Ana, default);
        Assert.Null(tried.Refusal);
        await _place.Host.SettleAsync();
        Assert.Equal(3L, await _place.Host.ScalarAsync("SELECT Status FROM Runs"));

        var told = new List<(int, Guid?)>();
        _place.Get<GraphJudge>().Changed += (workspace, pipeline) => told.Add((workspace, pipeline));
        var allowed = await Exceptions.AllowAsync(id, "send", "  The receiver is ourselves. ", _place.Ana, default);
        Assert.Equal(("send", "The receiver is ourselves.", _place.Ana.Name), (allowed.Value!.Node, allowed.Value.Reason, allowed.Value.AllowedBy));
        Assert.Equal("published 1", await PublishAsync(id));
        Assert.Equal("draft_has_errors ungated_send", await PublishAsync(await MakeAsync(Ungated()))); // another pipeline with the same node
        Assert.Equal("send", (await Exceptions.ForbidAsync(id, "send", _place.Ana, default)).Value);
        Assert.Equal("draft_has_errors ungated_send", await PublishAsync(id));
        Assert.Equal([(1, (Guid?)id), (1, id)], told);
    }

    [Fact]
    public async Task What_is_wrong_elsewhere_still_hinders_trying()
    {
        var id = await MakeAsync(Ungated().Node("lost", "text", new { template = "x" }));
        var tried = await _place.Host.Starter.StartAsync(new RunRequest { Pipeline = id, Draft = true, Inputs = JsonSerializer.SerializeToElement(new { text = "a" }) }, _place.Ana, default);
        Assert.Equal("draft_has_errors", tried.Refusal!.Code);
        Assert.StartsWith("The draft has an error and cannot be run. The first: Nothing leads from 'input' to 'lost'", tried.Refusal.Message, StringComparison.Ordinal);
        Assert.Contains(tried.Refusal.Problems!, x => x.Code == "ungated_send");
    }

    [Fact]
    public async Task Each_exception_is_in_the_log_with_its_reason()
    {
        var id = await MakeAsync(Ungated());
        Assert.Null((await Exceptions.AllowAsync(id, "send", "One.", _place.Ana, default)).Refusal);
        Assert.Null((await Exceptions.AllowAsync(id, "send", "Two.", _place.Ana, default)).Refusal);
        Assert.Null((await Exceptions.ForbidAsync(id, "send", _place.Ana, default)).Refusal);
        Assert.Equal("not_found", (await Exceptions.ForbidAsync(id, "send", _place.Ana, default)).Refusal!.Code);
        Assert.Equal(
        [
            """send.allowed Sends  > {"node":"send","reason":"One."}""", """send.allowed Sends {"node":"send","reason":"One."} > {"node":"send","reason":"Two."}""", """send.forbidden Sends {"node":"send","reason":"Two."} > """,
        ], (await _place.AuditAsync()).Skip(1).Select(x => $"{x.Action} {x.TargetName} {x.Before} > {x.After}"));
        Assert.All((await _place.AuditAsync()).Skip(1), x => Assert.Equal((id.ToString(), _place.Ana.Name, "192.0.2.7"), (x.Target, x.Actor, x.Address)));
    }

    [Fact]
    public async Task An_exception_needs_an_administrator_a_reason_and_a_node_that_sends()
    {
        var id = await MakeAsync(Ungated());
        foreach (var actor in (Actor[])[_place.Ana with { Role = Role.Designer }, new Actor(1, "service", null) { Scopes = ApiKeyScopes.Design | ApiKeyScopes.Operate }])
        {
            Assert.Equal("forbidden", (await Exceptions.AllowAsync(id, "send", "Because.", actor, default)).Refusal!.Code);
            Assert.Equal("forbidden", (await Exceptions.ForbidAsync(id, "send", actor, default)).Refusal!.Code);
        }
        (string Node, string Reason, string Path)[] wrong = [("send", "  ", "/reason"), ("send", new string('x', 2_001), "/reason"), ("nobody", "Because.", "/node"), ("a", "Because.", "/node"), ("input", "Because.", "/node")];
        foreach (var (node, reason, path) in wrong) Assert.Equal(path, Assert.Single((await Exceptions.AllowAsync(id, node, reason, _place.Ana, default)).Refusal!.Errors!).Path);
        foreach (var (pipeline, actor) in ((Guid, Actor)[])[(Guid.NewGuid(), _place.Ana), (id, _place.Zoe)])
        {
            Assert.Equal("not_found", (await Exceptions.AllowAsync(pipeline, "send", "Because.", actor, default)).Refusal!.Code);
            Assert.Equal("not_found", (await Exceptions.ForbidAsync(pipeline, "send", actor, default)).Refusal!.Code);
        }
        Assert.Equal(0L, await _place.Host.ScalarAsync("SELECT COUNT(*) FROM SendExceptions"));
        Assert.Null((await Exceptions.AllowAsync(id, "send", new string('x', 2_000), _place.Ana, default)).Refusal);
    }

    [Fact]
    public async Task A_send_that_only_the_active_version_has_can_be_allowed()
    {
        var id = await MakeAsync(Gated());
        Assert.Equal("published 1", await PublishAsync(id));
        await Editor.SaveDraftAsync(id, 1, PipelineFile.Named("Sends").Input("text").Output("answer", "{{ input.text }}").Edge("input", "out").ToBytes(), _place.Ana, default);
        Assert.Null((await Exceptions.AllowAsync(id, "send", "Because.", _place.Ana, default)).Refusal);
    }

    [Fact]
    public async Task The_workspace_s_policy_makes_a_warning_of_it_and_who_changes_something_else_leaves_it()
    {
        var id = await MakeAsync(Ungated());
        var book = _place.Get<WorkspaceBook>();
        var told = new List<(int, Guid?)>();
        _place.Get<GraphJudge>().Changed += (workspace, pipeline) => told.Add((workspace, pipeline));
        Assert.Null((await book.ChangeAsync(new WorkspaceSettings("Main", null, null, null, null, MaySendUngated: true), _place.Ana, default)).Refusal);
        Assert.Null((await book.ChangeAsync(new WorkspaceSettings("Renamed", null, null, null, null), _place.Ana, default)).Refusal);
        var problem = Assert.Single(await _place.Get<GraphJudge>().ProblemsAsync(PipelineEditor.Read(Ungated().ToBytes()).Value!, 1, default));
        Assert.Equal(("ungated_send", true), (problem.Code, problem.IsWarning));
        Assert.Equal("published 1", await PublishAsync(id));
        Assert.False(Assert.Single(await _place.Get<GraphJudge>().ProblemsAsync(PipelineEditor.Read(Ungated().ToBytes()).Value!, _place.Zoe.Workspace, default)).IsWarning);
        Assert.Null((await book.ChangeAsync(new WorkspaceSettings("Renamed", null, null, null, null, MaySendUngated: false), _place.Ana, default)).Refusal);
        Assert.Equal("draft_has_errors ungated_send", await PublishAsync(id));
        Assert.Equal([(1, (Guid?)null), (1, null)], told);
        Assert.Contains("\"maySendUngated\":true", (await _place.AuditAsync()).First(x => x.Action == "workspace.changed").After, StringComparison.Ordinal);
    }

    private static PipelineFile Ungated() => PipelineFile.Named("Sends").Input("text").Node("a", "text", new { template = "{{ input.text }}" }).Node("send", "email", new { to = "anna@example.org", subject = "S", text = "{{ a }}" })
        .Output("answer", "{{ input.text }}").Edge("input", "a").Edge("a", "send").Edge("send", "out");

    private static PipelineFile Gated() => PipelineFile.Named("Sends").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}" }).Node("send", "email", new { to = "anna@example.org", subject = "S", text = "{{ gate }}" })
        .Output("answer", "{{ input.text }}").Edge("input", "gate").Edge("gate", "send", "approved").Edge("send", "out");

    private async Task<Guid> MakeAsync(PipelineFile file) => (await Editor.CreateAsync(file.ToBytes(), _place.Ana, null, default)).Value!.Id;

    private async Task<string> PublishAsync(Guid id)
    {
        var published = await Editor.PublishAsync(id, null, _place.Ana, null, default);
        return published.Refusal is { } refusal ? $"{refusal.Code} {string.Join(' ', refusal.Problems!.Where(x => !x.IsWarning).Select(x => x.Code))}" : $"published {published.Value}";
    }
}
