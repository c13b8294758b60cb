using System.Text.Json;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Tests.Accounts;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Connections;

public sealed class ConnectionTests : IAsyncLifetime
{
    private const string Key = "canary-provider-key-4711";

    private readonly ScriptedModelServer _model = new(x => new ScriptedReply { Text = "ready", Usage = (9, 1) });
    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true, null, ("Models:Connections:practice:Kind", "practice"), ("Models:Connections:house:Kind", "practice"));

    public async Task DisposeAsync()
    {
        await _place.DisposeAsync();
        await _model.DisposeAsync();
    }

    private ConnectionBook Book => _place.Get<ConnectionBook>();

    private ConnectionDraft Draft => new() { Name = "mine", Kind = "openai", Endpoint = _model.Address, Key = Key };

    [Fact]
    public async Task A_run_calls_through_a_connection_made_in_the_application_with_its_key()
    {
        Assert.False((await ModelsAsync()).IsKnown("mine/m"));
        var pipeline = await _place.Host.PublishAsync(PipelineFile.Chain(1, "mine/m"));
        Assert.Contains("unknown_model", await ProblemsAsync(PipelineFile.Chain(1, "mine/m"), _place.Ana.Workspace));
        var id = (await Book.CreateAsync(Draft with { Prices = new Dictionary<string, PriceOptions> { ["m"] = new() { Input = 10_000, Output = 0 } } }, _place.Ana, default)).Value;
        Assert.DoesNotContain("unknown_model", await ProblemsAsync(PipelineFile.Chain(1, "mine/m"), _place.Ana.Workspace));
        Assert.Contains("unknown_model", await ProblemsAsync(PipelineFile.Chain(1, "mine/m"), _place.Zoe.Workspace));

        await RunAsync(pipeline);
        Assert.Equal("Bearer " + Key, Assert.Single(_model.Log).Authorization);
        Assert.Equal((3L, 90_000_000_000L), (await _place.Host.ScalarAsync("SELECT Status FROM Runs"), await _place.Host.ScalarAsync("SELECT Cost FROM ModelCalls")));

        Assert.Null((await Book.DeleteAsync(id, _place.Ana, default)).Refusal);
        await RunAsync(pipeline);
        Assert.Single(_model.Log);
        Assert.Contains("'mine/m' is not available here", (string)(await _place.Host.ScalarAsync("SELECT ErrorMessage FROM Runs ORDER BY Key DESC LIMIT 1"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_goes_in_and_only_its_tail_comes_out()
    {
        var id = (await Book.CreateAsync(Draft, _place.Ana, default)).Value;
        await Book.ChangeAsync(id, Draft with { Key = null, Models = ["m"] }, _place.Ana, default);
        Assert.Equal(["4711", 1L], (await _place.Host.QueryAsync("SELECT KeyTail, ProtectedKey IS NOT NULL FROM Connections"))[0]);
        foreach (var file in Directory.EnumerateFiles(_place.Folder, "promptdesigner.db*").Where(x => !x.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.DoesNotContain(Key, System.Text.Encoding.Latin1.GetString(copy.ToArray()), StringComparison.Ordinal);
        }
        Assert.Equal(["connection.created", "connection.changed"], (await _place.AuditAsync()).Select(x => x.Action));
        await Book.ChangeAsync(id, Draft with { Key = "" }, _place.Ana, default);
        Assert.Equal([null, null], (await _place.Host.QueryAsync("SELECT KeyTail, ProtectedKey FROM Connections"))[0]);
    }

    [Fact]
    public async Task A_stored_key_is_sent_to_no_other_host()
    {
        var id = (await Book.CreateAsync(Draft, _place.Ana, default)).Value;
        await using var thief = new ScriptedModelServer();
        var elsewhere = Draft with { Endpoint = thief.Address, Key = null };
        Assert.Equal("/key", Assert.Single((await Book.ChangeAsync(id, elsewhere, _place.Ana, default)).Refusal!.Errors!).Path);
        Assert.Equal("/key", Assert.Single((await Book.TestDraftAsync(elsewhere, id, "m", _place.Ana, default)).Refusal!.Errors!).Path);
        Assert.Equal("/key", Assert.Single((await Book.ChangeAsync(id, elsewhere with { Endpoint = null }, _place.Ana, default)).Refusal!.Errors!).Path);
        Assert.Null((await Book.ChangeAsync(id, elsewhere with { Endpoint = _model.Address + "/other" }, _place.Ana, default)).Refusal);
        Assert.Null((await Book.ChangeAsync(id, elsewhere with { Key = "another-key-0815" }, _place.Ana, default)).Refusal);
        await Book.TestAsync("mine/m", _place.Ana, default);
        Assert.Equal("Bearer another-key-0815", Assert.Single(thief.Log).Authorization);
    }

    [Fact]
    public async Task A_test_asks_for_real_whether_the_connection_is_stored_or_not()
    {
        var fresh = (await Book.TestDraftAsync(Draft, null, "m", _place.Ana, default)).Value!;
        Assert.Equal(("ready", 9, 1, null), (fresh.Text, fresh.InputTokens, fresh.OutputTokens, fresh.Error));
        Assert.Contains("Reply with the word: ready", Assert.Single(_model.Log).Body, StringComparison.Ordinal);
        var id = (await Book.CreateAsync(Draft, _place.Ana, default)).Value;
        Assert.Equal("ready", (await Book.TestAsync("mine/m", _place.Ana, default)).Value!.Text);
        Assert.Equal("ready", (await Book.TestDraftAsync(Draft with { Key = null }, id, "m", _place.Ana, default)).Value!.Text);
        Assert.All(_model.Log, x => Assert.Equal("Bearer " + Key, x.Authorization));
        Assert.StartsWith("[Practice model]", (await Book.TestAsync("default", _place.Ana, default)).Value!.Text, StringComparison.Ordinal);
        Assert.Equal("request_invalid", (await Book.TestAsync("nowhere/m", _place.Ana, default)).Refusal!.Code);

        await using var refusing = new ScriptedModelServer(_ => new ScriptedReply { Status = 401, Body = """{"error":{"message":"Wrong key canary-provider-key-4711."}}"""u8.ToArray() });
        var failed = (await Book.TestDraftAsync(Draft with { Endpoint = refusing.Address }, null, "m", _place.Ana, default)).Value!;
        Assert.Null(failed.Text);
        Assert.StartsWith("The provider refused the connection's key (401).", failed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, failed.Error, StringComparison.Ordinal);
        Assert.Contains("could not be reached", (await Book.TestDraftAsync(Draft with { Endpoint = "http://127.0.0.1:9/v1" }, null, "m", _place.Ana, default)).Value!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_key_ring_is_said_by_the_call_and_a_new_key_mends_it()
    {
        var id = (await Book.CreateAsync(Draft, _place.Ana, default)).Value;
        await using (var connection = await _place.Host.Database.OpenConnectionAsync(default))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "DELETE FROM DataProtectionKeys";
            await command.ExecuteNonQueryAsync();
        }
        await _place.RestartAsync();
        Assert.Contains("cannot be read any more. Enter it again", (await Book.TestAsync("mine/m", _place.Ana, default)).Value!.Error, StringComparison.Ordinal);
        Assert.Contains("Enter it again", (await Book.TestDraftAsync(Draft with { Key = null }, id, "m", _place.Ana, default)).Value!.Error, StringComparison.Ordinal);
        Assert.Null((await Book.ChangeAsync(id, Draft, _place.Ana, default)).Refusal);
        Assert.Equal("ready", (await Book.TestAsync("mine/m", _place.Ana, default)).Value!.Text);
    }

    [Fact]
    public async Task A_stored_key_is_readable_after_a_restart()
    {
        await Book.CreateAsync(Draft, _place.Ana, default);
        await _place.RestartAsync();
        Assert.Equal("ready", (await Book.TestAsync("mine/m", _place.Ana, default)).Value!.Text);
        Assert.Equal("Bearer " + Key, Assert.Single(_model.Log).Authorization);
    }

    [Fact]
    public async Task What_is_wrong_is_said_by_field()
    {
        await Book.CreateAsync(Draft, _place.Ana, default);
        (string Path, ConnectionDraft Draft)[] wrong =
        [
            ("/name", Draft with { Name = "a/b" }), ("/name", Draft with { Name = "" }), ("/name", Draft with { Name = "Default" }), ("/name", Draft with { Name = "MINE" }), ("/name", Draft with { Name = "house" }),
            ("/kind", Draft with { Name = "x", Kind = "anthropic" }), ("/endpoint", Draft with { Name = "x", Endpoint = "ftp://example.org" }), ("/endpoint", Draft with { Name = "x", Endpoint = "http://user:pw@example.org/v1" }),
            ("/key", Draft with { Name = "x", Endpoint = null, Key = null }), ("/key", Draft with { Name = "x", Key = "two words" }), ("/models", Draft with { Name = "x", Models = [" "] }),
            ("/prices/m", Draft with { Name = "x", Prices = new Dictionary<string, PriceOptions> { ["m"] = new() { Input = -1 } } }),
            ("/rehearse", new ConnectionDraft { Name = "x", Kind = "practice", Rehearse = "explode" }), ("/endpoint", new ConnectionDraft { Name = "x", Kind = "practice", Endpoint = "http://a.example/v1" }),
        ];
        foreach (var (path, draft) in wrong)
        {
            var refusal = (await Book.CreateAsync(draft, _place.Ana, default)).Refusal;
            Assert.Equal(("request_invalid", path), (refusal?.Code, refusal?.Errors?.Select(x => x.Path).FirstOrDefault()));
        }
        Assert.Equal(1L, await _place.Host.ScalarAsync("SELECT COUNT(*) FROM Connections"));
    }

    [Fact]
    public async Task Connections_are_for_the_administrators_of_their_workspace()
    {
        var id = (await Book.CreateAsync(Draft, _place.Ana, default)).Value;
        Assert.Equal("not_found", (await Book.ChangeAsync(id, Draft, _place.Zoe, default)).Refusal!.Code);
        Assert.Equal("not_found", (await Book.DeleteAsync(id, _place.Zoe, default)).Refusal!.Code);
        Assert.Equal("not_found", (await Book.TestDraftAsync(Draft with { Key = null }, id, "m", _place.Zoe, default)).Refusal!.Code);
        Assert.Equal("request_invalid", (await Book.TestAsync("mine/m", _place.Zoe, default)).Refusal!.Code);
        Assert.Null((await Book.CreateAsync(Draft, _place.Zoe, default)).Refusal);
        var designer = _place.Ana with { Role = Role.Designer };
        Assert.Equal("forbidden", (await Book.CreateAsync(Draft, designer, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await Book.ChangeAsync(id, Draft, designer, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await Book.DeleteAsync(id, designer, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await Book.TestAsync("mine/m", designer, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await Book.TestDraftAsync(Draft, null, "m", designer, default)).Refusal!.Code);
        Assert.Empty(_model.Log);
    }

    private ValueTask<WorkspaceModels> ModelsAsync() => _place.Get<ModelConnections>().OfAsync(_place.Ana.Workspace, default);

    private async Task RunAsync(Guid pipeline)
    {
        var started = await _place.Get<RunStarter>().StartAsync(new RunRequest { Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(new { text = "x" }) }, _place.Ana, default);
        Assert.Null(started.Refusal);
        await _place.Host.SettleAsync();
    }

    private async Task<IEnumerable<string>> ProblemsAsync(PipelineFile file, int workspace) =>
        (await _place.Get<GraphJudge>().ProblemsAsync(PipelineEditor.Read(file.ToBytes()).Value!, workspace, default)).Select(x => x.Code);
}
