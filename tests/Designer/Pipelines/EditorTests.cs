using System.Text.Json;
using System.Text.Json.Nodes;
using Bunit;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Templates;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>Editors of single settings: what people choose is what files say.</summary>
public sealed class EditorTests : IAsyncLifetime
{
    private static readonly WorkspaceChoices Choices = new([new ModelChoice("stub/m", new PriceOptions { Input = 1.25m, Output = 10m }), new ModelChoice("stub/free", null)], "stub/m", ["rita@example.org", "ben@example.org"], "USD");

    private Screen _screen = null!;
    private DraftSeat _seat = null!;

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        var file = PipelineFile.Named("Editors").Input("text").Node("p", "prompt", new { prompt = "Say {{ input.text }}", model = "default" }).Node("beside", "text", new { template = "x" })
            .Node("gate", "approval", new { subject = "p" }).Node("pause", "wait", new { @for = "PT10M" }).Output("sent", "{{ gate }}").Edge("input", "p").Edge("p", "gate").Edge("gate", "pause", "approved").Edge("pause", "out").Edge("input", "beside");
        _seat = (await _screen.Host.Get<DraftRooms>().EnterAsync(await _screen.Host.PublishAsync(file), _screen.Ana, CancellationToken.None)).Value!;
    }

    public async Task DisposeAsync()
    {
        await _seat.DisposeAsync();
        await _screen.DisposeAsync();
    }

    [Fact]
    public async Task A_condition_is_made_of_rows()
    {
        await ClickAsync(Show("gate"), "[data-add=when]");
        Assert.Equal("""{"all":[{"left":"p","op":"equals","right":""}]}""", Setting("gate", "when")); // the nearest step, until another is chosen
        var form = Show("gate");
        await TypeAsync(form, "[data-setting=condition-left]", "p");
        form = Show("gate");
        await form.Find("[data-setting=condition-op]").ChangeAsync(new() { Value = "greaterThan" });
        form = Show("gate");
        await TypeAsync(form, "[data-setting=condition-right]", "3");
        Assert.Equal("""{"all":[{"left":"p","op":"greaterThan","right":3}]}""", Setting("gate", "when"));
        form = Show("gate");
        await form.Find("[data-setting=condition-op]").ChangeAsync(new() { Value = "shorter" });
        Assert.Equal("""{"all":[{"left":"p.size","op":"lessThan","right":3}]}""", Setting("gate", "when"));
        Assert.Equal("shorter", Show("gate").Find("[data-setting=condition-op] option[selected]").GetAttribute("value"));
        await ClickAsync(Show("gate"), "[data-add=when]");
        await Show("gate").Find("select[aria-label='How many must hold']").ChangeAsync(new() { Value = "any" });
        Assert.StartsWith("""{"any":[""", Setting("gate", "when"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"any":[{"left":"a.b","op":"in","right":["x","y"]},{"left":"c","op":"isEmpty"}]}""", true)]
    [InlineData("""{"all":[{"left":"c","op":"lessThan","right":2.5}]}""", true)]
    [InlineData("""{"all":[{"any":[{"left":"c","op":"isEmpty"}]}]}""", false)]
    [InlineData("""{"all":[],"any":[]}""", false)]
    [InlineData("""{"all":[{"left":"c","op":"likes","right":1}]}""", false)]
    public void A_condition_that_is_a_table_loses_nothing_in_it(string condition, bool isTable)
    {
        var given = JsonNode.Parse(condition);
        Assert.Equal(isTable, ConditionRows.IsTable(given));
        if (!isTable) return;
        var (all, rows) = ConditionRows.Read(given);
        Assert.Equal(given!.ToJsonString(), ConditionRows.Write(all, rows, Nothing)!.ToJsonString());
    }

    [Fact]
    public void A_number_is_compared_with_a_number_where_the_left_side_was_one()
    {
        var known = new Values(new Dictionary<string, JsonElement> { ["n"] = JsonSerializer.SerializeToElement(4), ["t"] = JsonSerializer.SerializeToElement("4") });
        Assert.Equal("""{"all":[{"left":"n","op":"equals","right":4},{"left":"t","op":"equals","right":"4"}]}""", ConditionRows.Write(true, [new("n", "equals", "4"), new("t", "equals", "4")], known)!.ToJsonString());
    }

    [Theory]
    [InlineData("", "shorter", "300", " is shorter than 300 characters")]
    [InlineData("draft", "longer", "5", "draft is longer than 5 characters")]
    [InlineData("triage.urgency", "greaterOrEqual", "0.7", "triage.urgency is at least 0.7")]
    [InlineData("draft", "isEmpty", "", "draft is empty")]
    public void What_was_chosen_stays_chosen_whatever_is_filled_in_first(string left, string op, string right, string said)
    {
        var row = new ConditionRow(left, op, right);
        Assert.Equal([row], ConditionRows.Read(ConditionRows.Write(true, [row], Nothing)).Rows);
        Assert.Equal(said, ConditionRows.Say(row));
    }

    [Fact]
    public async Task Reviewers_are_chosen_among_those_who_may_review()
    {
        await Show("gate").Find("select[aria-label='Add to People']").ChangeAsync(new() { Value = "rita@example.org" });
        Assert.Equal("""{"people":["rita@example.org"]}""", Setting("gate", "reviewers"));
        var form = Show("gate");
        Assert.DoesNotContain("rita@example.org", form.Find("select[aria-label='Add to People']").InnerHtml, StringComparison.Ordinal);
        await ClickAsync(form, "[aria-label='Remove rita@example.org']");
        Assert.Equal("{}", Setting("gate", "reviewers"));
    }

    [Fact]
    public async Task A_model_is_chosen_with_its_price_in_sight()
    {
        var form = Show("p");
        Assert.Contains("stub/m · $1.25 in, $10.00 out", form.Find("select[data-setting=model]").TextContent, StringComparison.Ordinal);
        await form.Find("select[data-setting=model]").ChangeAsync(new() { Value = "stub/free" });
        Assert.Equal("\"stub/free\"", Setting("p", "model"));
        Assert.Contains("per million tokens", Show("p").Find("[data-price]").TextContent + form.Find("[data-price]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_duration_is_a_number_and_a_unit()
    {
        var form = Show("pause");
        Assert.Equal("10", form.Find("[data-setting=for]").GetAttribute("value"));
        await form.Find("select[aria-label='Unit of For']").ChangeAsync(new() { Value = "D" });
        Assert.Equal("\"P10D\"", Setting("pause", "for"));
        form = Show("pause");
        await TypeAsync(form, "[data-setting=for]", "ten");
        Assert.Contains("A whole number", form.Find(".error").TextContent, StringComparison.Ordinal);
        Assert.Equal("\"P10D\"", Setting("pause", "for"));
    }

    [Fact]
    public async Task A_prompt_is_shown_as_it_would_be_sent_with_its_tokens_and_price()
    {
        var form = Show("p", new Trial(new Dictionary<string, KnownOutput> { ["input"] = Known(new { text = new string('a', 400_000) }) }, new Dictionary<string, KnownOutput> { ["input"] = Known(new { text = "hello" }) }));
        Assert.Contains("≈ 3 tokens", form.Markup, StringComparison.Ordinal);
        await ClickAsync(form, "[data-action=preview]");
        Assert.Contains("Say hello", form.Find("[data-preview]").TextContent, StringComparison.Ordinal);
        var unknown = Show("p");
        await ClickAsync(unknown, "[data-action=preview]");
        Assert.Contains("Nothing is known of input.text yet", unknown.Find("[data-preview]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_of_a_step_that_is_not_connected_connects_it()
    {
        var form = Show("p");
        await ClickAsync(form, "[data-setting-of=Prompt] [data-action=insert]");
        Assert.Equal(["input.text", "beside"], form.FindAll("[data-insert]").Select(x => x.GetAttribute("data-insert")!).Where(x => !x.StartsWith("run.", StringComparison.Ordinal)));
        await ClickAsync(form, "[data-insert=beside]");
        Assert.Contains(_seat.Graph.Edges, x => x is { From: "beside", To: "p" });
    }

    [Fact]
    public async Task What_a_node_gave_is_shown_and_pinned_and_parts_are_tried()
    {
        var (tried, pinned) = (new List<(string, bool)>(), new List<(string Node, KnownOutput? Output)>());
        var last = new Dictionary<string, KnownOutput> { ["p"] = Known("answered") };
        var form = _screen.Show<Inspector>(_screen.Ana, x => x.Add(y => y.Seat, _seat).Add(y => y.Node, "p").Add(y => y.Trial, new Trial(last, new Dictionary<string, KnownOutput>())).Add(y => y.OnTry, tried.Add).Add(y => y.OnPin, pinned.Add));
        Assert.Contains("answered", form.Find("[data-last-output]").TextContent, StringComparison.Ordinal);
        await ClickAsync(form, "[data-action=try-node]");
        await ClickAsync(form, "[data-action=try-from]");
        await ClickAsync(form, "[data-action=pin]");
        Assert.Equal([("p", true), ("p", false)], tried);
        Assert.Equal(("p", "answered"), (pinned[0].Node, pinned[0].Output!.Output.GetString()));
        Assert.Empty(Show("input").FindAll("[data-trial]"));
    }

    private static Values Nothing { get; } = new(new Dictionary<string, JsonElement>());

    private static KnownOutput Known(object value) => new(JsonSerializer.SerializeToElement(value), null);

    private IRenderedComponent<Inspector> Show(string node, Trial? trial = null) => _screen.Show<Inspector>(_screen.Ana, x => x.Add(y => y.Seat, _seat).Add(y => y.Node, node).Add(y => y.Choices, Choices).Add(y => y.Trial, trial ?? Trial.Nothing));

    private static Task ClickAsync(IRenderedComponent<Inspector> form, string selector) => form.Find(selector).ClickAsync(new Microsoft.AspNetCore.Components.Web.MouseEventArgs());

    private static async Task TypeAsync(IRenderedComponent<Inspector> form, string selector, string text)
    {
        await form.Find(selector).FocusAsync();
        await form.Find(selector).InputAsync(text);
        await form.Find(selector).BlurAsync();
    }

    private string? Setting(string node, string name) => _seat.Graph.Nodes.Single(x => x.Id == node).Settings.TryGetProperty(name, out var value) ? JsonNode.Parse(value.GetRawText())!.ToJsonString() : null;
}
