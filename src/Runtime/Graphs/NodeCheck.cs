using System.Text.Json;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Graphs;

/// <summary>What a node kind sees of the document while it checks its own settings, and where it says what it found.</summary>
public sealed class NodeCheck
{
    /// <summary>The document.</summary>
    public required Graph Graph { get; init; }

    /// <summary>The node that is checked.</summary>
    public required GraphNode Node { get; init; }

    /// <summary>Takes a finding.</summary>
    public required Action<Problem> Report { get; init; }

    /// <summary>The document's edges and scopes.</summary>
    public required GraphIndex Index { get; init; }

    /// <summary>What is known about models and people.</summary>
    public GraphFacts Facts { get; init; } = GraphFacts.None;

    /// <summary>How messages call the node.</summary>
    public string Called => Names.Of(Node);

    /// <summary>The JSON pointer of a setting, or of a part of it.</summary>
    public required Func<string, string> PathOf { get; init; }

    /// <summary>Reports an error at a setting; <paramref name="setting"/> is a pointer below <c>settings</c> without its first slash.</summary>
    public void Error(string code, string setting, string message, ProblemFix? fix = null) =>
        Report(new Problem(code, false, PathOf(setting), Node.Id, message, fix));

    /// <summary>Reports names that are given twice or that nobody could read; <paramref name="list"/> is the setting, <paramref name="property"/> where an entry has its name.</summary>
    public void FieldNames(string list, string property, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, name) in names.Index())
        {
            if (string.IsNullOrWhiteSpace(name)) continue;
            var at = $"{list}/{index}/{property}";
            if (!Names.IsField(name)) Error("bad_name", at, $"'{name}' in {Called} cannot be used: names may contain letters, digits and _, must start with a letter, and have at most 64 characters.");
            else if (!seen.Add(name)) Error("bad_name", at, $"{Called} has two fields called '{name}'.");
        }
    }

    /// <summary>Reports port names that are given twice, cannot be read, or are <paramref name="taken"/>.</summary>
    public void PortNames(string list, IEnumerable<string> ports, params string[] taken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, port) in ports.Index())
        {
            if (string.IsNullOrWhiteSpace(port)) continue;
            var at = $"{list}/{index}/port";
            if (taken.Contains(port)) Error("setting_range", at, $"{Called} always has a port '{port}'; call this one differently.");
            else if (port.Length > 64 || Names.Invisible(port) is not null || port != port.Trim()) Error("setting_range", at, $"A port of {Called} needs a name of at most 64 visible characters, without spaces around it.");
            else if (!seen.Add(port)) Error("setting_range", at, $"{Called} has two ports called '{port}'.");
        }
    }

    /// <summary>True where the setting stands in the document.</summary>
    public bool Has(string setting) => Node.Settings.ValueKind == JsonValueKind.Object
        && Node.Settings.TryGetProperty(setting, out var value) && value.ValueKind is not JsonValueKind.Null;
}
