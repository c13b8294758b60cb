using System.Text.Json;

namespace PromptDesigner.Runtime.Graphs.Files;

/// <summary>One object of a pipeline file, read property by property; what is left at the end is unknown to the format.</summary>
internal sealed class GraphObject
{
    private const double FarthestPosition = 100_000;
    private readonly JsonElement _element;
    private readonly string _path;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _strays = new(StringComparer.Ordinal);

    /// <exception cref="GraphRefusedException">It is no object.</exception>
    public GraphObject(JsonElement element, string path, string called)
    {
        (_element, _path, Called) = (element, path, called);
        if (element.ValueKind != JsonValueKind.Object) throw Wrong($"{called} must be an object", path);
    }

    /// <summary>What messages call it.</summary>
    public string Called { get; set; }

    /// <summary>The property, or undefined where it is missing.</summary>
    public JsonElement Take(string property)
    {
        _taken.Add(property);
        return _element.TryGetProperty(property, out var value) ? value : default;
    }

    public string? PeekText(string property) =>
        _element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Null where it is missing or null.</summary>
    public string? Text(string property)
    {
        var value = Take(property);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => throw Wrong($"{property} of {Called} must be text", property),
        };
    }

    public string RequiredText(string property)
    {
        if (Take(property).ValueKind == JsonValueKind.Undefined) throw Wrong($"{Called} has no '{property}'", property);
        return Text(property) ?? throw Wrong($"{property} of {Called} must be text", property);
    }

    public JsonElement RequiredList(string property)
    {
        var value = Take(property);
        if (value.ValueKind == JsonValueKind.Undefined) throw Wrong($"{Called} has no '{property}'", property);
        return value.ValueKind == JsonValueKind.Array ? value : throw Wrong($"{property} must be a list", property);
    }

    public IEnumerable<JsonElement> List(string property) =>
        Take(property).ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? [] : RequiredList(property).EnumerateArray();

    public bool Flag(string property)
    {
        var value = Take(property);
        return value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw Wrong($"{property} of {Called} must be true or false", property),
        };
    }

    /// <summary>The position, brought back within ±100,000.</summary>
    public Point Point(List<string> notes)
    {
        if (Pair("position", "x", "y") is not var (x, y)) return default;
        var near = new Point(Near(x), Near(y));
        if (near.X != x || near.Y != y) notes.Add($"The position of {Called} was too far out and was brought back.");
        return near;
    }

    public Size? Size() => Pair("size", "width", "height") is var (width, height)
        ? new Size(Math.Max(0, Near(width)), Math.Max(0, Near(height)))
        : null;

    /// <summary>What nobody took.</summary>
    public IReadOnlyDictionary<string, JsonElement> Rest()
    {
        foreach (var property in _element.EnumerateObject())
            if (!_taken.Contains(property.Name)) _strays[Pointer.Escape(property.Name)] = property.Value;
        return _strays.Count == 0 ? Graph.NothingUnknown : _strays;
    }

    // Adding zero turns -0 into 0, which would otherwise be written differently.
    private static double Near(double value) => Math.Clamp(value, -FarthestPosition, FarthestPosition) + 0.0;

    private (double First, double Second)? Pair(string property, string first, string second)
    {
        var value = Take(property);
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Object) throw Wrong($"{property} of {Called} must be an object with {first} and {second}", property);
        foreach (var part in value.EnumerateObject())
            if (part.Name != first && part.Name != second) _strays[$"{property}/{Pointer.Escape(part.Name)}"] = part.Value;
        return (Number(value, property, first), Number(value, property, second));
    }

    private double Number(JsonElement pair, string property, string part)
    {
        if (!pair.TryGetProperty(part, out var value)) return 0;
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong($"{property} {part} of {Called} must be a number", $"{property}/{part}");
    }

    private GraphRefusedException Wrong(string message, string at)
    {
        var sentence = $"{char.ToUpperInvariant(message[0])}{message[1..]}.";
        return new GraphRefusedException("unreadable", sentence, path: at == _path ? _path : $"{_path}/{at}");
    }
}
