using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Support;

[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace PromptDesigner.Designer.Tests;

/// <summary>Who calls.</summary>
public enum Who { Nobody, Viewer, Designer, Administrator, Reviewer, SecondReviewer, Operator, ReadService, RunService, DesignService, OperateService, OtherAdministrator }

/// <summary>The application as a process, with somebody of every role, a scripted model, and a second workspace.</summary>
public sealed class App : IAsyncLifetime
{
    private static readonly string[] Tables =
        ["Workspaces", "Members", "AspNetUsers", "ApiKeys", "IdempotencyRecords", "Pipelines", "PipelineVersions", "DraftSnapshots", "Runs", "RunEvents", "Steps", "ModelCalls", "Approvals", "ApprovalDecisions", "Invitations",
            "Connections", "StoredFiles", "RunFiles", "AuditEntries", "Mails", "MailServers", "Schedules", "ScheduleSlots"];

    private static readonly string PasswordHash = new PasswordHasher<User>().HashPassword(new User(), Password);

    private readonly Dictionary<Who, ApiClient> _clients = [];
    private AppProcess _process = null!;

    /// <summary>The data directory.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("pd-api-").FullName;

    /// <summary>What the model answers.</summary>
    public Func<ScriptedRequest, ScriptedReply> Script { get; set; } = _ => new ScriptedReply { Text = "An answer." };

    /// <summary>The scripted model.</summary>
    public ScriptedModelServer Model { get; private set; } = null!;

    /// <summary>The database, opened beside the application.</summary>
    public Database Database { get; private set; } = null!;

    /// <summary>The administrator that the start made, who is Reviewer and Operator too.</summary>
    public ApiClient Ana => _process.Api;

    /// <summary>Where it listens.</summary>
    public string Address => _process.Address;

    /// <summary>What the application wrote.</summary>
    public string Output => _process.Output;

    /// <summary>The second workspace.</summary>
    public int OtherWorkspace { get; private set; }

    /// <summary>A caller.</summary>
    public ApiClient As(Who who) => _clients[who];

    /// <summary>The text of a caller's key.</summary>
    public static string KeyOf(Who who) => $"key-of-{who}-0123456789abcdef";

    /// <summary>Everybody's password.</summary>
    public const string Password = "correct horse battery";

    /// <summary>Mail address of a person.</summary>
    public static string MailOf(Who who) => who.ToString().ToLowerInvariant() + "@example.org";

    public async Task InitializeAsync()
    {
        Model = new ScriptedModelServer(x => Script(x));
        _process = await AppProcess.StartAsync(Folder, [.. EngineHost.Settings(Model.Address).Select(x => (x.Key, x.Value!))]);
        Database = new Database(new DatabaseOptions { DataDirectory = Folder });
        await PersonAsync(1, Who.Viewer, Role.Viewer);
        await PersonAsync(1, Who.Designer, Role.Designer);
        await PersonAsync(1, Who.Administrator, Role.Administrator);
        await PersonAsync(1, Who.Reviewer, Role.Viewer, Rights.Reviewer);
        await PersonAsync(1, Who.SecondReviewer, Role.Viewer, Rights.Reviewer);
        await PersonAsync(1, Who.Operator, Role.Viewer, Rights.Operator);
        await ServiceAsync(Who.ReadService, ApiKeyScopes.Read);
        await ServiceAsync(Who.RunService, ApiKeyScopes.Run);
        await ServiceAsync(Who.DesignService, ApiKeyScopes.Design);
        await ServiceAsync(Who.OperateService, ApiKeyScopes.Operate);
        OtherWorkspace = await Database.WriteAsync(0, async (db, cancel) =>
        {
            var made = new Workspace { Name = "CANARY workspace", CreatedAt = DateTimeOffset.UnixEpoch };
            db.Workspaces.Add(made);
            await db.SaveChangesAsync(cancel);
            return made.Id;
        }, CancellationToken.None);
        await PersonAsync(OtherWorkspace, Who.OtherAdministrator, Role.Administrator, Rights.Reviewer | Rights.Operator);
        foreach (var who in Enum.GetValues<Who>()) _clients.Add(who, new ApiClient(_process.Address, who == Who.Nobody ? null : KeyOf(who)));
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients.Values) client.Dispose();
        await _process.DisposeAsync();
        await Model.DisposeAsync();
        Database.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Rows of every table, so that a test can say that nothing was stored.</summary>
    public async Task<string> RowsAsync()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (await ScalarAsync("SELECT COUNT(*) FROM Runs WHERE Status < 2") > 0 && clock.Elapsed < TimeSpan.FromSeconds(30)) await Task.Delay(5); // a run that goes on stores rows of its own
        var counts = new List<string>();
        foreach (var table in Tables) counts.Add($"{table} {await ScalarAsync($"SELECT COUNT(*) FROM {table}")}");
        return string.Join(", ", counts);
    }

    /// <summary>One number of a query.</summary>
    public async Task<long> ScalarAsync(string sql)
    {
        await using var connection = await Database.OpenConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>A pipeline that holds its input until somebody approves it.</summary>
    public static PipelineFile Gate(string name, int required = 1, bool? allowSelf = null, bool editable = true) => PipelineFile.Named(name).Input("text")
        .Node("gate", "approval", allowSelf is { } self
            ? new { subject = "{{ input.text }}", required, allowSelf = self, editable }
            : new { subject = "{{ input.text }}", required, editable })
        .Output("answer", "{{ gate }}").Edge("input", "gate").Edge("gate", "out", "approved");

    /// <summary>Starts a run that comes to a gate; the answer is the run and its pending approval.</summary>
    public async Task<(string Run, string Approval, string Hash)> HeldAsync(PipelineFile file, ApiClient? starter = null)
    {
        var pipeline = await Ana.PublishAsync(file);
        var run = (await (starter ?? Ana).PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "Shown." } })).Ok();
        Assert.Equal("Waiting", run.GetProperty("status").GetString());
        var id = run.GetProperty("id").GetString()!;
        var approval = run.GetProperty("steps").EnumerateArray().Single(x => x.GetProperty("path").GetString() == "gate").GetProperty("approval").GetString()!;
        return (id, approval, (await Ana.GetAsync($"/approvals/{approval}")).Ok().GetProperty("contentHash").GetString()!);
    }

    /// <summary>A pipeline that sends its input as a mail, once somebody has approved it.</summary>
    public static PipelineFile Letter(string subject) => PipelineFile.Named($"{subject}, a letter").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}", allowSelf = true })
        .Node("send", "email", new { to = "Bo <bo@example.org>, cy@example.org", cc = "di@example.org", subject, text = "{{ gate }}", html = "<p>{{ gate }}</p>" })
        .Output("sent", "{{ send.delivery }}").Edge("input", "gate").Edge("gate", "send", "approved").Edge("send", "out");

    /// <summary>A run that made a mail, which stays in the outbox.</summary>
    public async Task<(string Pipeline, string Run, string Mail)> LetterAsync(ApiClient by, string subject)
    {
        var pipeline = await by.PublishAsync(Letter(subject));
        var run = (await by.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "Shown." } })).Ok();
        var approval = run.GetProperty("steps").EnumerateArray().Single(x => x.GetProperty("path").GetString() == "gate").GetProperty("approval").GetString()!;
        var hash = (await by.GetAsync($"/approvals/{approval}")).Ok().GetProperty("contentHash").GetString()!;
        (await by.PostAsync($"/approvals/{approval}/decision", Approve(hash))).Ok();
        var id = run.GetProperty("id").GetString()!;
        var since = System.Diagnostics.Stopwatch.StartNew();
        while ((await by.GetAsync($"/runs/{id}")).Ok().GetProperty("status").GetString() != "Succeeded")
        {
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), "The run does not come to its end.");
            await Task.Delay(20);
        }
        return (pipeline, id, Assert.Single((await by.GetAsync($"/outbox?pipeline={pipeline}")).Ok().GetProperty("items").EnumerateArray()).GetProperty("id").GetString()!);
    }

    /// <summary>A decision's body.</summary>
    public static object Approve(string hash) => new { decision = "approve", contentHash = hash };

    /// <summary>A run until it is over; a gate that was released goes on by itself.</summary>
    public async Task<JsonElement> OverAsync(string run)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var found = (await Ana.GetAsync($"/runs/{run}")).Ok();
            if (found.GetProperty("status").GetString() is not ("Queued" or "Running" or "Waiting")) return found;
            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), $"The run is not over: {found}");
            await Task.Delay(20);
        }
    }

    /// <summary>A client with a key of a member that a test took in.</summary>
    public async Task<ApiClient> MemberAsync(string mail)
    {
        var text = "key-of-" + mail + "-0123456789abcdef";
        await Database.WriteAsync(1, (db, _) =>
        {
            var person = db.Members.Single(x => x.User!.Email == mail).UserId;
            db.ApiKeys.Add(new ApiKey { Id = Guid.CreateVersion7(), Name = mail, Kind = ApiKeyKind.Person, UserId = person, Hash = SHA256.HashData(Encoding.UTF8.GetBytes(text)), Tail = "cdef" });
            return Task.FromResult(0);
        }, CancellationToken.None);
        return new ApiClient(_process.Address, text);
    }

    private Task PersonAsync(int workspace, Who who, Role role, Rights rights = Rights.None) => Database.WriteAsync(workspace, (db, _) =>
    {
        var mail = MailOf(who);
        var user = new User { Id = Guid.CreateVersion7(), UserName = mail, NormalizedUserName = mail.ToUpperInvariant(), Email = mail, NormalizedEmail = mail.ToUpperInvariant(), SecurityStamp = "x", PasswordHash = PasswordHash };
        db.Members.Add(new Member { Id = Guid.CreateVersion7(), UserId = user.Id, User = user, Role = role, Rights = rights });
        db.ApiKeys.Add(Key(who, ApiKeyKind.Person, user.Id, ApiKeyScopes.None));
        return Task.FromResult(0);
    }, CancellationToken.None);

    private Task ServiceAsync(Who who, ApiKeyScopes scopes) => Database.WriteAsync(1, (db, _) =>
    {
        db.ApiKeys.Add(Key(who, ApiKeyKind.Service, null, scopes));
        return Task.FromResult(0);
    }, CancellationToken.None);

    private static ApiKey Key(Who who, ApiKeyKind kind, Guid? user, ApiKeyScopes scopes) => new()
    {
        Id = Guid.CreateVersion7(), Name = who.ToString(), Kind = kind, UserId = user, Scopes = scopes, Hash = SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(who))), Tail = "cdef",
    };
}

/// <summary>Tests that share one application.</summary>
[CollectionDefinition(Name)]
public sealed class AppCollection : ICollectionFixture<App>
{
    public const string Name = "application";
}
