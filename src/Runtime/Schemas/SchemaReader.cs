using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Schemas;

/// <summary>Reads a schema and finds what is outside the subset; one reader for both, so that the gate and the judge cannot drift apart.</summary>
internal sealed class SchemaReader
{
    private const int LargestBytes = 64 * 1024;
    private const int Deepest = 20;
    private readonly List<SchemaFinding> findings = [];
    private readonly Dictionary<string, SchemaNode> nodes = new(StringComparer.Ordinal);

    private SchemaReader() { }

    public static (SchemaNode Root, IReadOnlyList<SchemaFinding> Findings) Read(JsonElement schema)
    {
        var reader = new SchemaReader();
        var root = new SchemaNode("");
        if (schema.ValueKind != JsonValueKind.Object)
            reader.Find("", "A schema must be an object, such as { \"type\": \"object\", \"properties\": { … } }.");
        else if (Encoding.UTF8.GetByteCount(schema.GetRawText()) is > LargestBytes and var size)
            reader.Find("", $"The schema has {size:N0} bytes; it may have {LargestBytes:N0}.");
        else
        {
            root = reader.ReadNode(schema, "", 1);
            SchemaReferences.Link(reader.nodes, reader.Find);
        }
        return (root, reader.findings);
    }

    private void Find(string pointer, string message) => findings.Add(new SchemaFinding(pointer, message));

    private SchemaNode ReadNode(JsonElement schema, string pointer, int depth)
    {
        var node = new SchemaNode(pointer);
        nodes[pointer] = node;
        if (depth > Deepest)
        {
            Find(pointer, $"Schemas may lie at most {Deepest} deep in each other. Put the inner ones into $defs.");
            return node;
        }
        switch (schema.ValueKind)
        {
            case JsonValueKind.True: return node;
            case JsonValueKind.False:
                node.IsFalse = true;
                return node;
            case JsonValueKind.Object: break;
            default:
                Find(pointer, "A schema must be an object, true or false.");
                return node;
        }
        foreach (var keyword in schema.EnumerateObject())
        {
            var name = JsonText.NameOf(keyword);
            ReadKeyword(node, name, keyword.Value, $"{pointer}/{Escape(name)}", depth);
        }
        SchemaContradictions.Find(node, Find);
        return node;
    }

    private void ReadKeyword(SchemaNode node, string name, JsonElement value, string at, int depth)
    {
        switch (name)
        {
            case "type": node.Types = ReadTypes(value, at); break;
            case "enum": node.Enum = ReadEnum(value, at); break;
            case "const": node.Const = value; break;
            case "properties": ReadMap(value, at, depth, (field, inner) => node.Properties[field] = inner); break;
            case "required": node.Required.AddRange(ReadNames(value, at)); break;
            case "additionalProperties": node.Additional = ReadNode(value, at, depth + 1); break;
            case "items":
                if (value.ValueKind == JsonValueKind.Array) Find(at, "'items' takes one schema for all items; a schema for each place is not supported.");
                else node.Items = ReadNode(value, at, depth + 1);
                break;
            case "minimum": node.Minimum = ReadNumber(value, at); break;
            case "maximum": node.Maximum = ReadNumber(value, at); break;
            case "exclusiveMinimum": node.ExclusiveMinimum = ReadNumber(value, at); break;
            case "exclusiveMaximum": node.ExclusiveMaximum = ReadNumber(value, at); break;
            case "minLength": node.MinLength = ReadCount(value, at); break;
            case "maxLength": node.MaxLength = ReadCount(value, at); break;
            case "minItems": node.MinItems = ReadCount(value, at); break;
            case "maxItems": node.MaxItems = ReadCount(value, at); break;
            case "minProperties": node.MinProperties = ReadCount(value, at); break;
            case "maxProperties": node.MaxProperties = ReadCount(value, at); break;
            case "pattern": node.Pattern = ReadPattern(value, at); break;
            case "format": node.Format = ReadString(value, at); break;
            case "allOf": ReadList(value, at, depth, node.AllOf); break;
            case "anyOf": ReadList(value, at, depth, node.AnyOf); break;
            case "oneOf": ReadList(value, at, depth, node.OneOf); break;
            case "not": node.Not = ReadNode(value, at, depth + 1); break;
            case "$ref": node.Reference = ReadReference(value, at); break;
            case "$defs": ReadMap(value, at, depth, (_, _) => { }); break;
            case "title" or "description": ReadString(value, at); break;
            case "default": break;
            default: Find(at, SchemaKeywords.Unsupported(name)); break;
        }
    }

    private SchemaTypes ReadTypes(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String) return ReadType(value, at);
        var types = SchemaTypes.None;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0) Find(at, "'type' is a type's name or a list of such names.");
        else foreach (var type in value.EnumerateArray()) types |= ReadType(type, at);
        return types;
    }

    private SchemaTypes ReadType(JsonElement value, string at)
    {
        if (SchemaKeywords.TypeOf(value) is { } type) return type;
        Find(at, $"There is no type {value.GetRawText()}; types are string, number, integer, boolean, array, object and null.");
        return SchemaTypes.None;
    }

    private JsonElement[]? ReadEnum(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0) return [.. value.EnumerateArray()];
        Find(at, "'enum' is a list of at least one value.");
        return null;
    }

    private List<string> ReadNames(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(n => n.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(JsonText.Of).Distinct(StringComparer.Ordinal)];
        Find(at, "'required' is a list of names.");
        return [];
    }

    private void ReadMap(JsonElement value, string at, int depth, Action<string, SchemaNode> add)
    {
        if (value.ValueKind != JsonValueKind.Object) Find(at, "An object with a schema for each name is expected.");
        else
        {
            foreach (var field in value.EnumerateObject())
            {
                var name = JsonText.NameOf(field);
                add(name, ReadNode(field.Value, $"{at}/{Escape(name)}", depth + 1));
            }
        }
    }

    private void ReadList(JsonElement value, string at, int depth, List<SchemaNode> into)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            Find(at, "A list of at least one schema is expected.");
            return;
        }
        foreach (var (index, item) in value.EnumerateArray().Index()) into.Add(ReadNode(item, $"{at}/{index}", depth + 1));
    }

    private JsonElement? ReadNumber(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())) return value;
        Find(at, value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? "A number is expected. (true and false were the way of an older draft: write the bound itself here.)"
            : "A number is expected.");
        return null;
    }

    private int? ReadCount(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var count) && count is >= 0 and <= int.MaxValue && count == decimal.Truncate(count)) return (int)count;
        Find(at, "A whole number from 0 is expected.");
        return null;
    }

    private string? ReadString(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.String) return JsonText.Of(value);
        Find(at, "Text is expected.");
        return null;
    }

    private SchemaPattern? ReadPattern(JsonElement value, string at)
    {
        if (ReadString(value, at) is not { } pattern) return null;
        if (SchemaPattern.TryMake(pattern, out var made, out var problem)) return made;
        Find(at, problem);
        return null;
    }

    private string? ReadReference(JsonElement value, string at)
    {
        if (ReadString(value, at) is not { } reference) return null;
        if (reference.StartsWith('#')) return reference;
        Find(at, "References to other files or addresses are not allowed. Copy what is meant into $defs and write \"#/$defs/name\".");
        return null;
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
