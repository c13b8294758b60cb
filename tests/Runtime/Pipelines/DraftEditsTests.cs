using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.Pipelines.Drafts;

namespace PromptDesigner.Runtime.Tests.Pipelines;

/// <summary>Edits of a draft: whole or not at all, the same made twice, and taken back.</summary>
public sealed class DraftEditsTests
{
    private const string File = """
        { "schemaVersion": 1, "name": "Edited", "description": "Before",
          "nodes": [
            { "id": "input", "kind": "input", "position": { "x": 0, "y": 0 }, "settings": { "fields": [{ "name": "list", "type": "list" }, { "name": "text", "type": "text" }] } },
            { "id": "draft", "kind": "prompt", "name": "Draft", "position": { "x": 200, "y": 0 }, "settings": { "system": "about draft", "prompt": "{{ input.text }}", "model": "default" } },
            { "id": "draft_two", "kind": "prompt", "position": { "x": 400, "y": 0 }, "settings": { "prompt": "draft {{- draft -}} 'draft' {{ input.text | default: 'draft' }}\n{% if draft contains 'draft' %}{{ draft | upcase }}{% endif %}" } },
            { "id": "gate", "kind": "approval", "position": { "x": 600, "y": 0 }, "settings": { "subject": "draft", "revise": "draft", "when": { "all": [{ "left": "draft", "op": "contains", "right": "draft" }] } } },
            { "id": "each", "kind": "forEach", "position": { "x": 200, "y": 300 }, "size": { "width": 400, "height": 200 }, "settings": { "items": "input.list", "result": "inner" } },
            { "id": "inner", "kind": "text", "parent": "each", "position": { "x": 40, "y": 60 }, "settings": { "template": "{{ item }} {{ draft }}" } },
            { "id": "output", "kind": "output", "position": { "x": 900, "y": 0 }, "settings": { "fields": [{ "name": "sent", "value": "{{ gate }}" }, { "name": "raw", "value": "draft" }, { "name": "many", "value": { "a": ["{{ draft }}"] } }] } }
          ],
          "edges": [
            { "from": "input", "to": "draft" }, { "from": "draft", "to": "draft_two" }, { "from": "draft_two", "to": "gate" }, { "from": "gate", "fromPort": "approved", "to": "output" },
            { "from": "draft", "to": "each" }, { "from": "each", "to": "output" }
          ],
          "notes": [{ "id": "note1", "text": "Read me", "position": { "x": 5, "y": 5 } }] }
        """;

    private static Graph Start => ((GraphReadResult.Read)GraphReader.Read(Encoding.UTF8.GetBytes(File))).Graph;

    private static readonly DraftOperation[] Operations =
    [
        new AddNode(Json(new { id = "added", kind = "text", position = new { x = 1, y = 2 }, settings = new { template = "x" } })),
        new AddNode(Json(new { id = "again", kind = "text", position = new { x = 9, y = 2 }, size = new { width = 10, height = 10 }, disabled = false, settings = new { } })),
        new AddEdge(new DraftEdge("draft", "output")), new AddEdge(new DraftEdge("gate", "output", "approved")), new AddEdge(new DraftEdge("gate", "draft_two", "rejected")),
        new AddNote(Json(new { id = "note2", text = "Hello", position = new { x = 1, y = 1 } })),
        new Remove(["draft"]), new Remove(["each"]), new Remove(null, [new DraftEdge("input", "draft")]), new Remove(null, null, ["note1"]), new Remove(["nobody"], [new DraftEdge("a", "b")], ["none"]),
        new Place([new Placed("draft", 17.5, -8), new Placed("note1", 3, 4, 200, 100), new Placed("nobody", 0, 0)]), new Place([new Placed("inner", 700, 400, Parent: "")]), new Place([new Placed("gate", 10, 10, Parent: "each")]), new Place([new Placed("each", 1, 2, 700, 500)]),
        new SetSetting("draft", "settings/prompt", Json("Other {{ input.text }}")), new SetSetting("draft", "settings/output/schema", Json(new { type = "object" })), new SetSetting("draft", "settings/system"), new SetSetting("draft", "name", Json("New name")),
        new SetSetting("draft", "name"), new SetSetting("draft", "disabled", Json(true)), new SetSetting("note1", "text", Json("Changed")), new SetSetting("nobody", "name", Json("x")), new SetSetting("output", "settings", Json(new { fields = Array.Empty<object>() })),
        new SetGraph("Renamed"), new SetGraph(null, ""), new SetGraph("Both", "Said"),
        new Rename("draft", "letter"), new Rename("each", "list"), new Rename("inner", "within"),
        new Place([new Placed("each", 200, 300, Width: 640)]), new Place([new Placed("note1", 5, 5, Height: 90)]),
    ];

    public static TheoryData<int> Each => [.. Enumerable.Range(0, Operations.Length)];

    [Theory]
    [MemberData(nameof(Each))]
    public void Twice_is_once_and_the_inverse_takes_it_back(int operation) => Judge([Operations[operation]]);

    [Fact]
    public void Random_edits_are_taken_back_one_after_the_other()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var (graph, back) = (Start, new Stack<IReadOnlyList<DraftOperation>>());
            for (var i = 0; i < 8; i++)
            {
                var tried = DraftEdits.Apply(graph, [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Operations[random.Next(Operations.Length)])]);
                if (tried.Refusal is not null) continue; // a rename of what is gone, or to an id that is taken
                var made = tried.Value!;
                back.Push(made.Inverse);
                graph = made.Graph;
            }
            foreach (var inverse in back) graph = Done(graph, inverse).Graph;
            Assert.Equal((seed, Sorted(Start)), (seed, Sorted(graph)));
        }
    }

    [Fact]
    public void A_new_id_is_read_everywhere_and_nothing_else_is_touched()
    {
        var renamed = Done(Start, [new Rename("draft", "letter")]);
        Judge([new Rename("draft", "letter")]);
        var file = Text(renamed.Graph);
        Assert.Equal("", string.Join('\n', file.Split('\n').Except(Text(Start).Split('\n')).Where(x => !x.Contains("letter", StringComparison.Ordinal))));
        var by = renamed.Graph.Nodes.ToDictionary(x => x.Id);
        Assert.False(by.ContainsKey("draft"));
        Assert.Equal("about draft", by["letter"].Settings.GetProperty("system").GetString());
        Assert.Equal("draft {{- letter -}} 'draft' {{ input.text | default: 'draft' }}\n{% if letter contains 'draft' %}{{ letter | upcase }}{% endif %}", by["draft_two"].Settings.GetProperty("prompt").GetString());
        Assert.Equal(("letter", "letter"), (by["gate"].Settings.GetProperty("subject").GetString(), by["gate"].Settings.GetProperty("revise").GetString()));
        Assert.Equal(("letter", "draft"), (by["gate"].Settings.GetProperty("when").GetProperty("all")[0].GetProperty("left").GetString(), by["gate"].Settings.GetProperty("when").GetProperty("all")[0].GetProperty("right").GetString()));
        Assert.Equal("{{ item }} {{ letter }}", by["inner"].Settings.GetProperty("template").GetString());
        Assert.Equal("""[{"name":"sent","value":"{{ gate }}"},{"name":"raw","value":"letter"},{"name":"many","value":{"a":["{{ letter }}"]}}]""", JsonSerializer.Serialize(by["output"].Settings.GetProperty("fields"), new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(3, renamed.Graph.Edges.Count(x => x.From == "letter" || x.To == "letter"));
    }

    [Fact]
    public void What_lives_in_a_container_follows_its_new_id() => Assert.Equal("list", Done(Start, [new Rename("each", "list")]).Graph.Nodes.Single(x => x.Id == "inner").Parent);

    [Fact]
    public void Taking_back_a_container_s_new_id_keeps_what_lives_in_it_and_what_others_wrote_meanwhile()
    {
        var renamed = Done(Start, [new Rename("each", "list")]);
        var meanwhile = Done(renamed.Graph, [new SetSetting("list", "name", Json("For each")), new SetSetting("inner", "name", Json("Within"))]).Graph;
        var back = Done(meanwhile, renamed.Inverse).Graph;
        Assert.Equal(("For each", "Within", "each"), (back.Nodes.Single(x => x.Id == "each").Name, back.Nodes.Single(x => x.Id == "inner").Name, back.Nodes.Single(x => x.Id == "inner").Parent));
    }

    [Fact]
    public void Taking_back_a_new_container_leaves_what_was_moved_into_it()
    {
        var made = Done(Start, [new AddNode(Json(new { id = "box", kind = "forEach", position = new { x = 1, y = 2 }, settings = new { items = "input.list", result = "draft" } })), new Place([new Placed("draft", 40, 60, Parent: "box")])]);
        Assert.Equal("box", made.Graph.Nodes.Single(x => x.Id == "draft").Parent);
        Assert.Equal(Sorted(Start), Sorted(Done(made.Graph, made.Inverse).Graph));
    }

    [Fact]
    public void A_width_alone_leaves_the_height() =>
        Assert.Equal((640d, 200d), (Done(Start, [new Place([new Placed("each", 200, 300, Width: 640)])]).Graph.Nodes.Single(x => x.Id == "each").Size is { } size ? (size.Width, size.Height) : default));

    [Theory]
    [InlineData("input")]
    [InlineData("Draft")]
    [InlineData("item")]
    [InlineData("")]
    [InlineData("a b")]
    public void A_wrong_id_is_refused_and_the_edit_with_it(string to)
    {
        var made = DraftEdits.Apply(Start, [new SetGraph("Half"), new Rename("draft", to)]);
        Assert.Equal("edit_invalid", made.Refusal?.Code);
    }

    [Fact]
    public void An_id_that_a_text_uses_for_something_else_is_refused()
    {
        var graph = Done(Start, [new SetSetting("draft_two", "settings/prompt", Json("{% for letter in input.list %}{{ letter }} {{ draft }}{% endfor %}"))]).Graph;
        Assert.Equal("edit_invalid", DraftEdits.Apply(graph, [new Rename("draft", "letter")]).Refusal?.Code);
        Assert.Null(DraftEdits.Apply(graph, [new Rename("draft", "other")]).Refusal);
    }

    [Fact]
    public void A_fix_that_no_longer_fits_is_refused() =>
        Assert.Equal("edit_invalid", DraftEdits.Apply(Start, [new Patch([new JsonObject { ["op"] = "remove", ["path"] = "/nodes/99" }])]).Refusal?.Code);

    [Theory]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("[null]")]
    [InlineData("[7]")]
    [InlineData("""[{ "op": "explode" }]""")]
    [InlineData("""[{ "op": "place" }]""")]
    [InlineData("""[{ "op": "set", "id": 7, "path": "name" }]""")]
    [InlineData("""[{ "op": "addNode" }]""")]
    public void What_is_no_edit_is_refused(string text) => Assert.NotNull(DraftOperation.Read(JsonDocument.Parse(text).RootElement).Refusal);

    [Theory]
    [InlineData("""[{ "op": "addNode", "node": 7 }]""")]
    [InlineData("""[{ "op": "addNode", "node": { "id": "draft", "kind": "text", "position": { "x": 1, "y": 1 } } }]""")]
    [InlineData("""[{ "op": "addNote", "note": { "id": "note1", "text": "Another", "position": { "x": 5, "y": 5 } } }]""")]
    [InlineData("""[{ "op": "addNode", "node": { "id": "x" } }]""")]
    [InlineData("""[{ "op": "addNode", "node": { "id": "x", "kind": "text", "parent": 7 } }, { "op": "remove", "nodes": ["draft"] }]""")]
    [InlineData("""[{ "op": "addNode", "node": { "id": "x", "kind": "text", "kind": "text" } }, { "op": "place", "items": [{ "id": "x", "x": 1, "y": 1 }] }]""")]
    [InlineData("""[{ "op": "patch", "patch": [null] }]""")]
    [InlineData("""[{ "op": "patch", "patch": [7] }]""")]
    [InlineData("""[{ "op": "set", "id": "draft", "path": "id", "value": "x" }]""")]
    [InlineData("""[{ "op": "set", "id": "draft", "path": "settings/prompt/deep", "value": "x" }]""")]
    [InlineData("""[{ "op": "set", "id": "draft", "path": "kind", "value": 7 }]""")]
    public void What_leads_to_no_document_is_refused(string text) => Assert.NotNull(DraftEdits.Apply(Start, DraftOperation.Read(JsonDocument.Parse(text).RootElement).Value!).Refusal);

    [Fact]
    public void The_words_of_the_browser_are_read()
    {
        var read = DraftOperation.Read(JsonDocument.Parse("""
            [{ "edge": { "from": "a", "to": "b" }, "op": "addEdge" }, { "op": "place", "items": [{ "id": "a", "x": 1, "y": 2, "parent": "" }] }, { "op": "remove", "nodes": ["a"], "edges": [], "notes": [] },
             { "op": "set", "id": "a", "path": "name", "value": "A" }, { "op": "rename", "id": "a", "to": "b" }, { "op": "graph", "name": "N" }, { "op": "patch", "patch": [] }]
            """).RootElement);
        Assert.Null(read.Refusal);
        Assert.Equal([typeof(AddEdge), typeof(Place), typeof(Remove), typeof(SetSetting), typeof(Rename), typeof(SetGraph), typeof(Patch)], read.Value!.Select(x => x.GetType()));
    }

    private static void Judge(IReadOnlyList<DraftOperation> edit)
    {
        var once = Done(Start, edit);
        var twice = Done(once.Graph, edit);
        Assert.Equal(Text(once.Graph), Text(twice.Graph));
        Assert.Empty(twice.Inverse);
        Assert.Equal(Sorted(Start), Sorted(Done(once.Graph, once.Inverse).Graph));
    }

    private static DraftEdit Done(Graph graph, IReadOnlyList<DraftOperation> edit)
    {
        var made = DraftEdits.Apply(graph, edit);
        Assert.Null(made.Refusal);
        return made.Value!;
    }

    private static string Text(Graph graph) => Encoding.UTF8.GetString(GraphWriter.Write(graph));

    /// <summary>A document in which the order of nodes, edges and notes says nothing; ids of edges are the program's own.</summary>
    private static string Sorted(Graph graph) => Text(graph with
    {
        Nodes = [.. graph.Nodes.OrderBy(x => x.Id, StringComparer.Ordinal)], Notes = [.. graph.Notes.OrderBy(x => x.Id, StringComparer.Ordinal)],
        Edges = [.. graph.Edges.Select(x => x with { Id = null }).OrderBy(x => $"{x.From}:{x.FromPort}>{x.To}:{x.ToPort}", StringComparer.Ordinal)],
    });

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);
}
