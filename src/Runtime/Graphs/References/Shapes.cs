using System.Text.Json;
using PromptDesigner.Runtime.Graphs.Checks;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Nodes.ForEach;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>What the outputs of a document's nodes look like, as far as their settings tell; also through gates and containers.</summary>
internal sealed class Shapes(Draft draft)
{
    // A gate that shows what a gate shows, and so on: beyond this anything may come.
    private const int MostSteps = 100;

    private static readonly Shape Error = Shape.Parse("""{ "type": "object", "properties": { "error": { "type": "object", "properties": { "code": { "type": "string" }, "message": { "type": "string" } } } } }""");
    private static readonly Shape Rejected = Shape.Parse("""{ "type": "object", "properties": { "rejected": { "type": "object", "properties": { "comment": { "type": "string" } } } } }""");
    private static readonly Shape Run = Shape.Parse("""{ "type": "object", "properties": { "id": { "type": "string" }, "startedAt": { "type": "string" }, "account": { "type": "string" }, "slot": { "type": "string" }, "previousSlot": { "type": "string" } } }""");

    private readonly Dictionary<int, Shape?> _known = [];
    private readonly Dictionary<int, Shape?> _items = [];
    private readonly HashSet<int> _asked = [];
    private readonly HashSet<int> _withGates = WithGates(draft);
    private int _steps;

    /// <summary>The shape of a node's output.</summary>
    public Shape? Of(int node)
    {
        if (_known.TryGetValue(node, out var known)) return known;
        // Asked again while it is being found out: a node that reads itself through others, which is reported elsewhere.
        if (!_asked.Add(node) || draft.Bound[node] is not { } bound) return null;
        return _known[node] = Outcomes(node, bound, bound.Kind.Node.ShapeFrom(bound.Settings) is { } source ? From(node, bound, source) : Shape.Of(bound.Kind.Node.ShapeOf(bound.Settings)));
    }

    /// <summary>The shape of a name that the place gives: <c>item</c>, <c>run</c>, ….</summary>
    public Shape? OfPlace(int node, string name, bool inside) => name switch
    {
        "run" => Run,
        "index" or "attempt" => Shape.Number,
        "feedback" => Shape.Text,
        "item" => Item(node, inside),
        _ => null,
    };

    /// <summary>The values that the path can have where they are counted.</summary>
    public List<JsonElement>? Choices(int reader, ValuePath path) => Shape.Choices(Of(reader, path, inside: false));

    private Shape? Of(int reader, ValuePath path, bool inside)
    {
        if (_steps >= MostSteps) return null;
        _steps++;
        var at = draft.Index.PlaceNames(reader, inside).Contains(path.Name) ? OfPlace(reader, path.Name, inside)
            : draft.Index.PositionOf(path.Name) is >= 0 and var node ? Of(node)
            : null;
        _steps--;
        var ignored = new HashSet<string>();
        foreach (var segment in path.Segments)
            if (!Shape.Step(at, segment, out at, ignored)) return null;
        return at;
    }

    private Shape? Item(int node, bool inside)
    {
        for (var container = inside ? node : draft.Index.ParentOf(node); container >= 0; container = draft.Index.ParentOf(container))
        {
            if (draft.Bound[container]?.Settings is not ForEachSettings settings) continue;
            if (_items.TryGetValue(container, out var known)) return known;
            var list = settings.Items is { } items ? FromSetting(container, items, inside: false) : null;
            return _items[container] = Shape.Step(list, new PathSegment(null, 0), out var item, new HashSet<string>()) ? item : null;
        }
        return null;
    }

    private Shape? From(int node, BoundNode bound, ShapeSource source)
    {
        var one = FromSetting(node, source.Setting, source.Inside);
        if (!source.Many) return one;
        var entries = new List<Shape?> { one };
        if (bound.Settings is ForEachSettings { OnItemError: OnItemError.Collect }) entries.Add(Error);
        if (_withGates.Contains(node)) entries.Add(Rejected);
        return new Shape.Many(entries.Count == 1 ? one : new Shape.Either(entries));
    }

    private Shape? FromSetting(int reader, JsonElement setting, bool inside)
    {
        if (setting.ValueKind != JsonValueKind.String) return null;
        var text = setting.GetString()!;
        if (ValuePath.TryParse(text, out var bare) && (inside || draft.Index.PositionOf(bare.Name) >= 0 || draft.Index.PlaceNames(reader, inside).Contains(bare.Name)))
            return Of(reader, bare, inside);
        try
        {
            return TemplateCache.Get(text).LonePath is { } lone ? Of(reader, lone, inside) : null;
        }
        catch (TemplateSyntaxException)
        {
            return null; // Reported where the readings are collected.
        }
    }

    private Shape? Outcomes(int node, BoundNode bound, Shape? done)
    {
        if (done is null) return null;
        var more = new List<Shape?>();
        if (bound.Ports.Contains("error")) more.Add(Error);
        if (bound.Kind.Kind == "approval" && draft.Index.OutOf(node).Any(edge => draft.Graph.Edges[edge].FromPort == "rejected")) more.Add(Rejected);
        return more.Count == 0 ? done : new Shape.Either([done, .. more]);
    }

    /// <summary>The containers in which, at any depth, an approval lies.</summary>
    private static HashSet<int> WithGates(Draft draft)
    {
        var found = new HashSet<int>();
        for (var node = 0; node < draft.Graph.Nodes.Count; node++)
        {
            if (draft.Graph.Nodes[node].Kind != "approval") continue;
            for (var container = draft.Index.ParentOf(node); container >= 0 && found.Add(container);) container = draft.Index.ParentOf(container);
        }
        return found;
    }
}
