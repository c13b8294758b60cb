using System.Text;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.Pipelines.Differences;

namespace PromptDesigner.Runtime.Tests.Pipelines;

/// <summary>What people see of the way from one version to another.</summary>
public sealed class GraphDifferenceTests
{
    private static readonly Graph Before = Read("""
        { "schemaVersion": 1, "name": "Triage", "nodes": [
            { "id": "input", "kind": "input", "settings": { "fields": [{ "name": "text", "type": "text" }] } },
            { "id": "each", "kind": "forEach", "position": { "x": 1, "y": 1 }, "settings": { "items": "input.text", "result": "inner" } },
            { "id": "inner", "kind": "text", "parent": "each", "settings": { "template": "{{ item }}" } },
            { "id": "draft", "kind": "prompt", "position": { "x": 9, "y": 9 }, "settings": { "prompt": "Answer {{ input.text }}", "temperature": 0.2, "output": { "format": "json", "schema": { "type": "object" } } } } ],
          "edges": [{ "from": "input", "to": "draft" }, { "from": "input", "to": "each" }], "notes": [{ "id": "n", "text": "Mind the tone" }] }
        """);

    [Fact]
    public void A_place_is_no_difference()
    {
        var moved = Before with { Nodes = [.. Before.Nodes.Select(x => x with { Position = new Point(x.Position.X + 40, 7), Size = new Size(900, 400) })], Edges = [.. Before.Edges.Select(x => x with { Id = "other" })] };
        Assert.Equal(0, GraphDifference.Of(Before, moved).Count);
    }

    [Fact]
    public void Each_setting_is_called_by_its_label_with_both_texts()
    {
        var after = Read("""
            { "schemaVersion": 1, "name": "Triage of mail", "nodes": [
                { "id": "input", "kind": "input", "settings": { "fields": [{ "name": "text", "type": "text" }] } },
                { "id": "draft", "kind": "prompt", "name": "Letter", "settings": { "prompt": "Answer politely {{ input.text }}", "output": { "format": "json", "schema": { "type": "array" } } } },
                { "id": "new", "kind": "text", "settings": { "template": "x" } } ],
              "edges": [{ "from": "input", "to": "draft" }, { "from": "draft", "to": "new" }], "notes": [{ "id": "n", "text": "Mind the length" }] }
            """);
        var seen = GraphDifference.Of(Before, after);
        Assert.Equal([("draft", Change.Changed), ("new", Change.Added), ("each", Change.Removed), ("inner", Change.Removed)], seen.Nodes.Select(x => (x.Node.Id, x.Change)));
        Assert.Equal(
            [("name", "Name", "", "Letter"), ("settings/prompt", "Prompt", "Answer {{ input.text }}", "Answer politely {{ input.text }}"), ("settings/temperature", "Temperature", "0.2", ""), ("settings/output/schema", "Answer: Schema", "{\n  \"type\": \"object\"\n}", "{\n  \"type\": \"array\"\n}")],
            seen.Nodes[0].Settings.Select(x => (x.Path, x.Label, x.Before.ReplaceLineEndings("\n"), x.After.ReplaceLineEndings("\n"))));
        Assert.Equal([("draft", "new", Change.Added), ("input", "each", Change.Removed)], seen.Edges.Select(x => (x.Edge.From, x.Edge.To, x.Change)));
        Assert.Equal([("Name", "Triage", "Triage of mail"), ("Note", "Mind the tone", "Mind the length")], seen.Pipeline.Select(x => (x.Label, x.Before, x.After)));
    }

    [Fact]
    public void A_group_that_is_new_differs_in_its_fields()
    {
        var after = Before with { Nodes = [.. Before.Nodes.Select(x => x.Id == "draft" ? Read("""{ "schemaVersion": 1, "name": "x", "nodes": [{ "id": "draft", "kind": "prompt", "settings": { "prompt": "Answer {{ input.text }}", "temperature": 0.2 } }], "edges": [] }""").Nodes[0] : x)] };
        Assert.Equal(["Answer: Format", "Answer: Schema"], Assert.Single(GraphDifference.Of(Before, after).Nodes).Settings.Select(x => x.Label));
    }

    [Fact]
    public void Both_are_drawn_in_one_picture()
    {
        var after = Before with { Nodes = [.. Before.Nodes.Where(x => x.Parent is null && x.Id != "each")], Edges = [Before.Edges[0]] };
        var over = GraphDifference.Of(Before, after).Over(after);
        Assert.Equal(["input", "draft", "each", "inner"], over.Nodes.Select(x => x.Id));
        Assert.Equal(("each", 2), (over.Nodes[^1].Parent, over.Edges.Count));
    }

    private static Graph Read(string file) => ((GraphReadResult.Read)GraphReader.Read(Encoding.UTF8.GetBytes(file))).Graph;
}
