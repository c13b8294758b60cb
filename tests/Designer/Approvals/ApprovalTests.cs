using System.Net;
using System.Text.Json;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Approvals;

[Collection(AppCollection.Name)]
public sealed class ApprovalTests(App app)
{
    [Fact]
    public async Task Of_two_who_decide_at_once_one_counts()
    {
        for (var round = 0; round < 5; round++)
        {
            var held = await app.HeldAsync(App.Gate("Race"));
            var path = $"/approvals/{held.Approval}/decision";
            var answers = await Task.WhenAll(
                app.As(Who.Reviewer).PostAsync(path, App.Approve(held.Hash)),
                app.As(Who.SecondReviewer).PostAsync(path, new { decision = "reject", contentHash = held.Hash, comment = "No." }));
            var won = Assert.Single(answers, x => x.Status == HttpStatusCode.OK);
            var lost = answers.Single(x => x != won);
            Assert.Equal(HttpStatusCode.Conflict, lost.Status);
            Assert.Contains(lost.Code, (string[])["already_decided", "run_over"]);
            var over = await app.OverAsync(held.Run);
            Assert.Equal(won == answers[0] ? "Succeeded" : "Rejected", over.GetProperty("status").GetString());
            Assert.Single((await app.Ana.GetAsync($"/approvals/{held.Approval}")).Ok().GetProperty("decisions").EnumerateArray());
        }
    }

    [Fact]
    public async Task A_click_that_comes_twice_counts_once()
    {
        var held = await app.HeldAsync(App.Gate("Twice", required: 2));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/decision", App.Approve(held.Hash))));
        Assert.Single(answers, x => x.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(x => x.Status != HttpStatusCode.OK), x => Assert.Equal("already_decided", x.Code));
        Assert.Equal("Waiting", (await app.Ana.GetAsync($"/runs/{held.Run}")).Ok().GetProperty("status").GetString());
    }

    [Fact]
    public async Task Opening_an_approval_decides_nothing()
    {
        var held = await app.HeldAsync(App.Gate("Opened"));
        var before = await app.RowsAsync();
        foreach (var path in (string[])[$"/approvals/{held.Approval}", $"/approvals/{held.Approval}/decision", $"/approvals/{held.Approval}/decision?decision=approve&contentHash={held.Hash}", $"/approvals/{held.Approval}/undo"])
            await app.As(Who.Reviewer).GetAsync(path);
        Assert.Equal(before, await app.RowsAsync());
        Assert.Equal("Pending", Status(await app.Ana.GetAsync($"/approvals/{held.Approval}")));
    }

    [Fact]
    public async Task Two_must_approve_and_an_edit_asks_the_first_again()
    {
        var held = await app.HeldAsync(App.Gate("Two", required: 2));
        var path = $"/approvals/{held.Approval}/decision";
        Assert.Equal("Pending", Status(await app.As(Who.Reviewer).PostAsync(path, App.Approve(held.Hash))));
        var edited = await app.As(Who.SecondReviewer).PostAsync(path, new { decision = "approve", contentHash = held.Hash, edited = "Better." });
        Assert.Equal("Pending", Status(edited));
        var hash = edited.Json.GetProperty("contentHash").GetString()!;
        Assert.Equal("content_changed", (await app.As(Who.Reviewer).PostAsync(path, App.Approve(held.Hash))).Code);
        Assert.Equal("already_decided", (await app.As(Who.SecondReviewer).PostAsync(path, App.Approve(hash))).Code);
        Assert.Equal("Approved", Status(await app.As(Who.Reviewer).PostAsync(path, App.Approve(hash))));
        Assert.Equal("Better.", (await app.OverAsync(held.Run)).GetProperty("outputs").GetProperty("answer").GetString());
    }

    [Fact]
    public async Task A_held_decision_can_be_undone_by_its_decider_until_it_is_released()
    {
        var held = await app.HeldAsync(App.Gate("Held"));
        var path = $"/approvals/{held.Approval}/decision";
        var decided = await app.As(Who.Reviewer).PostAsync(path, new { decision = "approve", contentHash = held.Hash, releaseAfterSeconds = 60, edited = "Other." });
        Assert.Equal("Approved", Status(decided));
        Assert.NotNull(decided.Json.GetProperty("releaseAt").GetString());
        Assert.Equal("Waiting", (await app.Ana.GetAsync($"/runs/{held.Run}")).Ok().GetProperty("status").GetString());
        Assert.Equal("already_decided", (await app.As(Who.SecondReviewer).PostAsync(path, App.Approve(held.Hash))).Code);
        Assert.Equal("not_found", (await app.As(Who.SecondReviewer).PostAsync($"/approvals/{held.Approval}/undo")).Code);
        var undone = await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/undo");
        Assert.Equal(("Pending", held.Hash), (Status(undone), undone.Json.GetProperty("contentHash").GetString()));
        Assert.NotNull(undone.Json.GetProperty("decisions")[0].GetProperty("undoneAt").GetString());

        Assert.Equal("Approved", Status(await app.As(Who.Reviewer).PostAsync(path, new { decision = "approve", contentHash = held.Hash, releaseAfterSeconds = 1 })));
        Assert.Equal("Shown.", (await app.OverAsync(held.Run)).GetProperty("outputs").GetProperty("answer").GetString());
        var late = await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/undo");
        Assert.Equal("run_over", late.Code);
        Assert.Contains("has taken effect already", late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_taken_effect_cannot_be_undone_while_the_run_goes_on()
    {
        var file = PipelineFile.Named("Two gates").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}" }).Node("later", "approval", new { subject = "{{ gate }}" })
            .Output("answer", "{{ later }}").Edge("input", "gate").Edge("gate", "later", "approved").Edge("later", "out", "approved");
        var held = await app.HeldAsync(file);
        (await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/decision", App.Approve(held.Hash))).Ok();
        Assert.Equal("released", (await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/undo")).Code);
        var run = await app.Ana.SettledAsync(held.Run);
        Assert.Equal("Waiting", run.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_gate_that_is_not_editable_takes_no_edit()
    {
        var held = await app.HeldAsync(App.Gate("Fixed", editable: false));
        Assert.Equal("edit_invalid", (await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/decision", new { decision = "approve", contentHash = held.Hash, edited = "x" })).Code);
        Assert.Equal("Approved", Status(await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/decision", new { decision = "approve", contentHash = held.Hash, edited = (string?)null, comment = (string?)null })));
    }

    [Fact]
    public async Task Who_lost_the_right_decides_no_more()
    {
        var made = (await app.Ana.PostAsync("/members", new { email = "leaving@example.org", role = "viewer", rights = new[] { "reviewer" }, password = "correct horse battery" })).Ok();
        var held = await app.HeldAsync(App.Gate("Leaving"));
        using var leaving = await app.MemberAsync("leaving@example.org");
        Assert.Equal("content_changed", (await leaving.PostAsync($"/approvals/{held.Approval}/decision", App.Approve("00"))).Code); // the right is there still
        var member = made.GetProperty("id").GetString();
        Assert.Equal(["Reviewer"], made.GetProperty("rights").EnumerateArray().Select(x => x.GetString()));
        var changed = (await app.Ana.SendAsync(HttpMethod.Put, $"/members/{member}", new { role = "viewer" })).Ok();
        Assert.Equal(0, changed.GetProperty("rights").GetArrayLength());
        Assert.Equal("forbidden", (await leaving.PostAsync($"/approvals/{held.Approval}/decision", App.Approve(held.Hash))).Code); // at once, whatever is remembered of the key
    }

    [Fact]
    public async Task The_inbox_shows_each_reviewer_what_is_theirs()
    {
        var named = PipelineFile.Named("Named").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}", reviewers = new { people = new[] { App.MailOf(Who.SecondReviewer) } } })
            .Output("answer", "{{ gate }}").Edge("input", "gate").Edge("gate", "out", "approved");
        var held = await app.HeldAsync(named);
        Assert.Contains(held.Approval, await InboxAsync(Who.SecondReviewer));
        Assert.DoesNotContain(held.Approval, await InboxAsync(Who.Reviewer));
        Assert.DoesNotContain(held.Approval, await InboxAsync(Who.ReadService));
        Assert.Equal("forbidden", (await app.As(Who.Reviewer).PostAsync($"/approvals/{held.Approval}/decision", App.Approve(held.Hash))).Code);
        Assert.Equal("Approved", Status(await app.As(Who.SecondReviewer).PostAsync($"/approvals/{held.Approval}/decision", App.Approve(held.Hash))));
        Assert.DoesNotContain(held.Approval, await InboxAsync(Who.SecondReviewer));
    }

    private async Task<List<string?>> InboxAsync(Who who) =>
        (await app.As(who).GetAsync("/approvals?status=pending&mine=true&limit=200")).Ok().GetProperty("items").EnumerateArray().Select(x => x.GetProperty("id").GetString()).ToList();

    private static string? Status(ApiClient.Reply reply) => reply.Ok() is { ValueKind: JsonValueKind.Object } approval ? approval.GetProperty("status").GetString() : null;
}
