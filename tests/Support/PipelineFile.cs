using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Support;

/// <summary>Builds pipeline files for tests and benchmarks.</summary>
public sealed class PipelineFile
{
    private readonly JsonArray _nodes = [];
    private readonly JsonArray _edges = [];

    private PipelineFile(string name) => Name = name;

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>An empty file.</summary>
    public static PipelineFile Named(string name) => new(name);

    /// <summary>A chain: an input <c>input</c> with the field <c>text</c>, prompts <c>p1</c>, <c>p2</c>, …, each reading the one before, and an output <c>out</c>.</summary>
    public static PipelineFile Chain(int prompts, string model, string before = "")
    {
        var file = Named($"Chain of {prompts}").Input("text");
        for (var i = 1; i <= prompts; i++)
            file.Node("p" + Number(i), "prompt", new { prompt = $"{before}Step {i}: {{{{ {(i == 1 ? "input.text" : "p" + Number(i - 1))} }}}}", model }).Edge(i == 1 ? "input" : "p" + Number(i - 1), "p" + Number(i));
        return file.Output("answer", $"{{{{ p{prompts} }}}}").Edge("p" + Number(prompts), "out");
    }

    /// <summary>Adds the input node <c>input</c> with required texts.</summary>
    public PipelineFile Input(params string[] fields) =>
        Node("input", "input", new { fields = fields.Select(x => new { name = x, type = "text", required = true }).ToArray() });

    /// <summary>Adds the input node <c>input</c> with one required list.</summary>
    public PipelineFile ListInput(string field) => Node("input", "input", new { fields = new[] { new { name = field, type = "list", required = true } } });

    /// <summary>Adds the output node <c>out</c> with one field.</summary>
    public PipelineFile Output(string field, string value) => Node("out", "output", new { fields = new[] { new { name = field, value } } });

    /// <summary>Adds a node.</summary>
    public PipelineFile Node(string id, string kind, object settings, string? parent = null)
    {
        var node = new JsonObject { ["id"] = id, ["kind"] = kind, ["settings"] = JsonSerializer.SerializeToNode(settings) };
        if (parent is not null) node["parent"] = parent;
        _nodes.Add(node);
        return this;
    }

    /// <summary>Adds an edge.</summary>
    public PipelineFile Edge(string from, string to, string port = "out")
    {
        _edges.Add(new JsonObject { ["from"] = from, ["fromPort"] = port, ["to"] = to });
        return this;
    }

    /// <summary>The file's text.</summary>
    public override string ToString() =>
        new JsonObject { ["schemaVersion"] = 1, ["name"] = Name, ["nodes"] = _nodes.DeepClone(), ["edges"] = _edges.DeepClone() }.ToJsonString();

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes() => System.Text.Encoding.UTF8.GetBytes(ToString());

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
