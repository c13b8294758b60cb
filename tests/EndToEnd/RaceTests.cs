using System.Net;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>Many people decide at the same moment, over HTTP.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class RaceTests : IAsyncLifetime
{
    private const int People = 50;
    private const int Approvals = 20;
    private const int Rounds = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-race-").FullName;
    private List<ApiClient> _people = [];
    private readonly ScriptedModelServer _model = new();
    private AppProcess _app = null!;

    public async Task InitializeAsync()
    {
        List<string> keys;
        await using (var engine = await EngineHost.StartAsync(_folder, _model.Address)) keys = await TakeInAsync(engine);
        _app = await AppProcess.StartAsync(_folder, [.. EngineHost.Settings(_model.Address).Select(x => (x.Key, x.Value!))]);
        _people = [.. keys.Select(x => new ApiClient(_app.Address, x))];
    }

    public async Task DisposeAsync()
    {
        foreach (var person in _people) person.Dispose();
        await _app.DisposeAsync();
        await _model.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Of_fifty_people_who_decide_at_once_one_counts_and_the_others_are_told()
    {
        var ana = _people[0];
        var pipeline = await ana.PublishAsync(PipelineFile.Named("One gate").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}", allowSelf = true })
            .Node("after", "prompt", new { prompt = "Send {{ gate }}", model = "stub/m" }).Output("sent", "{{ after }}")
            .Edge("input", "gate").Edge("gate", "after", "approved").Edge("after", "out"));
        for (var round = 0; round < Approvals; round++)
        {
            var run = await ana.StartAsync(pipeline, new { text = $"Letter {round}" });
            await ana.SettledAsync(run);
            var approval = (await OpenAsync(ana)).Single();
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var deciding = _people.Select(async (person, place) =>
            {
                await start.Task;
                var verb = place % 2 == 0 ? "approve" : "reject";
                return (verb, reply: await person.PostAsync($"/approvals/{approval.Id}/decision", new { decision = verb, contentHash = approval.Hash, comment = $"from {place}" }));
            }).ToList();
            start.SetResult();
            var replies = await Task.WhenAll(deciding);
            var counted = Assert.Single(replies, x => x.reply.Status == HttpStatusCode.OK);
            Assert.All(replies.Where(x => x != counted), x => Assert.Equal((HttpStatusCode.Conflict, true), (x.reply.Status, x.reply.Code is "already_decided" or "run_over")));
            var stored = (await ana.GetAsync($"/approvals/{approval.Id}")).Ok();
            Assert.Equal(counted.verb == "approve" ? "Approved" : "Rejected", stored.GetProperty("status").GetString());
            Assert.Equal(1, stored.GetProperty("decisions").GetArrayLength());
            Assert.Equal(counted.verb == "approve" ? "Succeeded" : "Rejected", (await OverAsync(ana, run)).GetProperty("status").GetString());
            Assert.Equal(counted.verb == "approve" ? 1 : 0, _model.Log.Count(x => x.Run == run));
        }
    }

    [Fact]
    public async Task Two_parallel_gates_decided_in_the_same_moment_let_the_run_go_on_once()
    {
        var (ana, ben) = (_people[0], _people[1]);
        var pipeline = await ana.PublishAsync(PipelineFile.Named("Two gates").Input("text")
            .Node("left", "approval", new { subject = "{{ input.text }} left", allowSelf = true }).Node("right", "approval", new { subject = "{{ input.text }} right", allowSelf = true })
            .Node("after", "prompt", new { prompt = "{{ left }} and {{ right }}", model = "stub/m" }).Output("sent", "{{ after }}")
            .Edge("input", "left").Edge("input", "right").Edge("left", "after", "approved").Edge("right", "after", "approved").Edge("after", "out"));
        for (var round = 0; round < Rounds; round++)
        {
            var run = await ana.StartAsync(pipeline, new { text = $"Letter {round}" });
            await ana.SettledAsync(run);
            var open = await OpenAsync(ana);
            Assert.Equal(2, open.Count);
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var deciding = new[] { ana, ben }.Select(async (person, place) =>
            {
                await start.Task;
                return await person.PostAsync($"/approvals/{open[place].Id}/decision", new { decision = "approve", contentHash = open[place].Hash });
            }).ToList();
            start.SetResult();
            foreach (var reply in await Task.WhenAll(deciding)) reply.Ok();
            Assert.Equal("Succeeded", (await OverAsync(ana, run)).GetProperty("status").GetString());
            Assert.Single(_model.Log, x => x.Run == run);
        }
    }

    private static async Task<List<(string Id, string Hash)>> OpenAsync(ApiClient person) =>
        [.. (await person.GetAsync("/approvals?status=pending&mine=true")).Ok().GetProperty("items").EnumerateArray().Select(x => (x.GetProperty("id").GetString()!, x.GetProperty("contentHash").GetString()!))];

    /// <summary>The run when it is over; a run that waits no longer waits for people when all is decided.</summary>
    private static async Task<System.Text.Json.JsonElement> OverAsync(ApiClient person, string run)
    {
        System.Text.Json.JsonElement found = default;
        await Wait.UntilAsync($"run {run} is over", async () =>
        {
            found = (await person.GetAsync($"/runs/{run}")).Ok();
            return found.GetProperty("status").GetString() is not ("Queued" or "Running" or "Waiting");
        }, seconds: 30);
        return found;
    }

    /// <summary>Fifty reviewers, each with a key of their own.</summary>
    private static async Task<List<string>> TakeInAsync(EngineHost engine)
    {
        var (members, keys) = (engine.Get<MemberRegister>(), engine.Get<KeyRing>());
        for (var i = 0; i < People; i++)
            await members.AddAsync(new MemberRequest($"reviewer{i}@example.org", Role.Administrator, Rights.Reviewer, "correct horse battery"), engine.Actor, CancellationToken.None);
        var texts = new List<string>();
        foreach (var row in await engine.QueryAsync("SELECT u.Email, m.UserId, m.WorkspaceId FROM Members m JOIN AspNetUsers u ON u.Id = m.UserId WHERE u.Email LIKE 'reviewer%'"))
        {
            var actor = new Actor((int)(long)row[2]!, (string)row[0]!, new Guid((byte[])row[1]!, true)) { Role = Role.Administrator, Rights = Rights.Reviewer };
            var made = await keys.IssueAsync(new KeyRequest("race", ApiKeyKind.Person, ApiKeyScopes.None, null), actor, CancellationToken.None);
            texts.Add(made.Value!.Text!);
        }
        return texts;
    }
}
