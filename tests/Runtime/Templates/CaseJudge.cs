using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Templates;

/// <summary>One template with its data and what it should give: a case of a case file.</summary>
public sealed record TemplateCase(string Name, string Template, JsonElement? Data, IReadOnlyList<string> Results, bool Invalid, IReadOnlyList<string> Tags)
{
    public override string ToString() => Name;
}

/// <summary>What came of a case. <paramref name="Apart"/> is the reason why a difference is meant, null where the case counts.</summary>
public sealed record Verdict(bool Passed, string? Apart, string Actual);

/// <summary>Judges case files in the format of golden-liquid: <c>{ "tests": [{ "name", "template", "data", "result" | "results" | "invalid", "tags" }] }</c>.</summary>
public static class CaseJudge
{
    // Cases about Ruby's forgiving way of parsing, which this Liquid does not have.
    private static readonly string[] Forgiving = ["unexpected when token"];

    public static List<TemplateCase> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        if (!document.RootElement.TryGetProperty("tests", out var tests)) return [];
        return [.. tests.EnumerateArray().Select(ReadCase)];
    }

    public static Verdict Judge(TemplateCase test)
    {
        string actual;
        try
        {
            var template = Template.Parse(test.Template);
            actual = template.Render(ValuesOf(test.Data), TemplateLimits.Default, CancellationToken.None);
        }
        catch (TemplateSyntaxException error)
        {
            return new Verdict(test.Invalid, test.Invalid ? null : ReasonOf(error.Message, test), $"{error.Code}: {error.Message}");
        }
        catch (TemplateRenderException error)
        {
            return new Verdict(test.Invalid, test.Invalid ? null : ReasonOf(error.Message, test), $"{error.Code}: {error.Message}");
        }
        if (!test.Invalid && test.Results.Contains(actual)) return new Verdict(true, null, actual);
        var joined = !test.Invalid && test.Results.Contains(JoinLists(actual)) ? "compact JSON where Shopify joins a list" : null;
        return new Verdict(false, joined, actual);
    }

    private static string? ReasonOf(string message, TemplateCase test)
    {
        if (message.Contains("There is no tag", StringComparison.Ordinal) || message.Contains("is left out of this Liquid", StringComparison.Ordinal)) return "a tag that is left out";
        if (message.Contains("There is no filter", StringComparison.Ordinal)) return "a filter that is left out";
        if (message.Contains("has no value here", StringComparison.Ordinal)) return "expects a missing value to be silent";
        if (message.Contains("is null here", StringComparison.Ordinal)) return "expects null to be silent";
        if (message.Contains("must be written out", StringComparison.Ordinal)) return "a name that is worked out at run time";
        if (message.Contains("Nothing stands between", StringComparison.Ordinal)) return "an empty output";
        return Forgiving.Any(name => test.Name.Contains(name, StringComparison.Ordinal)) ? "forgiving parsing" : null;
    }

    private static TemplateCase ReadCase(JsonElement test)
    {
        string[] results = test.TryGetProperty("results", out var several) ? [.. several.EnumerateArray().Select(r => r.GetString()!)]
            : test.TryGetProperty("result", out var one) ? [one.GetString()!] : [];
        return new TemplateCase(
            test.GetProperty("name").GetString()!,
            test.GetProperty("template").GetString()!,
            test.TryGetProperty("data", out var data) ? data.Clone() : null,
            results,
            test.TryGetProperty("invalid", out var invalid) && invalid.GetBoolean(),
            test.TryGetProperty("tags", out var tags) ? [.. tags.EnumerateArray().Select(t => t.GetString()!)] : []);
    }

    private static Values ValuesOf(JsonElement? data) =>
        new(data?.EnumerateObject().ToDictionary(f => f.Name, f => f.Value) ?? []);

    /// <summary>The text with each JSON list or object in it written as Ruby would.</summary>
    private static string JoinLists(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var made = new StringBuilder();
        for (var at = 0; at < bytes.Length;)
        {
            if (bytes[at] is (byte)'[' or (byte)'{' && TryReadAt(bytes.AsSpan(at), out var value, out var length))
            {
                made.Append(Joined(value));
                at += length;
                continue;
            }
            made.Append((char)bytes[at++]);
        }
        return made.ToString();
    }

    private static bool TryReadAt(ReadOnlySpan<byte> bytes, out JsonElement value, out int length)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: true, default);
        value = default;
        length = 0;
        try
        {
            if (!reader.Read() || !reader.TrySkip()) return false;
            length = (int)reader.BytesConsumed;
            value = JsonDocument.Parse(bytes[..length].ToArray()).RootElement;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Joined(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Concat(value.EnumerateArray().Select(Joined)),
        JsonValueKind.Object => "{" + string.Join(", ", value.EnumerateObject().Select(f => $"\"{f.Name}\"=>{f.Value.GetRawText()}")) + "}",
        JsonValueKind.Null => "",
        _ => value.ToString(),
    };
}
