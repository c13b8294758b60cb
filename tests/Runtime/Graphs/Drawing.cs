using System.Text.Json.Nodes;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Tests.Graphs;

/// <summary>A graph written in two lines. Nodes: <c>[-][container/]id:kind[?setting=value&amp;…]</c>, where <c>-</c> stands for disabled and <c>_</c> in a value for a space; edges as in <see cref="WrongPipeline"/>. There are <c>start</c> and, connected to it, <c>done</c>.</summary>
internal static class Drawing
{
    public static Graph Of(string nodes, string edges) => PipelineFile.Graph(WrongPipeline.Of(
        string.Join(", ", nodes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Node)).Replace("'", "`", StringComparison.Ordinal).Replace('"', '\''), $"start-done, {edges}"));

    private static string Node(string text)
    {
        var head = text.Split('?')[0];
        var options = text.Split('?').Skip(1).SelectMany(x => x.Split('&')).Select(x => x.Split('=', 2)).ToDictionary(x => x[0], x => x.Length > 1 ? x[1].Replace('_', ' ') : "");
        var isDisabled = head.StartsWith('-');
        var (path, kind) = head.TrimStart('-').Split(':') is [var name, var word] ? (name, word) : throw new ArgumentException(text);
        var settings = kind switch
        {
            "gate" => new JsonObject { ["subject"] = "x" },
            "mail" => new JsonObject { ["to"] = "a@example.org", ["subject"] = "S", ["text"] = "x" },
            "text" => new JsonObject { ["template"] = "x" },
            "prompt" => new JsonObject { ["prompt"] = "x" },
            "classify" => new JsonObject { ["text"] = "x", ["routes"] = new JsonArray(new JsonObject { ["port"] = "a" }) },
            "fields" => new JsonObject { ["fields"] = new JsonArray(new JsonObject { ["name"] = "a", ["value"] = options.GetValueOrDefault("value", "x") }) },
            "validate" => new JsonObject { ["checks"] = new JsonArray(new JsonObject { ["type"] = "minLength", ["length"] = 1 }) },
            "switch" => new JsonObject { ["cases"] = new JsonArray(new JsonObject { ["port"] = "x", ["when"] = When("start.n") }) },
            "each" => new JsonObject { ["items"] = "start.list" },
            "repeat" => new JsonObject { ["until"] = When("start.n") },
            _ => throw new ArgumentException(kind),
        };
        foreach (var (setting, value) in options.Where(x => kind != "fields" || x.Key != "value"))
            settings[setting] = setting switch
            {
                "when" => When("start.n"),
                "sample" or "dueInMinutes" => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture),
                "editable" => value == "true",
                "parts" => null,
                _ => value,
            };
        if (settings.Remove("parts")) settings["subject"] = new JsonObject { ["a"] = options["parts"], ["b"] = "x" };
        var node = new JsonObject
        {
            ["id"] = path.Split('/')[^1],
            ["kind"] = kind switch { "gate" => "approval", "mail" => "email", "each" => "forEach", _ => kind },
            ["settings"] = settings,
        };
        if (path.Contains('/', StringComparison.Ordinal)) node["parent"] = path.Split('/')[0];
        if (isDisabled) node["disabled"] = true;
        return node.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static JsonObject When(string left) => new() { ["all"] = new JsonArray(new JsonObject { ["left"] = left, ["op"] = "equals", ["right"] = 1 }) };
}
