using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Graphs.Files;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Tests.Graphs;

public sealed class HostileFileTests
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e300", "\"\"", "\"x\"", "\"{{ nobody.at[0].all }}\"", "\"{% for\"", "\"start\"", "\"a.b\"", "[]", "{}", "[[[]]]", "{\"all\":[{\"left\":\"start.n\",\"op\":\"in\",\"right\":[]}]}",
        "{\"$ref\":\"#\"}", "{\"$ref\":\"#/x/y\"}", "{\"anyOf\":[{\"$ref\":\"#\"}]}", "\"[\"", "\"error\"", "\"forEach\"", "{\"people\":[null]}", "[null,1,{}]", "\"__proto__\"", "\"sk-abcdefghijklmnopqrstuvwxyz\"",
    ];

    private static readonly List<string> Files = [.. WrongPipeline.All.Select(row => row.Json), File.ReadAllText(PipelineFile.Beside("support-triage.json"))];

    [Property(MaxTest = 1_000)]
    public Property Whatever_stands_where_it_does_not_belong_is_read_or_refused_and_every_fix_fits() => Prop.ForAll(Gen.Choose(0, 1_000_000).ArrayOf(9).ToArbitrary(), numbers =>
    {
        var document = JsonNode.Parse(Files[numbers[0] % Files.Count])!;
        for (var change = 0; change < 1 + numbers[1] % 3; change++) Change(document, numbers[2 + change * 2], numbers[3 + change * 2]);
        if (GraphReader.Read(Encoding.UTF8.GetBytes(document.ToJsonString())) is not GraphReadResult.Read read) return true;
        var problems = GraphCheck.Check(read.Graph, NodeCatalog.Standard, GraphFacts.None);
        foreach (var problem in problems.Where(problem => problem.Fix is not null).Take(5))
        {
            var left = GraphCheck.Check(GraphPatch.Apply(read.Graph, problem.Fix!.Patch), NodeCatalog.Standard, GraphFacts.None);
            int Same(IReadOnlyList<Problem> all) => all.Count(one => one.Code == problem.Code && one.Message == problem.Message);
            Assert.True(Same(left) < Same(problems), $"{problem} stays in {document.ToJsonString()}");
        }
        return GraphWriter.Write(read.Graph).Length > 0;
    });

    [Property(MaxTest = 1_000)]
    public Property A_file_with_broken_bytes_is_read_or_refused() => Prop.ForAll(Gen.Choose(0, 1_000_000).ArrayOf(6).ToArbitrary(), numbers =>
    {
        var bytes = Encoding.UTF8.GetBytes(Files[numbers[0] % Files.Count]);
        for (var change = 1; change < 5; change++) bytes[numbers[change] % bytes.Length] = (byte)(numbers[change] / 251);
        var result = GraphReader.Read(bytes.AsMemory(0, numbers[5] % 3 == 0 ? numbers[5] % bytes.Length : bytes.Length));
        return result is not GraphReadResult.Refused refused || refused.Message.Length > 0 && refused.Code is "not_json" or "unreadable" or "newer_schema";
    });

    /// <summary>Replaces a part chosen by one number with a value chosen by another, or moves it under another name.</summary>
    private static void Change(JsonNode document, int place, int value)
    {
        var parts = new List<JsonNode>();
        Collect(document, parts);
        if (parts.Count == 0) return;
        var part = parts[place % parts.Count];
        var made = JsonNode.Parse(Values[value % Values.Length]);
        if (part.Parent is JsonArray list) list[part.GetElementIndex()] = made;
        else if (part.Parent is JsonObject fields)
        {
            var name = part.GetPropertyName();
            if (value % 5 == 0 && fields.Remove(name)) fields[$"{name}s"] = made;
            else fields[name] = made;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> parts)
    {
        if (node?.Parent is not null) parts.Add(node);
        if (node is JsonArray list) foreach (var part in list) Collect(part, parts);
        if (node is JsonObject fields) foreach (var field in fields) Collect(field.Value, parts);
    }
}
