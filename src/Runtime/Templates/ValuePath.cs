using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Templates.Rendering;

namespace PromptDesigner.Runtime.Templates;

/// <summary>A path into the values of a run: a name, then fields and list indexes (<c>classify.labels[0].title</c>). Negative indexes count from the end.</summary>
public sealed record ValuePath(string Name, IReadOnlyList<PathSegment> Segments)
{
    /// <summary>Parses the bare form; false where the text is anything but one path.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ValuePath? path)
    {
        path = null;
        if (text is null) return false;
        var rest = text.AsSpan().Trim();
        if (!TakeName(ref rest, out var name)) return false;
        var segments = new List<PathSegment>();
        while (rest.Length > 0)
        {
            if (rest[0] == '.')
            {
                rest = rest[1..];
                if (!TakeName(ref rest, out var field)) return false;
                segments.Add(new PathSegment(field, null));
            }
            else if (rest[0] == '[')
            {
                var close = rest.IndexOf(']');
                if (close < 0) return false;
                var inside = rest[1..close].Trim();
                if (int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
                    segments.Add(new PathSegment(null, index));
                else if (inside.Length >= 2 && inside[0] is '"' or '\'' && inside[^1] == inside[0])
                    segments.Add(new PathSegment(inside[1..^1].ToString(), null));
                else return false;
                rest = rest[(close + 1)..];
            }
            else return false;
        }
        path = new ValuePath(name, segments);
        return true;
    }

    /// <summary>
    /// True with the value that the path leads to; false where a part of it is missing. As in templates, <c>size</c> counts a list, a text
    /// or an object without a field of that name, and <c>first</c> and <c>last</c> are items of a list.
    /// </summary>
    public bool TryResolve(IValues values, out JsonElement value)
    {
        if (!values.TryGet(Name, out value)) return false;
        foreach (var segment in Segments)
        {
            if (segment.Field is { } field)
            {
                if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field, out var member)) value = member;
                else if (!TryGetOfAll(value, field, out value)) return false;
            }
            else
            {
                if (value.ValueKind != JsonValueKind.Array) return false;
                var length = value.GetArrayLength();
                var index = segment.Index!.Value < 0 ? length + segment.Index.Value : segment.Index.Value;
                if (index < 0 || index >= length) return false;
                value = value[index];
            }
        }
        return true;
    }

    /// <summary>The bare form, which <see cref="TryParse"/> reads back.</summary>
    public override string ToString()
    {
        if (Segments.Count == 0) return Name;
        var text = new StringBuilder(Name);
        foreach (var segment in Segments)
        {
            if (segment.Index is { } index) text.Append('[').Append(index.ToString(CultureInfo.InvariantCulture)).Append(']');
            else if (IsName(segment.Field!)) text.Append('.').Append(segment.Field);
            else text.Append("['").Append(segment.Field).Append("']");
        }
        return text.ToString();
    }

    private static bool TryGetOfAll(JsonElement whole, string field, out JsonElement value)
    {
        value = default;
        var count = whole.ValueKind switch
        {
            JsonValueKind.Array => whole.GetArrayLength(),
            JsonValueKind.Object => whole.GetPropertyCount(),
            JsonValueKind.String => Characters.Count(JsonText.Of(whole)),
            _ => -1,
        };
        if (field == "size" && count >= 0) value = JsonSerializer.SerializeToElement(count);
        else if (whole.ValueKind == JsonValueKind.Array && count > 0 && field is "first" or "last") value = whole[field == "first" ? 0 : count - 1];
        else return false;
        return true;
    }

    private static bool TakeName(ref ReadOnlySpan<char> rest, out string name)
    {
        var length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is '_' or '-')) length++;
        name = rest[..length].ToString();
        rest = rest[length..];
        return length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_');
    }

    private static bool IsName(string field)
    {
        var rest = field.AsSpan();
        return TakeName(ref rest, out _) && rest.Length == 0;
    }
}

/// <summary>One step of a path: a field's name or a list's index, never both.</summary>
public readonly record struct PathSegment(string? Field, int? Index);
