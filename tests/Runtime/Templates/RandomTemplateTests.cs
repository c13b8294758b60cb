using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Templates;

public sealed class RandomTemplateTests
{
    private const string Data = """
        { "a": { "a": [1, 2, { "a": "deep" }], "b": "text", "x": null, "size": 3 },
          "b": [{ "a": 1, "x": "one" }, { "a": 2, "b": null }], "c": "letters", "d": 4.5, "x": { "b": { "a": "y" } } }
        """;

    /// <summary>Set to try more templates than a commit needs.</summary>
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("TEMPLATE_ROUNDS"), out var rounds) ? rounds : 30;

    [Property(MaxTest = 100)]
    public void No_template_crashes_or_hangs(int seed)
    {
        for (var i = 0; i < Rounds; i++)
        {
            var random = new RandomTemplate(unchecked(seed * 31 + i));
            foreach (var source in new[] { random.Scrap(), random.Damaged(), random.WellFormed() })
            {
                var clock = Stopwatch.StartNew();
                Outcome(source, Of(JsonNode.Parse(Data)!));
                Assert.True(clock.ElapsedMilliseconds < 20_000, source);
            }
        }
    }

    [Property(MaxTest = 100)]
    public void Rendering_asks_only_for_names_that_the_reads_have(int seed)
    {
        for (var i = 0; i < Rounds; i++)
        {
            var source = new RandomTemplate(unchecked(seed * 31 + i)).WellFormed();
            var recording = new Recording(Of(JsonNode.Parse(Data)!));
            Outcome(source, recording);
            var reads = Template.Parse(source).Reads.Select(r => r.Path.Name).ToHashSet();
            Assert.True(recording.Asked.IsSubsetOf(reads), $"{source}\nasked for {string.Join(' ', recording.Asked)}, reads {string.Join(' ', reads)}");
        }
    }

    [Property(MaxTest = 100)]
    public void What_the_reads_do_not_name_makes_no_difference(int seed)
    {
        for (var i = 0; i < Rounds; i++)
        {
            var source = new RandomTemplate(unchecked(seed * 31 + i)).WellFormed();
            var reads = Template.Parse(source).Reads.Select(r => r.Path).ToList();
            var marked = JsonNode.Parse(Data)!;
            Mark(marked, reads.Select(p => (p.Name, p.Segments)).ToList());
            Assert.True(Outcome(source, Of(JsonNode.Parse(Data)!)) == Outcome(source, Of(marked)), $"{source}\nreads {string.Join(' ', reads)}");
        }
    }

    [Property(MaxTest = 100)]
    public void Where_only_values_that_may_be_missing_are_missing_no_missing_value_of_the_outside_is_an_error(int seed)
    {
        for (var i = 0; i < Rounds; i++)
        {
            var source = new RandomTemplate(unchecked(seed * 31 + i)).WellFormed();
            var template = Template.Parse(source);
            if (template.Reads.Any(r => !r.MayBeMissing)) continue;
            var outcome = Outcome(source, new Values(new Dictionary<string, JsonElement>()));
            if (outcome.StartsWith("missing_value at ", StringComparison.Ordinal) && template.Assigns.Count == 0 && !source.Contains("{% for", StringComparison.Ordinal))
                Assert.DoesNotContain(template.Reads, r => outcome == $"missing_value at {r.Line},{r.Column} of {r.Path}");
        }
    }

    private static string Outcome(string source, IValues values)
    {
        try
        {
            return Template.Parse(source).Render(values, TemplateLimits.Default with { Time = TimeSpan.FromSeconds(5), Steps = 50_000 }, CancellationToken.None);
        }
        catch (TemplateSyntaxException error)
        {
            return error.Code;
        }
        catch (TemplateRenderException error)
        {
            return $"{error.Code} at {error.Line},{error.Column} of {error.Expression}";
        }
    }

    private static Values Of(JsonNode data) =>
        new(JsonSerializer.SerializeToElement(data).EnumerateObject().ToDictionary(f => f.Name, f => f.Value));

    /// <summary>Changes every part of an object that no read names or leads through.</summary>
    private static void Mark(JsonNode node, IReadOnlyList<(string Name, IReadOnlyList<PathSegment> Tail)> reads)
    {
        if (node is not JsonObject fields) return;
        foreach (var name in fields.Select(f => f.Key).ToList())
        {
            var here = reads.Where(r => r.Name == name).ToList();
            if (here.Count == 0) fields[name] = "changed";
            // A read that goes on by a plain field looks only at that field; any other looks at the whole.
            else if (fields[name] is JsonObject inner && here.All(r => r.Tail.Count > 0 && r.Tail[0].Field is not (null or "size" or "first" or "last")))
                Mark(inner, [.. here.Select(r => (r.Tail[0].Field!, (IReadOnlyList<PathSegment>)[.. r.Tail.Skip(1)]))]);
        }
    }

    private sealed class Recording(IValues values) : IValues
    {
        public HashSet<string> Asked { get; } = [];

        public bool TryGet(string name, out JsonElement value)
        {
            Asked.Add(name);
            return values.TryGet(name, out value);
        }
    }
}
