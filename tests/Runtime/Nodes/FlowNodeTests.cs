using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Nodes.Approval;

namespace PromptDesigner.Runtime.Tests.Nodes;

public sealed class FlowNodeTests
{
    private const string Cases = "{ 'cases': [ { 'port': 'big', 'when': { 'all': [ { 'left': 'o.total', 'op': 'greaterThan', 'right': 100 } ] } }, { 'port': 'vip', 'when': { 'any': [ { 'left': 'o.vip', 'op': 'isTrue' } ] } } ] }";

    [Theory]
    [InlineData("{ 'o': { 'total': 500, 'vip': true } }", "big")]
    [InlineData("{ 'o': { 'total': 5, 'vip': true } }", "vip")]
    [InlineData("{ 'o': { 'total': '500' } }", "else")]
    [InlineData("{}", "else")]
    public async Task The_first_case_that_holds_decides(string reads, string port)
    {
        var done = await new NodeHarness("switch", Cases) { Reads = reads }.Done();
        Assert.Equal((port, port), (done.Port, done.Value.GetProperty("port").GetString()));
    }

    [Fact]
    public async Task A_wait_ends_at_its_time()
    {
        var wait = Assert.IsType<NodeResult.WaitForTime>(await new NodeHarness("wait", "{ 'for': 'PT1H30M' }").Run());
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 30, 0, TimeSpan.Zero), wait.Until);
        Assert.Equal("2026-03-01T10:30:00Z", wait.Value.GetString());
        var until = Assert.IsType<NodeResult.WaitForTime>(await new NodeHarness("wait", "{ 'until': '{{ t }}' }") { Reads = "{ 't': '2026-03-02T01:00:00+02:00' }" }.Run());
        Assert.Equal("2026-03-01T23:00:00Z", until.Value.GetString());
        Assert.Equal("2026-02-01T00:00:00Z", (await new NodeHarness("wait", "{ 'until': '2026-02-01' }").Done()).Value.GetString());
        Assert.Equal("invalid_output", (await new NodeHarness("wait", "{ 'until': '{{ t }}' }") { Reads = "{ 't': 'soon' }" }.Failed()).Code);
    }

    [Theory]
    [InlineData("PT10M", 600.0)]
    [InlineData("P1DT12H", 129_600.0)]
    [InlineData("P2W", 1_209_600.0)]
    [InlineData("PT0.5S", 0.5)]
    [InlineData("P", null)]
    [InlineData("PT", null)]
    [InlineData("P1M", null)]
    [InlineData("-PT1S", null)]
    [InlineData("PT10", null)]
    public void Durations_are_iso_without_calendar_units(string text, double? seconds) =>
        Assert.Equal(seconds, IsoDuration.TryParse(text, out var duration) ? duration.TotalSeconds : null);

    [Fact]
    public void A_for_each_plans_its_items_and_gives_each_result()
    {
        var node = new NodeHarness("forEach", "{ 'items': 'in.list', 'result': 'a.b', 'concurrency': 2, 'onItemError': 'collect' }") { Reads = "{ 'in': { 'list': [1, 2, 3] }, 'a': { 'b': 7 } }" };
        var plan = node.Plan();
        Assert.Equal((3, 2, 3, OnItemError.Collect), (plan.Items!.Value.GetArrayLength(), plan.Concurrency, plan.MaxIterations, plan.OnItemError));
        Assert.Equal("7", node.Judge(1).Result.GetRawText());
        Assert.Equal("null", new NodeHarness("forEach", "{ 'items': '{{ l }}', 'result': 'skipped.b' }").Judge(0).Result.GetRawText());
    }

    [Theory]
    [InlineData("{ 'l': 'text' }", "not_a_list")]
    [InlineData("{ 'l': { 'a': 1 } }", "not_a_list")]
    public void What_is_no_list_fails_the_for_each(string reads, string code) =>
        Assert.Equal(code, new NodeHarness("forEach", "{ 'items': '{{ l }}', 'result': 'a' }") { Reads = reads }.Plan().Failure!.Code);

    [Fact]
    public void A_list_has_a_limit()
    {
        var plan = new NodeHarness("forEach", "{ 'items': 'l', 'result': 'a' }") { Reads = $"{{ 'l': [{string.Join(',', Enumerable.Repeat("1", 100_001))}] }}" }.Plan();
        Assert.Equal("limit", plan.Failure!.Code);
        Assert.Contains("100,001", plan.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeat_goes_on_with_feedback_until_its_condition_holds()
    {
        const string settings = "{ 'until': { 'all': [ { 'left': 'v.valid', 'op': 'isTrue' } ] }, 'feedback': 'Mend: {{ v.failures[0].message }}', 'maxAttempts': 3, 'result': 'draft' }";
        var wrong = new NodeHarness("repeat", settings) { Reads = "{ 'draft': 'x', 'v': { 'valid': false, 'failures': [ { 'message': 'Too short.' } ] } }" };
        Assert.Equal((3, null), (wrong.Plan().MaxIterations, wrong.Plan().Items));
        var again = wrong.Judge(0);
        Assert.Equal((true, "Mend: Too short.", "x"), (again.Again, again.Feedback, again.Result.GetString()));
        // Nobody reads the last feedback.
        Assert.Equal((true, ""), (wrong.Judge(2).Again, wrong.Judge(2).Feedback));
        Assert.False(new NodeHarness("repeat", settings) { Reads = "{ 'draft': 'x', 'v': { 'valid': true } }" }.Judge(0).Again);
    }

    [Fact]
    public async Task An_approval_asks_what_its_settings_say()
    {
        var request = await new NodeHarness("approval", """
            { 'subject': '{{ draft }}', 'context': 'ticket.text', 'preview': 'markdown', 'instructions': 'Check {{ ticket.id }}', 'reviewers': { 'people': ['ana@example.org'] }, 'required': 2,
              'allowSelf': false, 'editable': false, 'revise': 'draft', 'maxRounds': 4, 'dueInMinutes': 30, 'onOverdue': 'escalate', 'escalateTo': 'bo@example.org' }
            """) { Reads = "{ 'draft': { 'title': 'Hi' }, 'ticket': { 'text': 'Help', 'id': 7 } }" }.Request();
        Assert.Equal("Hi", request.Content.GetProperty("title").GetString());
        Assert.Equal("Help", request.Context!.Value.GetString());
        Assert.Equal(("markdown", "Check 7", 2, false, false, "draft", 4, 30.0, "escalate", null), (request.Preview, request.Instructions, request.Required, request.AllowSelf, request.Editable, request.Revise, request.MaxRounds, request.DueInMinutes, request.OnOverdue, request.LetPassBy));
        Assert.Equal(["ana@example.org", "bo@example.org"], request.People.Concat(request.EscalateTo));
    }

    [Theory]
    [InlineData(500, null)]
    [InlineData(5, "when")]
    public async Task A_gate_with_a_condition_lets_pass_where_it_does_not_hold(int total, string? by) =>
        Assert.Equal(by, (await new NodeHarness("approval", "{ 'subject': 'o', 'when': { 'all': [ { 'left': 'o.total', 'op': 'greaterThan', 'right': 100 } ] } }") { Reads = $"{{ 'o': {{ 'total': {total} }} }}" }.Request()).LetPassBy);

    [Fact]
    public async Task A_sample_is_its_share_and_never_changes_its_mind()
    {
        var runs = Enumerable.Range(0, 2_000).Select(_ => Guid.NewGuid()).ToList();
        Assert.InRange(runs.Count(run => ApprovalNode.IsSampled(run, "gate", 0.25)), 400, 600);
        Assert.All(runs, run => Assert.Equal(ApprovalNode.IsSampled(run, "gate", 0.25), ApprovalNode.IsSampled(run, "gate", 0.25)));
        Assert.DoesNotContain(runs, run => ApprovalNode.IsSampled(run, "gate", 0));
        Assert.All(runs, run => Assert.True(ApprovalNode.IsSampled(run, "gate", 1)));
        Assert.Equal("sample", (await new NodeHarness("approval", "{ 'subject': 'x', 'sample': 0 }").Request()).LetPassBy);
        Assert.Null((await new NodeHarness("approval", "{ 'subject': 'x', 'sample': 1 }").Request()).LetPassBy);
    }
}
