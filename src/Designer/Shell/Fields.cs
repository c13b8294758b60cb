using System.Text.Json;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Shell;

/// <summary>Reads the fields of a request one by one and collects everything that is wrong; what nobody asked for is wrong too.</summary>
public sealed class Fields(JsonElement body)
{
    private readonly List<FieldError> _errors = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>A text, trimmed at neither end.</summary>
    public string? Text(string name, bool required = false, int most = 1_000)
    {
        if (Take(name, required) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) return Wrong<string>(name, "must be a text");
        var text = value.GetString()!;
        if (required && string.IsNullOrWhiteSpace(text)) return Wrong<string>(name, "must not be empty");
        return text.Length > most ? Wrong<string>(name, $"may have {most} characters at most") : text;
    }

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Take(name, false) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(x => x.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(x => x.GetString()!)]
            : Wrong<IReadOnlyList<string>>(name, "must be a list of texts");
    }

    /// <summary>True where a field is there and null: what it names is to be taken away.</summary>
    public bool IsNull(string name)
    {
        _known.Add(name);
        return body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;
    }

    /// <summary>A whole number within limits.</summary>
    public int? Number(string name, int least, int most)
    {
        if (Take(name, false) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number)) return Wrong<int?>(name, "must be a whole number");
        return number < least || number > most ? Wrong<int?>(name, $"must be from {least} to {most}") : number;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string name) => Take(name, false) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool?>(name, "must be true or false");

    /// <summary>A time in ISO 8601.</summary>
    public DateTimeOffset? Time(string name) => Take(name, false) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time.ToUniversalTime() : Wrong<DateTimeOffset?>(name, "must be a time such as 2027-01-31T12:00:00Z");

    /// <summary>One of the words of an enumeration.</summary>
    public T? Choice<T>(string name, bool required = false) where T : struct, Enum =>
        Take(name, required) is not { } value ? null
        : value.ValueKind == JsonValueKind.String && TryWord<T>(value.GetString()!, out var word) ? word : Wrong<T?>(name, $"must be one of {Words<T>()}");

    /// <summary>Several words of a flags enumeration.</summary>
    public T? Choices<T>(string name) where T : struct, Enum
    {
        if (Take(name, false) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) return Wrong<T?>(name, $"must be a list of {Words<T>()}");
        long all = 0;
        foreach (var part in value.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.String || !TryWord<T>(part.GetString()!, out var word)) return Wrong<T?>(name, $"must be a list of {Words<T>()}");
            all |= Convert.ToInt64(word, System.Globalization.CultureInfo.InvariantCulture);
        }
        return (T)Enum.ToObject(typeof(T), all);
    }

    /// <summary>Any JSON; undefined where it is absent or null.</summary>
    public JsonElement Json(string name) => Take(name, false) ?? default;

    /// <summary>Adds a finding of the caller's own.</summary>
    public void Report(string path, string message) => _errors.Add(new FieldError(path, message));

    /// <summary>Null where everything was right.</summary>
    public Refusal? Done()
    {
        foreach (var field in body.EnumerateObject())
            if (!_known.Contains(field.Name)) _errors.Add(new FieldError("/" + field.Name, $"unknown field; known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}"));
        return _errors.Count == 0 ? null : new Refusal("request_invalid", $"The request is not right: {_errors[0].Path.TrimStart('/')} {_errors[0].Message}.", _errors);
    }

    private JsonElement? Take(string name, bool required)
    {
        _known.Add(name);
        if (body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) return value;
        if (required) _errors.Add(new FieldError("/" + name, "is missing"));
        return null;
    }

    private T? Wrong<T>(string name, string message)
    {
        _errors.Add(new FieldError("/" + name, message));
        return default;
    }

    private static string Words<T>() where T : struct, Enum =>
        string.Join(", ", Enum.GetNames<T>().Where(x => x != "None").Select(x => char.ToLowerInvariant(x[0]) + x[1..]));

    /// <summary>Reads a word of an enumeration, whatever its case; its numbers and combinations are no words.</summary>
    internal static bool TryWord<T>(string word, out T value) where T : struct, Enum =>
        Enum.TryParse(word, ignoreCase: true, out value) && Array.Exists(Enum.GetNames<T>(), x => x != "None" && x.Equals(word, StringComparison.OrdinalIgnoreCase));
}
