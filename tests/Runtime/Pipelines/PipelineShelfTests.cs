using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Tests.Accounts;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Pipelines;

public sealed class PipelineShelfTests : IAsyncLifetime
{
    private Workplace _place = null!;

    private PipelineShelf Shelf => _place.Get<PipelineShelf>();

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true);

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    [Fact]
    public async Task A_pipeline_belongs_to_the_person_who_makes_it_and_a_program_s_to_nobody()
    {
        Assert.Equal(_place.Ana.Person, (await FindAsync(await MadeAsync(_place.Ana))).OwnerId);
        Assert.Null((await FindAsync(await MadeAsync(new Actor(_place.Ana.Workspace, "importer", null) { Scopes = ApiKeyScopes.Design }))).OwnerId);
    }

    [Fact]
    public async Task Tags_are_small_letters_and_stand_once()
    {
        var id = await MadeAsync(_place.Ana);
        Assert.Null((await Shelf.ChangeAsync(id, new PipelineChange { Tags = [" Customer   Support ", "GDPR", "gdpr"] }, _place.Ana, default)).Refusal);
        Assert.Equal(["customer support", "gdpr"], (await FindAsync(id)).Tags);
        Assert.Null((await Shelf.ChangeAsync(id, new PipelineChange { Archived = true }, _place.Ana, default)).Refusal);
        Assert.Equal(["customer support", "gdpr"], (await FindAsync(id)).Tags);
        Assert.Null((await Shelf.ChangeAsync(id, new PipelineChange { Tags = [] }, _place.Ana, default)).Refusal);
        Assert.Empty((await FindAsync(id)).Tags);
    }

    [Theory, InlineData(40, null), InlineData(41, "/tags/0")]
    public async Task A_tag_has_forty_characters_at_most(int length, string? refused)
    {
        var id = await MadeAsync(_place.Ana);
        var changed = await Shelf.ChangeAsync(id, new PipelineChange { Tags = [new string('x', length)] }, _place.Ana, default);
        Assert.Equal(refused, changed.Refusal?.Errors![0].Path);
        Assert.Equal(refused is null ? 1 : 0, (await FindAsync(id)).Tags.Count);
    }

    [Fact]
    public async Task A_change_is_made_whole_or_not_at_all()
    {
        var id = await MadeAsync(_place.Ana);
        foreach (var wrong in (PipelineChange[])[new() { Tags = ["a"], Owner = _place.Zoe.Name, Archived = true }, new() { Tags = ["a", ""], Owner = "", Archived = true }])
            Assert.Equal("request_invalid", (await Shelf.ChangeAsync(id, wrong, _place.Ana, default)).Refusal?.Code);
        var stored = await FindAsync(id);
        Assert.Equal((0, _place.Ana.Person, null), (stored.Tags.Count, stored.OwnerId, stored.ArchivedAt));
    }

    [Fact]
    public async Task A_pipeline_of_another_workspace_is_not_there()
    {
        var id = await MadeAsync(_place.Ana);
        Refusal?[] refusals = [(await Shelf.ChangeAsync(id, new PipelineChange { Archived = true }, _place.Zoe, default)).Refusal, (await Shelf.RenameAsync(id, "Theirs", _place.Zoe, default)).Refusal, (await Shelf.DuplicateAsync(id, _place.Zoe, null, default)).Refusal];
        Assert.All(refusals, x => Assert.Equal("not_found", x?.Code));
        Assert.Equal(("Chain of 1", null), ((await FindAsync(id)).Name, (await FindAsync(id)).ArchivedAt));
    }

    [Fact]
    public async Task An_owner_is_a_member_whatever_the_case_of_the_address()
    {
        var id = await MadeAsync(_place.Ana);
        await _place.Get<MemberRegister>().AddAsync(new MemberRequest("bo@example.org", Role.Viewer, Rights.None, "correct horse battery"), _place.Ana, default);
        Assert.Null((await Shelf.ChangeAsync(id, new PipelineChange { Owner = "Bo@Example.org" }, _place.Ana, default)).Refusal);
        Assert.Equal((await _place.MembersAsync())["bo@example.org"].UserId, (await FindAsync(id)).OwnerId);
    }

    [Fact]
    public async Task A_rename_is_a_save_of_the_draft_that_others_hear_of_and_leaves_the_published_version()
    {
        var id = await _place.Host.PublishAsync(PipelineFile.Chain(1, "practice/practice"));
        var heard = new List<(Guid, int)>();
        _place.Get<PipelineEditor>().Saved += (pipeline, revision) => heard.Add((pipeline, revision));
        Assert.Equal(2, (await Shelf.RenameAsync(id, "  Triage  ", _place.Ana, default)).Value);
        Assert.Equal([(id, 2)], heard);
        var stored = await FindAsync(id);
        Assert.Equal(("Triage", 2, "Triage"), (stored.Name, stored.DraftRevision, GraphJudge.ReadStored(stored.Draft).Name));
        await using var db = _place.Host.Database.Read(1);
        Assert.Equal("Chain of 1", GraphJudge.ReadStored(await db.PipelineVersions.Where(x => x.PipelineKey == stored.Key).Select(x => x.Graph).SingleAsync()).Name);
        foreach (var wrong in (string[])["", "  ", new string('x', 201), "a​b"]) Assert.Equal("request_invalid", (await Shelf.RenameAsync(id, wrong, _place.Ana, default)).Refusal?.Code);
        Assert.Equal(2, (await FindAsync(id)).DraftRevision);
    }

    [Fact]
    public async Task Of_many_who_rename_at_once_nobody_loses_an_edit()
    {
        var id = await MadeAsync(_place.Ana);
        var done = await Task.WhenAll(Enumerable.Range(1, 4).Select(x => Shelf.RenameAsync(id, $"Name {x}", _place.Ana, default)));
        Assert.All(done, x => Assert.Null(x.Refusal));
        Assert.Equal(5, (await FindAsync(id)).DraftRevision);
    }

    [Fact]
    public async Task A_copy_has_the_draft_and_the_tags_and_is_its_maker_s_and_not_published()
    {
        var id = await _place.Host.PublishAsync(PipelineFile.Chain(2, "practice/practice"));
        await Shelf.ChangeAsync(id, new PipelineChange { Tags = ["a", "b"], Owner = "", Archived = true }, _place.Ana, default);
        var copy = await FindAsync((await Shelf.DuplicateAsync(id, _place.Ana, null, default)).Value!.Id);
        var source = await FindAsync(id);
        Assert.NotEqual(source.Id, copy.Id);
        Assert.Equal(("Copy of Chain of 2", 1, null, null, _place.Ana.Person), (copy.Name, copy.DraftRevision, copy.ActiveVersion, copy.ArchivedAt, copy.OwnerId));
        Assert.Equal(["a", "b"], copy.Tags);
        Assert.Equal(source.Draft.Replace("\"Chain of 2\"", "\"Copy of Chain of 2\"", StringComparison.Ordinal), copy.Draft);
    }

    [Fact]
    public async Task A_copy_of_a_long_name_has_a_name_that_is_allowed()
    {
        var id = await MadeAsync(_place.Ana);
        await Shelf.RenameAsync(id, new string('x', 191) + "🦊yyyyy", _place.Ana, default);
        var name = (await FindAsync((await Shelf.DuplicateAsync(id, _place.Ana, null, default)).Value!.Id)).Name;
        Assert.Equal("Copy of " + new string('x', 191), name);
    }

    [Fact]
    public async Task An_archived_pipeline_starts_nothing_until_it_is_brought_back_and_its_runs_stay()
    {
        var id = await _place.Host.PublishAsync(PipelineFile.Named("Echo").Input("text").Output("answer", "{{ input.text }}").Edge("input", "out"));
        var run = await _place.Host.RunAsync(id, new { text = "a" });
        await _place.Host.SettleAsync();
        await Shelf.ChangeAsync(id, new PipelineChange { Archived = true }, _place.Ana, default);
        var inputs = System.Text.Json.JsonSerializer.SerializeToElement(new { text = "a" });
        var starter = _place.Get<RunStarter>();
        Refusal?[] refusals =
        [
            (await starter.StartAsync(new RunRequest { Pipeline = id, Inputs = inputs }, _place.Ana, default)).Refusal, (await starter.StartAsync(new RunRequest { Pipeline = id, Inputs = inputs, Version = 1 }, _place.Ana, default)).Refusal,
            (await starter.StartAsync(new RunRequest { Pipeline = id, Inputs = inputs, Draft = true }, _place.Ana, default)).Refusal, (await starter.RerunAsync(run, _place.Ana, null, default)).Refusal,
        ];
        Assert.All(refusals, x => Assert.Equal(("not_published", "This pipeline is archived. Bring it back to run it."), (x?.Code, x?.Message)));
        Assert.Equal(1L, await _place.Host.ScalarAsync("SELECT COUNT(*) FROM Runs"));
        await Shelf.ChangeAsync(id, new PipelineChange { Archived = false }, _place.Ana, default);
        Assert.Null((await starter.RerunAsync(run, _place.Ana, null, default)).Refusal);
        Assert.Null((await starter.StartAsync(new RunRequest { Pipeline = id, Inputs = inputs }, _place.Ana, default)).Refusal);
    }

    private async Task<Guid> MadeAsync(Actor actor) => (await _place.Get<PipelineEditor>().CreateAsync(PipelineFile.Chain(1, "practice/practice").ToBytes(), actor, null, default)).Value!.Id;

    private async Task<Pipeline> FindAsync(Guid id)
    {
        await using var db = _place.Host.Database.Read(_place.Ana.Workspace);
        return await db.Pipelines.SingleAsync(x => x.Id == id);
    }
}
