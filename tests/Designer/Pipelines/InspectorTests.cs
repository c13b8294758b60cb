using System.Text.Json;
using System.Text.Json.Nodes;
using Bunit;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>The form of a node: what is typed is stored, what is wrong stands at its field.</summary>
public sealed class InspectorTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private DraftSeat _seat = null!;

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        var pipeline = await _screen.Host.PublishAsync(PipelineFile.Chain(2, "stub/m"));
        _seat = (await _screen.Host.Get<DraftRooms>().EnterAsync(pipeline, _screen.Ana, CancellationToken.None)).Value!;
    }

    public async Task DisposeAsync()
    {
        await _seat.DisposeAsync();
        await _screen.DisposeAsync();
    }

    [Fact]
    public async Task A_prompt_is_stored_when_it_is_left()
    {
        var form = Show("p1");
        var prompt = form.Find("[data-setting=prompt]");
        Assert.Equal(Node("p1").Settings.GetProperty("prompt").GetString(), prompt.GetAttribute("value"));
        await prompt.FocusAsync();
        var typing = prompt.InputAsync("Say it in one line: {{ input.text }}");
        await prompt.BlurAsync();
        await typing;
        Assert.Equal("Say it in one line: {{ input.text }}", Node("p1").Settings.GetProperty("prompt").GetString());
        Assert.True(_seat.CanUndo);
    }

    [Fact]
    public async Task What_is_typed_is_stored_without_leaving_and_not_overwritten_meanwhile()
    {
        var form = Show("p1");
        var typing = form.Find("[data-setting=prompt]").InputAsync("Typed");
        Assert.Null((await _seat.ApplyAsync([new SetGraph("Somebody else's")], null, CancellationToken.None)).Refusal);
        form.Render();
        Assert.Equal("Typed", form.Find("[data-setting=prompt]").GetAttribute("value"));
        await typing;
        Assert.Equal("Typed", Node("p1").Settings.GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task A_problem_stands_at_its_field()
    {
        await _seat.ApplyAsync([new SetSetting("p2", "settings/prompt", JsonSerializer.SerializeToElement("{{ nobody.text }}"))], null, CancellationToken.None);
        Assert.Contains("nobody", Show("p2").Find("[data-setting-of=Prompt] .error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_of_the_answer_becomes_the_schema()
    {
        var form = Show("p1");
        Assert.Empty(form.FindAll("[data-add=schema]")); // a text has none
        await form.Find("[data-setting=format]").ChangeAsync(new() { Value = "json" });
        form = Show("p1");
        await form.Find("[data-add=schema]").ClickAsync(new Microsoft.AspNetCore.Components.Web.MouseEventArgs());
        form = Show("p1");
        var name = form.Find("[data-setting=field-name]");
        await name.InputAsync("mood");
        await name.BlurAsync();
        var schema = JsonNode.Parse(Node("p1").Settings.GetProperty("output").GetProperty("schema").GetRawText());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{ "type": "object", "properties": { "mood": { "type": "string" } }, "required": ["mood"] }"""), schema), schema?.ToJsonString());
    }

    [Fact]
    public async Task A_new_id_is_read_by_those_who_read_it_and_a_wrong_one_is_refused_in_words()
    {
        var id = Show("p1").Find("[data-setting=id]");
        await id.InputAsync("letter");
        await id.BlurAsync();
        Assert.Contains("letter", Node("p2").Settings.GetProperty("prompt").GetString(), StringComparison.Ordinal);
        var form = Show("letter");
        await form.Find("[data-setting=id]").InputAsync("p2");
        await form.Find("[data-setting=id]").BlurAsync();
        Assert.Contains("Choose another id", form.Find("[data-setting-of=Id] .error").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_earlier_nodes_are_offered_and_no_others()
    {
        Assert.Equal(["p1", "input.text"], Offered("p2"));
        Assert.Equal(["input.text"], Offered("p1"));
    }

    [Theory]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "string", "enum": ["x", "y"], "description": "d", "maxLength": 9 }, "b": { "type": "array", "items": { "type": "string" } } }, "required": ["a"], "additionalProperties": false }""", true)]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "object" } } }""", false)]
    [InlineData("""{ "type": "array" }""", false)]
    [InlineData("""{ "anyOf": [] }""", false)]
    public void A_schema_that_is_a_table_loses_nothing_in_it(string schema, bool isTable)
    {
        var given = JsonNode.Parse(schema);
        Assert.Equal(isTable, SchemaFields.IsTable(given));
        if (!isTable) return;
        Assert.True(JsonNode.DeepEquals(given, SchemaFields.Write(given, SchemaFields.Read(given))));
    }

    [Fact]
    public async Task Fields_that_a_node_gives_are_offered_by_name()
    {
        await _seat.ApplyAsync([new SetSetting("p1", "settings/output", JsonSerializer.SerializeToElement(new { format = "json", schema = new { type = "object", properties = new { mood = new { type = "string" } } } }))], null, CancellationToken.None);
        Assert.Equal(["p1", "p1.mood", "input.text"], Offered("p2"));
    }

    [Fact]
    public async Task What_waits_for_its_moment_is_stored_when_the_form_goes_away()
    {
        var form = Show("p1");
        var typing = form.Find("[data-setting=prompt]").InputAsync("Typed and gone");
        await _screen.LeaveAsync();
        await typing;
        Assert.Equal("Typed and gone", Node("p1").Settings.GetProperty("prompt").GetString());
    }

    [Theory]
    [InlineData("temperature", "0.", "0")]
    [InlineData("schema-json", """{"type":"object","properties":{"a":{"type":"object"}}}""", null)]
    public async Task What_is_typed_stays_as_typed_until_it_is_left(string field, string text, string? stored)
    {
        if (field == "schema-json") await _seat.ApplyAsync([new SetSetting("p1", "settings/output", JsonNode.Parse("""{ "format": "json", "schema": { "type": "array" } }""").Deserialize<JsonElement>())], null, CancellationToken.None);
        var form = Show("p1");
        await form.Find($"[data-setting={field}]").FocusAsync();
        await form.Find($"[data-setting={field}]").InputAsync(text);
        form.Render();
        Assert.Equal(text, form.Find($"[data-setting={field}]").GetAttribute("value"));
        await form.Find($"[data-setting={field}]").BlurAsync();
        form.Render();
        if (stored is not null) Assert.Equal(stored, form.Find($"[data-setting={field}]").GetAttribute("value"));
        else Assert.Contains('\n', form.Find($"[data-setting={field}]").GetAttribute("value")!);
    }

    private string[] Offered(string node) => [.. InspectorContext.Of(_seat.Graph, Node(node), WorkspaceChoices.Nothing, Trial.Nothing, _ => Task.CompletedTask).Values.Where(x => x.Connects is null).Select(x => x.Path).Where(x => !x.StartsWith("run.", StringComparison.Ordinal))];

    private IRenderedComponent<Inspector> Show(string node) => _screen.Show<Inspector>(_screen.Ana, x => x.Add(y => y.Seat, _seat).Add(y => y.Node, node));

    private GraphNode Node(string id) => _seat.Graph.Nodes.Single(x => x.Id == id);
}
