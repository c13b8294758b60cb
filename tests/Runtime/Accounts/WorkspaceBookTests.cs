using System.Text.Json;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Accounts;

public sealed class WorkspaceBookTests : IAsyncLifetime
{
    private readonly ScriptedModelServer _model = new(_ => new ScriptedReply { Text = "An answer.", Usage = (1_000, 10) });
    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true, _model.Address, ("Models:Prices:m:Input", "1000"), ("Models:Prices:m:Output", "0"), ("Limits:RunTokens", "5000000"));

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _model.DisposeAsync();
    }

    private WorkspaceBook Book => _place.Get<WorkspaceBook>();

    [Fact]
    public async Task A_workspace_has_a_default_model_of_its_own()
    {
        Assert.Null((await Book.ChangeAsync(new WorkspaceSettings(" Studio ", "practice/practice", null, null, null), _place.Ana, default)).Refusal);
        Assert.Equal("practice/practice", (await _place.Get<ModelConnections>().OfAsync(1, default)).Default);
        Assert.Equal("stub/m", (await _place.Get<ModelConnections>().OfAsync(_place.Zoe.Workspace, default)).Default);
        await RunAsync("default");
        Assert.Equal(0, _model.Count);
        Assert.Equal("Studio", await _place.Host.ScalarAsync("SELECT Name FROM Workspaces WHERE Id = 1"));
        Assert.Null((await Book.ChangeAsync(new WorkspaceSettings("Studio", null, 0, 0, 0), _place.Ana, default)).Refusal);
        await RunAsync("default");
        Assert.Equal(1, _model.Count);
        Assert.Equal(["workspace.changed", "workspace.changed"], (await _place.AuditAsync()).Where(x => x.Action.StartsWith("workspace.", StringComparison.Ordinal)).Select(x => x.Action));
    }

    [Fact]
    public async Task The_default_s_connection_stays_while_it_is_the_default()
    {
        var connections = _place.Get<ConnectionBook>();
        var draft = new ConnectionDraft { Name = "mine", Kind = "openai", Endpoint = _model.Address };
        var id = (await connections.CreateAsync(draft, _place.Ana, default)).Value;
        Assert.Null((await Book.ChangeAsync(new WorkspaceSettings("Main", "mine/m", null, null, null), _place.Ana, default)).Refusal);
        Assert.Equal("request_invalid", (await connections.DeleteAsync(id, _place.Ana, default)).Refusal!.Code);
        Assert.Equal("request_invalid", (await connections.ChangeAsync(id, draft with { Name = "renamed" }, _place.Ana, default)).Refusal!.Code);
        Assert.Null((await Book.ChangeAsync(new WorkspaceSettings("Main", null, null, null, null), _place.Ana, default)).Refusal);
        Assert.Null((await connections.DeleteAsync(id, _place.Ana, default)).Refusal);
    }

    [Theory]
    [InlineData("0.5", null, null)]
    [InlineData(null, "0.5", null)]
    [InlineData(null, null, "900")]
    public async Task A_cap_of_the_workspace_s_own_holds(string? runCost, string? dayCost, string? runTokens)
    {
        static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        await RunAsync("stub/m"); // costs 1.00
        Assert.Null((await Book.ChangeAsync(new WorkspaceSettings("Main", null, Number(runCost), Number(dayCost), (long?)Number(runTokens)), _place.Ana, default)).Refusal);
        await RunAsync("stub/m", new string('x', 1_800));
        Assert.Equal(1, _model.Count);
        var message = (string)(await _place.Host.ScalarAsync("SELECT ErrorMessage FROM ModelCalls WHERE ErrorCode = 'spend_cap'"))!;
        Assert.Contains("Raise the workspace's own cap", message, StringComparison.Ordinal);
        Assert.Null((await Book.ChangeAsync(new WorkspaceSettings("Main", null, null, null, null), _place.Ana, default)).Refusal);
        await RunAsync("stub/m");
        Assert.Equal(2, _model.Count);
    }

    [Fact]
    public async Task What_is_wrong_is_said_by_field()
    {
        (string Path, WorkspaceSettings Settings)[] wrong =
        [
            ("/name", new(" ", null, null, null, null)), ("/defaultModel", new("Main", "nowhere/m", null, null, null)), ("/defaultModel", new("Main", "default", null, null, null)),
            ("/runCost", new("Main", null, 5.01m, null, null)), ("/dayCost", new("Main", null, null, -1, null)), ("/runTokens", new("Main", null, null, null, 5_000_001)),
        ];
        foreach (var (path, settings) in wrong) Assert.Equal(path, Assert.Single((await Book.ChangeAsync(settings, _place.Ana, default)).Refusal!.Errors!).Path);
        Assert.Equal("forbidden", (await Book.ChangeAsync(new WorkspaceSettings("Main", null, null, null, null), _place.Ana with { Role = Role.Designer }, default)).Refusal!.Code);
    }

    [Fact]
    public async Task An_administrator_makes_a_further_workspace_and_is_its_administrator()
    {
        Assert.Equal("forbidden", (await Book.CreateAsync("Third", _place.Ana with { Role = Role.Designer }, default)).Refusal!.Code);
        var id = (await Book.CreateAsync("Third", _place.Ana, default)).Value;
        Assert.NotEqual(_place.Ana.Workspace, id);
        var member = Assert.Single(await _place.MembersAsync(id));
        Assert.Equal((_place.Ana.Name, Role.Administrator, Rights.Reviewer | Rights.Operator), (member.Key, member.Value.Role, member.Value.Rights));
        Assert.Equal("workspace.created", Assert.Single(await _place.AuditAsync(id)).Action);
    }

    private async Task RunAsync(string model, string text = "x")
    {
        var pipeline = await _place.Host.PublishAsync(PipelineFile.Chain(1, model));
        await _place.Host.RunAsync(pipeline, JsonSerializer.SerializeToElement(new { text }));
        await _place.Host.SettleAsync();
    }
}
