using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Tests.Accounts;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true);

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    [Fact]
    public void Each_verb_says_what_it_leaves_in_the_log()
    {
        Assert.Equal(Verbs.Found().Order(StringComparer.Ordinal), Verbs.All.Keys.Order(StringComparer.Ordinal));
        Assert.All(Verbs.All.Values, x => Assert.True(x.Action is null ^ x.Reason is null));
    }

    [Fact]
    public async Task A_pipeline_s_life_is_in_the_log()
    {
        var editor = _place.Get<PipelineEditor>();
        var file = Gate().ToBytes();
        var id = (await editor.CreateAsync(file, _place.Ana, null, default)).Value!.Id;
        await editor.SaveDraftAsync(id, 1, file, _place.Ana, default);
        await editor.SaveDraftAsync(id, 1, file, _place.Ana, default); // stale: nothing happened, nothing is written
        await editor.PublishAsync(id, "note", _place.Ana, null, default);
        await editor.PublishAsync(id, null, _place.Ana, null, default);
        await editor.ActivateAsync(id, 1, _place.Ana, default);
        Assert.Equal(
        [
            "pipeline.created Held  > {\"revision\":1}", "pipeline.draftSaved Held {\"revision\":1} > {\"revision\":2}", "pipeline.published Held  > {\"version\":1,\"revision\":2}",
            "pipeline.published Held {\"version\":1} > {\"version\":2,\"revision\":2}", "pipeline.activated Held {\"version\":2} > {\"version\":1}",
        ], (await _place.AuditAsync()).Select(x => $"{x.Action} {x.TargetName} {x.Before} > {x.After}"));
        Assert.All(await _place.AuditAsync(), x => Assert.Equal((_place.Ana.Name, _place.Ana.Person, "192.0.2.7", id.ToString()), (x.Actor, x.UserId, x.Address, x.Target)));
        Assert.Empty(await _place.AuditAsync(_place.Zoe.Workspace));
    }

    [Fact]
    public async Task How_a_pipeline_is_kept_is_in_the_log()
    {
        var shelf = _place.Get<PipelineShelf>();
        var id = await _place.Host.PublishAsync(Gate());
        var before = (await _place.AuditAsync()).Count;
        await shelf.ChangeAsync(id, new PipelineChange { Tags = ["Support"], Owner = "" }, _place.Ana, default);
        await shelf.ChangeAsync(id, new PipelineChange { Tags = ["support"], Owner = "", Archived = false }, _place.Ana, default); // as it is: nothing is written
        await shelf.ChangeAsync(id, new PipelineChange { Owner = _place.Ana.Name, Archived = true }, _place.Ana, default);
        await shelf.ChangeAsync(id, new PipelineChange { Archived = false }, _place.Ana, default);
        await shelf.RenameAsync(id, "Kept", _place.Ana, default);
        await shelf.RenameAsync(id, "Kept", _place.Ana, default);
        var copy = (await shelf.DuplicateAsync(id, _place.Ana, null, default)).Value!.Id;
        var entries = (await _place.AuditAsync()).Skip(before).ToList();
        Assert.Equal(
        [
            $"pipeline.changed Held {{\"tags\":[],\"owner\":\"{_place.Ana.Name}\"}} > {{\"tags\":[\"support\"],\"owner\":null}}", $"pipeline.changed Held {{\"owner\":null}} > {{\"owner\":\"{_place.Ana.Name}\"}}",
            "pipeline.archived Held {\"archived\":false} > {\"archived\":true}", "pipeline.restored Held {\"archived\":true} > {\"archived\":false}", "pipeline.draftSaved Kept {\"revision\":1} > {\"revision\":2}",
            $"pipeline.created Copy of Kept  > {{\"revision\":1,\"copyOf\":\"{id}\"}}",
        ], entries.Select(x => $"{x.Action} {x.TargetName} {x.Before} > {x.After}"));
        Assert.Equal([id.ToString(), id.ToString(), id.ToString(), id.ToString(), id.ToString(), copy.ToString()], entries.Select(x => x.Target));
    }

    [Fact]
    public async Task Runs_and_approvals_leave_who_and_what()
    {
        var pipeline = await _place.Host.PublishAsync(Gate());
        var run = await _place.Host.RunAsync(pipeline, new { text = "Shown." });
        await _place.Host.SettleAsync();
        var (approval, hash) = await GateAsync(run);
        var desk = _place.Get<ApprovalDesk>();
        Assert.Null((await desk.DecideAsync(approval, new Decision { Verb = "approve", ContentHash = hash, Comment = "Fine.", ReleaseAfterSeconds = 60 }, _place.Ana, default)).Refusal);
        Assert.Null((await desk.UndoAsync(approval, _place.Ana, default)).Refusal);
        Assert.Null((await desk.DecideAsync(approval, new Decision { Verb = "reject", ContentHash = hash, Comment = "No." }, _place.Ana, default)).Refusal);
        await UntilAsync("SELECT COUNT(*) FROM Runs WHERE Status = 5", 1);
        var control = _place.Get<RunControl>();
        Assert.Null((await control.RetryAsync(run, null, _place.Ana, default)).Refusal);
        await UntilAsync("SELECT COUNT(*) FROM Runs WHERE Status = 2", 1);
        Assert.Null((await control.CancelAsync(run, _place.Ana, default)).Refusal);
        Assert.Equal("run_over", (await control.CancelAsync(run, _place.Ana, default)).Refusal!.Code);

        var entries = (await _place.AuditAsync()).Where(x => !x.Action.StartsWith("pipeline.", StringComparison.Ordinal)).ToList();
        Assert.Equal(["approval.decided gate", "approval.undone gate", "approval.decided gate", "run.retried Held", "run.cancelled Held"], entries.Select(x => $"{x.Action} {x.TargetName}"));
        Assert.Equal(("Pending", hash, "Approved", hash, "approve", "Fine."), (Field(entries[0].Before, "status"), Field(entries[0].Before, "contentHash"), Field(entries[0].After, "status"),
            Field(entries[0].After, "contentHash"), Field(entries[0].After, "decision"), Field(entries[0].After, "comment")));
        Assert.Equal(("Approved", "Pending"), (Field(entries[1].Before, "status"), Field(entries[1].After, "status")));
        Assert.Equal(("Rejected", "Queued"), (Field(entries[3].Before, "status"), Field(entries[3].After, "status")));
        Assert.Equal(("Waiting", "Cancelled"), (Field(entries[4].Before, "status"), Field(entries[4].After, "status")));
    }

    [Fact]
    public async Task People_and_keys_are_in_the_log_without_their_secrets()
    {
        var members = _place.Get<MemberRegister>();
        var keys = _place.Get<KeyRing>();
        var invitations = _place.Get<Invitations>();
        var member = (await members.AddAsync(new MemberRequest("bo@example.org", Role.Viewer, Rights.None, Password), _place.Ana, default)).Value;
        await members.ChangeAsync(member, Role.Designer, Rights.Reviewer, _place.Ana, default);
        await members.RemoveAsync(member, _place.Ana, default);
        var key = (await keys.IssueAsync(new KeyRequest("Importer", ApiKeyKind.Service, ApiKeyScopes.Read, null), _place.Ana, default)).Value!;
        await keys.RevokeAsync(key.Id, _place.Ana, default);
        await keys.RevokeAsync(key.Id, _place.Ana, default);
        var first = (await invitations.InviteAsync(new InvitationRequest("cy@example.org", Role.Viewer, Rights.None), _place.Ana, default)).Value!;
        await invitations.RevokeAsync(first.Id, _place.Ana, default);
        var second = (await invitations.InviteAsync(new InvitationRequest("cy@example.org", Role.Viewer, Rights.None), _place.Ana, default)).Value!;
        await invitations.AcceptAsync(new InvitationAccepted(second.Secret!, Password, null, null, "198.51.100.4"), default);

        var entries = await _place.AuditAsync();
        Assert.Equal(["member.added", "member.changed", "member.removed", "key.issued", "key.revoked", "member.invited", "invitation.revoked", "member.invited", "invitation.accepted"], entries.Select(x => x.Action));
        Assert.Equal(("{\"role\":\"Viewer\",\"rights\":\"None\"}", "{\"role\":\"Designer\",\"rights\":\"Reviewer\"}"), (entries[1].Before, entries[1].After));
        Assert.Equal(("cy@example.org", "198.51.100.4"), (entries[^1].Actor, entries[^1].Address));
        foreach (var secret in (string[])[Password, key.Text!, first.Secret!, second.Secret!])
            Assert.DoesNotContain(secret, JsonSerializer.Serialize(entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_to_be_written_leaves_no_change_behind()
    {
        await using (var connection = await _place.Host.Database.OpenConnectionAsync(default))
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "CREATE TRIGGER full BEFORE INSERT ON AuditEntries BEGIN SELECT RAISE(ABORT, 'full'); END;";
            await command.ExecuteNonQueryAsync();
        }
        await Assert.ThrowsAsync<DbUpdateException>(() => _place.Get<PipelineEditor>().CreateAsync(Gate().ToBytes(), _place.Ana, null, default));
        await Assert.ThrowsAsync<DbUpdateException>(() => _place.Get<KeyRing>().IssueAsync(new KeyRequest("k", ApiKeyKind.Service, ApiKeyScopes.Read, null), _place.Ana, default));
        Assert.Equal((0L, 0L), (await _place.Host.ScalarAsync("SELECT COUNT(*) FROM Pipelines"), await _place.Host.ScalarAsync("SELECT COUNT(*) FROM ApiKeys WHERE Name = 'k'")));
    }

    [Theory, InlineData("UPDATE AuditEntries SET Actor = 'nobody'"), InlineData("DELETE FROM AuditEntries")]
    public async Task The_database_refuses_to_change_the_log(string sql)
    {
        await _place.Get<PipelineEditor>().CreateAsync(Gate().ToBytes(), _place.Ana, null, default);
        await using var connection = await _place.Host.Database.OpenConnectionAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.Contains("only ever added to", (await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync())).Message, StringComparison.Ordinal);
        Assert.Single(await _place.AuditAsync());
    }

    private static PipelineFile Gate() => PipelineFile.Named("Held").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}", allowSelf = true }).Output("answer", "{{ gate | default: '' }}")
        .Edge("input", "gate").Edge("gate", "out", "approved");

    private async Task<(Guid Id, string Hash)> GateAsync(Guid run)
    {
        await using var db = _place.Host.Database.Read(1);
        var key = await db.Runs.Where(x => x.Id == run).Select(x => x.Key).SingleAsync();
        var gate = await db.Approvals.SingleAsync(x => x.RunKey == key);
        return (gate.Id, gate.ContentHash);
    }

    private async Task UntilAsync(string sql, long wanted)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while ((long)(await _place.Host.ScalarAsync(sql))! != wanted)
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(20), sql);
            await Task.Delay(5);
        }
    }

    private static string? Field(string? json, string name) => JsonDocument.Parse(json!).RootElement.GetProperty(name).GetString();
}
