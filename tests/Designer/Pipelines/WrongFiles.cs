using System.Globalization;
using System.Text;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>A pipeline file that is refused, or is a draft with a problem.</summary>
/// <param name="Rule">What is wrong, as a sentence.</param>
/// <param name="Body">Makes the bytes.</param>
/// <param name="Code">The refusal's or the problem's code.</param>
/// <param name="Names">What the answer must name: a path, a node, a number.</param>
public sealed record WrongFile(string Rule, Func<byte[]> Body, string Code, string Names)
{
    private const string Start = """{"id":"start","kind":"input","settings":{"fields":[{"name":"text","type":"text","required":true}]}}""";
    private const string End = """{"id":"done","kind":"output","settings":{"fields":[{"name":"result","value":"{{ x }}"}]}}""";

    /// <summary>Files that cannot be read: stored nowhere.</summary>
    public static IReadOnlyList<WrongFile> Refused { get; } =
    [
        Text("The body is empty", "", "not_json", "empty"),
        Text("The body is HTML", "<html></html>", "not_json", "Line 1"),
        Text("The body ends in the middle", """{"schemaVersion":1,"name":"P","nodes":[""", "not_json", "ends in the middle"),
        Text("The body has a comment", """{"schemaVersion":1,/* no */"name":"P","nodes":[],"edges":[]}""", "not_json", "Line 1"),
        Text("The body has a trailing comma", """{"schemaVersion":1,"name":"P","nodes":[],"edges":[],}""", "not_json", "Line 1"),
        Text("A position is NaN", """{"schemaVersion":1,"name":"P","nodes":[{"id":"a","kind":"text","position":{"x":NaN,"y":0}}],"edges":[]}""", "not_json", "Line 1"),
        Text("A position is infinite", """{"schemaVersion":1,"name":"P","nodes":[{"id":"a","kind":"text","position":{"x":1e400,"y":0}}],"edges":[]}""", "unreadable", "too large"),
        new("The bytes are no UTF-8", () => [.. "{\"schemaVersion\":1,\"name\":\""u8, 0xFF, 0xFE, 0xC3, 0x28, .. "\",\"nodes\":[],\"edges\":[]}"u8], "not_json", "UTF-8"),
        Text("A text has half a surrogate pair", """{"schemaVersion":1,"name":"\uD800","nodes":[],"edges":[]}""", "unreadable", "broken character"),
        Text("A key is given twice", """{"schemaVersion":1,"name":"P","name":"Q","nodes":[],"edges":[]}""", "unreadable", "given twice"),
        Text("The body is a list", "[]", "unreadable", "object"),
        Text("The body is null", "null", "unreadable", "object"),
        Text("The version is missing", """{"name":"P","nodes":[],"edges":[]}""", "unreadable", "/schemaVersion"),
        Text("The version is a text", """{"schemaVersion":"1","name":"P","nodes":[],"edges":[]}""", "unreadable", "/schemaVersion"),
        Text("The version is newer", """{"schemaVersion":99,"name":"P","nodes":[],"edges":[]}""", "newer_schema", "format 99"),
        Text("The nodes are an object", """{"schemaVersion":1,"name":"P","nodes":{},"edges":[]}""", "unreadable", "/nodes"),
        Text("The name is a number", """{"schemaVersion":1,"name":5,"nodes":[],"edges":[]}""", "unreadable", "/name"),
        Text("A node has no kind", """{"schemaVersion":1,"name":"P","nodes":[{"id":"a"}],"edges":[]}""", "unreadable", "/nodes/0"),
        Text("A position is a text", """{"schemaVersion":1,"name":"P","nodes":[{"id":"a","kind":"text","position":{"x":"left","y":0}}],"edges":[]}""", "unreadable", "/nodes/0/position"),
        Text("An edge leads nowhere", """{"schemaVersion":1,"name":"P","nodes":[],"edges":[{"from":"a"}]}""", "unreadable", "/edges/0"),
        new("It has 10,000 nodes", () => Bytes(Whole(string.Join(',', Enumerable.Range(0, 10_000).Select(x => string.Create(CultureInfo.InvariantCulture, $$$"""{"id":"n{{{x}}}","kind":"text"}"""))), "")), "limit", "10,002"),
        new("It is nested 5,000 levels deep", () => Bytes(Whole(Node("x", $$$"""{"template":{{{new string('[', 5_000)}}}{{{new string(']', 5_000)}}}}""", "text"), "")), "unreadable", "nested"),
        new("It has 5.5 MB", () => Bytes(Whole(Node("x", $$$"""{"template":"{{{new string('x', 5_600_000)}}}"}""", "text"), "")), "too_large", "5 MB"),
        new("A prompt has 30 MB", () => Bytes(Whole(Node("x", $$$"""{"prompt":"{{{new string('x', 30_000_000)}}}"}"""), "")), "too_large", "MB"),
    ];

    /// <summary>Files that can be read but are wrong: a draft that is never published and never run.</summary>
    public static IReadOnlyList<WrongFile> Drafts { get; } =
    [
        Text("It has no nodes", """{"schemaVersion":1,"name":"P","nodes":[],"edges":[]}""", "one_input", "/nodes"),
        Draft("A setting is unknown", """{"prompt":"a","pasword":"b"}""", "unknown_setting", "/nodes/1/settings/pasword"),
        Draft("A setting has a wrong type", """{"prompt":"a","temperature":"hot"}""", "wrong_type", "/nodes/1/settings/temperature"),
        Draft("A setting is out of range", """{"prompt":"a","temperature":9}""", "setting_range", "/nodes/1/settings/temperature"),
        Draft("A setting is missing", "{}", "setting_missing", "\"node\":\"x\""),
        Draft("A template is not closed", """{"prompt":"Hello {{ start.text"}""", "template_syntax", "/nodes/1/settings/prompt"),
        Draft("A template uses an unknown filter", """{"prompt":"{{ start.text | system: 'id' }}"}""", "template_syntax", "/nodes/1/settings/prompt"),
        Draft("A template opens 50,000 blocks", $$$"""{"prompt":"{{{string.Concat(Enumerable.Repeat("{% if a %}", 19_000))}}}"}""", "template", "/nodes/1/settings/prompt"),
        Draft("A template is longer than 200,000 characters", $$$"""{"prompt":"{{{new string('x', 200_001)}}}"}""", "limit", "200,000"),
        Draft("A template reads what nobody gives", """{"prompt":"{{ custmer }}"}""", "unknown_reference", "custmer"),
        Draft("A schema has a remote reference", """{"prompt":"a","output":{"format":"json","schema":{"$ref":"http://169.254.169.254/x"}}}""", "schema_unsupported", "/nodes/1/settings/output/schema"),
        Draft("A schema has an endless pattern", """{"prompt":"a","output":{"format":"json","schema":{"type":"string","pattern":"(?<a>x)\\k<a>(?=y)"}}}""", "schema", "/nodes/1/settings/output/schema"),
        Draft("A schema calls itself without end", """{"prompt":"a","output":{"format":"json","schema":{"$ref":"#"}}}""", "schema_unsupported", "/nodes/1/settings/output/schema"),
        Draft("A check's pattern cannot be read", """{"value":"{{ start.text }}","checks":[{"type":"pattern","pattern":"["}]}""", "pattern_invalid", "/nodes/1/settings/checks/0/pattern", "validate"),
        Draft("A kind is a type of .NET", "{}", "unknown_kind", "System.Diagnostics.Process", "System.Diagnostics.Process, System"),
        Draft("A key looks like a secret", """{"prompt":"a","headers":{"Authorization":"Bearer sk-abcdefghijklmnopqrstuvwxyz123456"}}""", "unknown_setting", "\"node\":\"x\""),
        Draft("A reviewer is nobody here", """{"subject":"{{ start.text }}","reviewers":{"people":["otheradministrator@example.org"]}}""", "no_reviewer", "\"node\":\"x\"", "approval"),
        Text("Two nodes have one id", Whole(Node("x", """{"prompt":"a"}""") + "," + Node("x", """{"prompt":"b"}"""), Through), "duplicate_id", "x"),
        Text("An id is taken by templates", Whole(Node("run", """{"prompt":"a"}"""), Through.Replace("\"x\"", "\"run\"", StringComparison.Ordinal)), "reserved_id", "run"),
        Text("An id is no name", Whole(Node("__proto__", """{"prompt":"a"}"""), Through.Replace("\"x\"", "\"__proto__\"", StringComparison.Ordinal)), "bad_id", "__proto__"),
        Text("The nodes form a loop", Whole(Node("x", """{"prompt":"a"}"""), Through + """,{"from":"x","to":"x"}"""), "cycle", "x"),
        Text("An edge leads to nobody", Whole(Node("x", """{"prompt":"a"}"""), Through + """,{"from":"x","to":"n7"}"""), "edge_node", "n7"),
        Text("An edge leaves a port that is not there", Whole(Node("x", """{"prompt":"a"}"""), Through + """,{"from":"x","fromPort":"refund","to":"done"}"""), "edge_port", "refund"),
        Text("A property is unknown", Whole(Node("x", """{"prompt":"a"}"""), Through).Replace("\"name\":\"P\"", "\"name\":\"P\",\"tenantId\":2", StringComparison.Ordinal), "unknown_property", "/tenantId"),
    ];

    private const string Through = """{"from":"start","to":"x"},{"from":"x","to":"done"}""";

    /// <summary>A file with an input, an output and these.</summary>
    public static string Whole(string nodes, string edges) => $$$"""{"schemaVersion":1,"name":"P","nodes":[{{{Start}}},{{{nodes}}},{{{End}}}],"edges":[{{{edges}}}]}""";

    private static string Node(string id, string settings, string kind = "prompt") => $$$"""{"id":"{{{id}}}","kind":"{{{kind}}}","settings":{{{settings}}}}""";

    private static WrongFile Text(string rule, string body, string code, string names) => new(rule, () => Bytes(body), code, names);

    private static WrongFile Draft(string rule, string settings, string code, string names, string kind = "prompt") => Text(rule, Whole(Node("x", settings, kind), Through), code, names);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
