using System.Text.Json;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Templates;

public sealed class EvaluateTests
{
    private const string Data = """{ "a": { "n": 1.50, "big": 123456789012345678901, "t": "x", "l": [1, "2", { "k": null }], "none": null, "yes": true } }""";

    [Theory]
    [InlineData("{{ a.n }}", "1.50")]
    [InlineData("{{ a.big }}", "123456789012345678901")]
    [InlineData("{{ a.big | default: 1 }}", "123456789012345678901")]
    [InlineData("{{ a.t }}", "\"x\"")]
    [InlineData("{{ a.l }}", "[1, \"2\", { \"k\": null }]")]
    [InlineData("{{ a.yes }}", "true")]
    [InlineData("{{ a.l | reverse }}", "[{\"k\":null},\"2\",1]")]
    [InlineData("{{ a.l | size }}", "3")]
    [InlineData("{{ a.l.size }}", "3")]
    [InlineData("{{ (1..3) }}", "[1,2,3]")]
    [InlineData("{{ a.none | default: 'd' }}", "\"d\"")]
    [InlineData("{{ a.n }} ", "\"1.5 \"")]
    [InlineData("n {{ a.n }}", "\"n 1.5\"")]
    public void One_output_alone_keeps_its_type(string source, string json)
    {
        Assert.Equal(json, Template.Parse(source).Evaluate(Of(Data), TemplateLimits.Default, CancellationToken.None).GetRawText());
    }

    [Theory]
    [InlineData("{{ a.none }}")]
    [InlineData("{{ a.nope }}")]
    [InlineData("{{ nope }}")]
    public void Null_and_missing_are_errors_here_too(string source)
    {
        var error = Assert.Throws<TemplateRenderException>(() => Template.Parse(source).Evaluate(Of(Data), TemplateLimits.Default, CancellationToken.None));
        Assert.Equal("missing_value", error.Code);
    }

    [Theory]
    [InlineData("a.l[2]", "{ \"k\": null }")]
    [InlineData("a.l.first", "1")]
    [InlineData("a.l.size", "3")]
    [InlineData("a.t.size", "1")]
    [InlineData("a.l[-1].k", "null")]
    [InlineData("a.l[3]", null)]
    [InlineData("a.t.first.x", null)]
    [InlineData("a.n.size", null)]
    public void A_bare_path_resolves_as_a_template_would(string path, string? json)
    {
        Assert.True(ValuePath.TryParse(path, out var parsed));
        Assert.Equal(json is not null, parsed.TryResolve(Of(Data), out var value));
        if (json is not null) Assert.Equal(json, value.GetRawText());
    }

    [Fact]
    public void Settings_are_evaluated_part_by_part()
    {
        using var setting = JsonDocument.Parse("""{ "x": "{{ a.l[0] }}", "y": ["{{ a.t }}!", 5, null], "{{ a.t }}": true }""");
        var made = ValueExpression.Evaluate(setting.RootElement, Of(Data), TemplateLimits.Default, CancellationToken.None);
        Assert.Equal("""{"x":1,"y":["x!",5,null],"{{ a.t }}":true}""", made.GetRawText());
    }

    private static Values Of(string json) => new(JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(f => f.Name, f => f.Value));
}
