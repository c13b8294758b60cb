using System.Text.Json;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Templates;

public sealed class TemplateErrorTests
{
    [Theory]
    [InlineData("Hello {{ name", 1, 7, "'{{' is not closed")]
    [InlineData("a\nb {% if x %}c", 2, 3, "{% if %} is not closed. Close it with {% endif %}.")]
    [InlineData("a\r\n{% endif %}", 2, 1, "{% endif %} closes nothing")]
    [InlineData("{% if x %}\n{% endfor %}", 2, 1, "{% if %} of line 1 is still open")]
    [InlineData("{{ a | upcas }}", 1, 8, "Did you mean 'upcase'?")]
    [InlineData("{% iff x %}", 1, 1, "Did you mean 'if'?")]
    [InlineData("{% include 'x' %}", 1, 1, "left out")]
    [InlineData("{% if a = 1 %}{% endif %}", 1, 9, "Write '=='")]
    [InlineData("{{ a b }}", 1, 6, "'}}' is expected here, not 'b'")]
    [InlineData("{{ a | split }}", 1, 8, "'split' takes 1 argument, not 0")]
    [InlineData("{{ 'a }}", 1, 4, "not closed")]
    [InlineData("Answer as {{\"a\": 1}}", 1, 16, "'}}' is expected")]
    [InlineData("Answer as {{ {\"a\": 1} }}", 1, 11, "{% raw %}")]
    [InlineData("{{ [x] }}", 1, 4, "must be written out")]
    [InlineData("{% else %}", 1, 1, "outside of any block")]
    [InlineData("{{ a | default: x: 1 }}", 1, 17, "no argument named 'x'")]
    public void A_mistake_is_refused_with_its_place_and_a_remedy(string source, int line, int column, string part)
    {
        var error = Assert.Throws<TemplateSyntaxException>(() => Template.Parse(source));
        Assert.Equal("template_syntax", error.Code);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.StartsWith($"Line {line}, col {column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ ticket.emial }}", "ticket.emial", 4, "Did you mean 'email'?")]
    [InlineData("Hi {{ nobody }}", "nobody", 7, "default")]
    [InlineData("{{ nobody.name }}", "nobody.name", 4, "there is no 'nobody'")]
    [InlineData("{{ ticket.tags[5] }}", "ticket.tags[5]", 4, "the list has 2 items")]
    [InlineData("{{ ticket.text.x }}", "ticket.text.x", 4, "text, no object")]
    [InlineData("{{ ticket.none }}", "ticket.none", 4, "is null here")]
    [InlineData("{{ ticket.empty | first }}", "ticket.empty | first", 4, "is null here")]
    [InlineData("{{ 'x' | append: nobody | upcase }}", "nobody", 18, "default")]
    [InlineData("{% for t in ticket.tags %}{{ t.name }}{% endfor %}", "t.name", 30, "text, no object")]
    [InlineData("{{ 4 | divided_by: ticket.zero }}", "4 | divided_by: ticket.zero", 4, "divided by 0")]
    public void A_missing_value_is_named_with_its_place(string source, string expression, int column, string part)
    {
        using var json = JsonDocument.Parse("""{ "ticket": { "text": "t", "email": "e", "tags": ["a", "b"], "none": null, "empty": [], "zero": 0 } }""");
        var values = new Values(json.RootElement.EnumerateObject().ToDictionary(f => f.Name, f => f.Value));
        var error = Assert.Throws<TemplateRenderException>(() => Template.Parse(source).Render(values, TemplateLimits.Default, CancellationToken.None));
        Assert.Equal("missing_value", error.Code);
        Assert.Equal(expression, error.Expression);
        Assert.Equal((1, column), (error.Line, error.Column));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
