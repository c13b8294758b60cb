using System.Text;
using System.Text.Json;
using PromptDesigner.Data.Files;
using PromptDesigner.Runtime.Files;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Tests.Accounts;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Files;

public sealed class FileInputTests : IAsyncLifetime
{
    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true);

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    [Fact]
    public async Task A_run_reads_the_rows_of_the_file_that_it_names_and_its_row_holds_the_id_alone()
    {
        var file = await UploadAsync("list.csv", "name,town\nAna,Ulm\nBo,Rom\n");
        var run = await RunAsync(Table("{% for row in input.file.rows %}{{ row.name }}@{{ row.town }};{% endfor %}{{ input.file.name }}"), new { file = file.Id });
        Assert.Equal("""{"answer":"Ana@Ulm;Bo@Rom;list.csv"}""", await OutputsAsync(run));
        Assert.Equal($$"""{"file":"{{file.Id}}"}""", await _place.Host.ScalarAsync("SELECT Inputs FROM Runs"));
        Assert.Equal(1L, await _place.Host.ScalarAsync("SELECT COUNT(*) FROM RunFiles"));
    }

    [Fact]
    public async Task Content_is_there_after_a_wait_and_inside_containers()
    {
        var file = await UploadAsync("list.jsonl", "{\"n\":1}\n{\"n\":2}\n");
        var pipeline = PipelineFile.Named("Each row").Node("input", "input", new { fields = new[] { new { name = "file", type = "file", required = true } } })
            .Node("gate", "approval", new { subject = "{{ input.file.name }}", allowSelf = true })
            .Node("each", "forEach", new { items = "input.file.rows", result = "inside" }).Node("inside", "text", new { template = "{{ item.n }} of {{ input.file.name }}" }, "each")
            .Output("answer", "{{ each | json }}").Edge("input", "gate").Edge("gate", "each", "approved").Edge("each", "out");
        var run = await RunAsync(pipeline, new { file = file.Id });
        var gate = (await _place.Host.QueryAsync("SELECT Id, ContentHash FROM Approvals"))[0];
        await _place.Get<Runtime.Approvals.ApprovalDesk>().DecideAsync(new Guid((byte[])gate[0]!, true), new Runtime.Approvals.Decision { Verb = "approve", ContentHash = (string)gate[1]! }, _place.Ana, default);
        await _place.Host.SettleAsync();
        Assert.Contains("1 of list.jsonl", await OutputsAsync(run), StringComparison.Ordinal);
        Assert.Contains("2 of list.jsonl", await OutputsAsync(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_kind_does_not_offer_is_missing_by_name()
    {
        var file = await UploadAsync("note.txt", "Hello");
        await RunAsync(Table("{{ input.file.json }}"), new { file = file.Id });
        Assert.Equal("missing_value", await _place.Host.ScalarAsync("SELECT ErrorCode FROM Runs"));
    }

    [Fact]
    public async Task Only_a_file_of_the_workspace_can_be_named()
    {
        var theirs = (await _place.Get<FileStore>().UploadAsync(new MemoryStream("x"u8.ToArray()), "a.txt", null, _place.Zoe, default)).Value!;
        var pipeline = await _place.Host.PublishAsync(Table("{{ input.file.text }}"));
        foreach (var wrong in (object[])[theirs.Id, Guid.NewGuid(), "no id", 7])
        {
            var refused = await _place.Get<RunStarter>().StartAsync(new RunRequest { Pipeline = pipeline, Inputs = JsonSerializer.SerializeToElement(new { file = wrong }), Idempotency = ($"{wrong}", [1]) }, _place.Ana, default);
            Assert.Equal(("input_type", "/inputs/file"), (refused.Refusal!.Code, Assert.Single(refused.Refusal.Errors!).Path));
        }
        Assert.Equal((0L, 0L, 0L), (await _place.Host.ScalarAsync("SELECT COUNT(*) FROM Runs"), await _place.Host.ScalarAsync("SELECT COUNT(*) FROM RunFiles"), await _place.Host.ScalarAsync("SELECT COUNT(*) FROM IdempotencyRecords")));
    }

    [Fact]
    public async Task A_rerun_names_the_file_too()
    {
        var file = await UploadAsync("note.txt", "Hello");
        var run = await RunAsync(Table("{{ input.file.text }}"), new { file = file.Id });
        var again = (await _place.Get<RunStarter>().RerunAsync(run, _place.Ana, null, default)).Value;
        await _place.Host.SettleAsync();
        Assert.Equal("""{"answer":"Hello"}""", await OutputsAsync(again));
        Assert.Equal(2L, await _place.Host.ScalarAsync("SELECT COUNT(*) FROM RunFiles"));
    }

    [Theory, InlineData("default"), InlineData("options")]
    public async Task A_file_has_no_default_and_no_options(string setting)
    {
        var field = new Dictionary<string, object> { ["name"] = "file", ["type"] = "file", [setting] = setting == "default" ? Guid.NewGuid() : new[] { Guid.NewGuid() } };
        var file = PipelineFile.Named("P").Node("input", "input", new { fields = new[] { field } }).Output("answer", "{{ input.file.text }}").Edge("input", "out");
        var problems = await _place.Get<GraphJudge>().ProblemsAsync(PipelineEditor.Read(file.ToBytes()).Value!, 1, default);
        Assert.Contains(problems, x => x.Code == "setting_range" && !x.IsWarning);
    }

    private static PipelineFile Table(string template) => PipelineFile.Named("Reads a file").Node("input", "input", new { fields = new[] { new { name = "file", type = "file", required = true } } })
        .Node("all", "text", new { template }).Output("answer", "{{ all }}").Edge("input", "all").Edge("all", "out");

    private async Task<StoredFile> UploadAsync(string name, string content) =>
        (await _place.Get<FileStore>().UploadAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), name, null, _place.Ana, default)).Value!;

    private async Task<Guid> RunAsync(PipelineFile file, object inputs)
    {
        var run = await _place.Host.RunAsync(await _place.Host.PublishAsync(file), inputs);
        await _place.Host.SettleAsync();
        return run;
    }

    private async Task<string> OutputsAsync(Guid run)
    {
        await using var db = _place.Host.Database.Read(1);
        return db.Runs.Where(x => x.Id == run).Select(x => x.Outputs).Single() ?? (string)(await _place.Host.ScalarAsync("SELECT ErrorMessage FROM Runs ORDER BY Key DESC"))!;
    }
}
