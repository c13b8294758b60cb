using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Audit;
using PromptDesigner.Data.Connections;
using PromptDesigner.Data.Files;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Shell;

[Collection(AppCollection.Name)]
public sealed class WorkspaceWallTests(App app)
{
    private const string Canary = "CANARY";

    [Fact]
    public async Task Nothing_of_another_workspace_can_be_read_or_touched()
    {
        var other = app.As(Who.OtherAdministrator);
        var pipeline = await other.PublishAsync(App.Gate("CANARY pipeline", allowSelf: true));
        var run = (await other.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "CANARY input" }, account = "CANARY account" })).Ok();
        var id = run.GetProperty("id").GetString()!;
        var approval = run.GetProperty("steps").EnumerateArray().Single(x => x.GetProperty("path").GetString() == "gate").GetProperty("approval").GetString()!;
        var hash = (await other.GetAsync($"/approvals/{approval}")).Ok().GetProperty("contentHash").GetString()!;
        var key = (await other.PostAsync("/keys", new { name = "CANARY key", kind = "service", scopes = new[] { "read" } })).Ok().GetProperty("id").GetString()!;
        var member = (await other.PostAsync("/members", new { email = "canary@example.org", role = "viewer", password = "correct horse battery" })).Ok().GetProperty("id").GetString()!;
        var file = (await other.UploadAsync("CANARY.txt", "CANARY content"u8.ToArray())).Ok().GetProperty("id").GetString()!;
        var mail = (await app.LetterAsync(other, "CANARY mail")).Mail;
        var schedule = (await other.PostAsync("/schedules", new { pipeline, inputs = new { text = "CANARY input" }, cron = "0 0 1 1 *", timeZone = "UTC" })).Ok().GetProperty("id").GetString()!;
        foreach (var own in (string[])["/pipelines", "/runs", "/approvals", "/keys", "/outbox", "/schedules"]) Assert.Contains(Canary, (await other.GetAsync(own)).Text, StringComparison.Ordinal);
        var rows = await app.RowsAsync();

        foreach (var endpoint in Endpoint.All.Where(x => x.Route.Contains("{id}", StringComparison.Ordinal)))
        {
            var kind = endpoint.Route.Split('/')[3];
            var path = endpoint.Route["/api/v1".Length..].Replace("{id}", kind switch { "pipelines" => pipeline, "runs" => id, "approvals" => approval, "keys" => key, "files" => file, "outbox" => mail, "schedules" => schedule, _ => member }, StringComparison.Ordinal)
                .Replace("{number}", "1", StringComparison.Ordinal);
            var body = endpoint.Route.EndsWith("/decision", StringComparison.Ordinal) ? JsonSerializer.SerializeToUtf8Bytes(new { decision = "approve", contentHash = hash, edited = "mine" })
                : endpoint.Body is { } text ? System.Text.Encoding.UTF8.GetBytes(text) : null;
            var answer = await app.Ana.SendAsync(new HttpMethod(endpoint.Method), path, body, endpoint.Method == "PUT" ? [("If-Match", "\"1\"")] : []);
            Assert.True((int)answer.Status == 404, $"{endpoint.Method} {path}: {answer.Text}");
            Assert.DoesNotContain(Canary, answer.Text, StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal(rows, await app.RowsAsync());
        string[] lists = ["/pipelines?limit=200", "/runs?limit=200&tries=true", "/runs?q=CANARY", $"/runs?q={id}", $"/runs?pipeline={pipeline}", "/approvals?limit=200", "/approvals?mine=true&limit=200", "/keys?limit=200", "/members?limit=200", "/outbox?limit=200", "/outbox?q=CANARY", $"/outbox?pipeline={pipeline}", "/schedules?limit=200", $"/schedules?pipeline={pipeline}"];
        foreach (var list in lists)
        {
            var seen = (await app.Ana.GetAsync(list)).Ok().GetRawText();
            foreach (var secret in (string[])[Canary, pipeline, id, approval, key, member, mail, schedule]) Assert.DoesNotContain(secret, list.Contains(secret, StringComparison.OrdinalIgnoreCase) ? "" : seen, StringComparison.OrdinalIgnoreCase);
        }
        foreach (var list in (string[])["/runs?q=CANARY", $"/runs?q={id}", $"/runs?pipeline={pipeline}"]) Assert.Equal(0, (await app.Ana.GetAsync(list)).Ok().GetProperty("items").GetArrayLength());
        Assert.Equal(id, (await other.GetAsync($"/runs/{id}")).Ok().GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_page_number_from_another_workspace_opens_nothing()
    {
        var theirs = (await app.As(Who.OtherAdministrator).PostAsync("/pipelines", App.Gate("CANARY second").ToBytes())).Ok();
        (await app.As(Who.OtherAdministrator).PostAsync("/pipelines", App.Gate("CANARY third").ToBytes())).Ok();
        Assert.NotEqual(JsonValueKind.Undefined, theirs.ValueKind);
        var cursor = (await app.As(Who.OtherAdministrator).GetAsync("/pipelines?limit=1")).Ok().GetProperty("next").GetString();
        Assert.DoesNotContain(Canary, (await app.Ana.GetAsync($"/pipelines?after={cursor}")).Ok().GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idempotency_keys_of_two_workspaces_do_not_meet()
    {
        var body = App.Gate("CANARY same key").ToBytes();
        var theirs = (await app.As(Who.OtherAdministrator).PostAsync("/pipelines", body, ("Idempotency-Key", "shared"))).Ok().GetProperty("id").GetString();
        var ours = (await app.Ana.PostAsync("/pipelines", App.Gate("Ours").ToBytes(), ("Idempotency-Key", "shared"))).Ok().GetProperty("id").GetString();
        Assert.NotEqual(theirs, ours);
    }

    [Fact]
    public void Every_entity_belongs_to_a_workspace_and_is_filtered_or_is_listed()
    {
        string[] global = ["Workspace", "User", "IdentityUserClaim<Guid>", "IdentityUserLogin<Guid>", "IdentityUserToken<Guid>", "IdentityUserPasskey<Guid>", "IdentityPasskeyData", "DataProtectionKey"];
        using var db = app.Database.CreateDbContext();
        foreach (var entity in db.Model.GetEntityTypes().Where(x => !global.Contains(x.DisplayName().Split('.')[^1])))
        {
            Assert.True(typeof(IWorkspaceOwned).IsAssignableFrom(entity.ClrType), $"{entity.DisplayName()} belongs to no workspace.");
            var filters = string.Join(' ', entity.GetDeclaredQueryFilters().Select(x => x.Expression?.ToString()));
            Assert.Contains("WorkspaceId ==", filters, StringComparison.Ordinal);
        }
        Assert.Equal(Enumerable.Empty<string>(), db.Model.GetEntityTypes().Where(x => typeof(IWorkspaceOwned).IsAssignableFrom(x.ClrType) && global.Contains(x.DisplayName())).Select(x => x.DisplayName()));
    }

    [Fact]
    public async Task A_context_sees_its_own_workspace_alone_and_none_until_it_is_told()
    {
        (await app.As(Who.OtherAdministrator).PostAsync("/pipelines", App.Gate("CANARY draft").ToBytes())).Ok();
        await using var nobody = app.Database.CreateDbContext();
        Assert.Empty(await nobody.Pipelines.ToListAsync());
        await using var own = app.Database.Read(1);
        Assert.All(await own.Pipelines.ToListAsync(), x => Assert.Equal(1, x.WorkspaceId));
        Assert.All(await own.Members.Include(x => x.User).ToListAsync(), x => Assert.NotEqual(App.MailOf(Who.OtherAdministrator), x.User!.Email));
        await using var other = app.Database.Read(app.OtherWorkspace);
        Assert.All(await other.Pipelines.ToListAsync(), x => Assert.Contains(Canary, x.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_table_shows_a_row_of_another_workspace()
    {
        await app.HeldAsync(App.Gate("CANARY held", allowSelf: true), app.Ana);
        await app.Database.WriteAsync(app.OtherWorkspace, (db, _) =>
        {
            db.Invitations.Add(new Invitation { Id = Guid.NewGuid(), Email = "canary@example.org", Hash = Guid.NewGuid().ToByteArray(), CreatedBy = "x" });
            db.Connections.Add(new Connection { Id = Guid.NewGuid(), Name = "CANARY " + Guid.NewGuid(), Kind = "practice", Models = "[]", Prices = "{}" });
            db.StoredFiles.Add(new StoredFile { Id = Guid.NewGuid(), Name = "CANARY", ContentType = "text/plain", CreatedBy = "x" });
            db.RunFiles.Add(new RunFile { RunKey = Random.Shared.NextInt64(), FileId = Guid.NewGuid() });
            db.AuditEntries.Add(new AuditEntry { Actor = "CANARY", Action = "x", Target = "x", TargetName = "x" });
            db.Mails.Add(new Mail { Id = Guid.NewGuid(), RunKey = Random.Shared.NextInt64(), SortPath = "0001.x", Status = MailStatus.Kept, TakenOver = MailStatus.Kept, MessageId = "x", To = "x", Cc = "", Subject = "CANARY", ContentHash = "x", Gates = "", Retry = "1 0 0 1" });
            return Task.FromResult(0);
        }, CancellationToken.None);
        await using var everything = app.Database.CreateDbContext();
        foreach (var type in everything.Model.GetEntityTypes().Select(x => x.ClrType).Where(typeof(IWorkspaceOwned).IsAssignableFrom))
            await (Task)GetType().GetMethod(nameof(ShowsItsOwnAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.MakeGenericMethod(type).Invoke(this, [])!;
        foreach (var table in (string[])["Invitations", "Connections", "StoredFiles", "RunFiles", "AuditEntries", "Mails"])
            Assert.NotEqual(0, await app.ScalarAsync($"SELECT COUNT(*) FROM {table} WHERE WorkspaceId = {app.OtherWorkspace}"));
    }

    private async Task ShowsItsOwnAsync<T>() where T : class, IWorkspaceOwned
    {
        await using var nobody = app.Database.CreateDbContext();
        Assert.Empty(await nobody.Set<T>().Take(1).ToListAsync());
        foreach (var workspace in (int[])[1, app.OtherWorkspace])
        {
            await using var db = app.Database.Read(workspace);
            Assert.All(await db.Set<T>().ToListAsync(), x => Assert.Equal(workspace, x.WorkspaceId));
        }
    }

    [Fact]
    public async Task A_row_of_another_workspace_cannot_be_added_changed_taken_over_or_removed()
    {
        var theirs = await app.Database.WriteAsync(app.OtherWorkspace, (db, _) =>
        {
            var made = new Pipeline { Id = Guid.CreateVersion7(), Name = "CANARY row", Draft = "{}", CreatedBy = "x" };
            db.Pipelines.Add(made);
            return Task.FromResult(made);
        }, CancellationToken.None);
        Assert.Equal(app.OtherWorkspace, theirs.WorkspaceId);
        Action<DesignerDb>[] tries =
        [
            db => db.ApiKeys.Add(new ApiKey { Id = Guid.NewGuid(), WorkspaceId = app.OtherWorkspace, Name = "x", Hash = [1], Tail = "x" }),
            db => db.Connections.Add(new Connection { Id = Guid.NewGuid(), WorkspaceId = app.OtherWorkspace, Name = "x", Kind = "practice", Models = "[]", Prices = "{}" }),
            db => db.Invitations.Add(new Invitation { Id = Guid.NewGuid(), WorkspaceId = app.OtherWorkspace, Email = "x@example.org", Hash = [1], CreatedBy = "x" }),
            db => db.StoredFiles.Add(new StoredFile { Id = Guid.NewGuid(), WorkspaceId = app.OtherWorkspace, Name = "x", ContentType = "text/plain", CreatedBy = "x" }),
            db => db.AuditEntries.Add(new AuditEntry { WorkspaceId = app.OtherWorkspace, Actor = "x", Action = "x", Target = "x", TargetName = "x" }),
            db => db.Pipelines.Attach(Copy(theirs)).Entity.Name = "Ours",
            db => db.Pipelines.Attach(Copy(theirs)).Entity.WorkspaceId = 1,
            db => db.Pipelines.Remove(Copy(theirs)),
        ];
        foreach (var attempt in tries)
            await Assert.ThrowsAsync<InvalidOperationException>(() => app.Database.WriteAsync(1, (db, _) =>
            {
                attempt(db);
                return Task.FromResult(0);
            }, CancellationToken.None));
        Assert.Equal(1, await app.ScalarAsync($"SELECT COUNT(*) FROM Pipelines WHERE Name = 'CANARY row' AND WorkspaceId = {app.OtherWorkspace}"));
    }

    private static Pipeline Copy(Pipeline x) => new() { Key = x.Key, Id = x.Id, WorkspaceId = x.WorkspaceId, Name = x.Name, Draft = x.Draft, CreatedBy = x.CreatedBy };
}
