using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Templates;

public sealed class TemplateReadTests
{
    /// <summary>A question mark marks a read that may be missing.</summary>
    [Theory]
    [InlineData("plain", "")]
    [InlineData("{{ a.b[0]['c d'] }}", "a.b[0]['c d']")]
    [InlineData("{{ a | append: b | default: c }}", "a? b? c")]
    [InlineData("{{ a | default: b | default: '' }}", "a? b?")]
    [InlineData("{% if a.b == c and d %}{{ e }}{% elsif f %}{% else %}{{ g }}{% endif %}", "a.b? c? d? e f? g")]
    [InlineData("{% case a %}{% when b, 'x' %}{{ c }}{% endcase %}", "a? b? c")]
    [InlineData("{% for r in reviews limit: n %}{{ r.text }}{{ forloop.index }}{{ other }}{% else %}{{ r }}{% endfor %}", "reviews n other r")]
    [InlineData("{% for i in (a..b) %}{{ i }}{% endfor %}{{ i }}", "a b i")]
    [InlineData("{% assign t = ticket %}{{ t.text }}{{ t.nothing }}", "ticket")]
    [InlineData("{% capture c %}{{ a }}{% endcapture %}{{ c }}", "a")]
    [InlineData("{{ x }}{% assign x = 1 %}{{ x }}", "x")]
    [InlineData("{% if a %}{% assign x = 1 %}{% endif %}{{ x }}", "a? x")]
    [InlineData("{% if a %}{% assign x = 1 %}{% else %}{% assign x = 2 %}{% endif %}{{ x }}", "a?")]
    [InlineData("{% case a %}{% when 1 %}{% assign x = 1 %}{% else %}{% assign x = 2 %}{% endcase %}{{ x }}", "a?")]
    [InlineData("{% case a %}{% when 1 %}{% assign x = 1 %}{% endcase %}{{ x }}", "a? x")]
    [InlineData("{% for i in l %}{% assign x = i %}{% endfor %}{{ x }}", "l x")]
    [InlineData("{% if a %}{{ a }}{{ a.b }}{% endif %}", "a? a? a.b")]
    [InlineData("{% if a.b and c %}{{ a }}{{ a.b }}{{ c }}{% endif %}{{ c }}", "a.b? c? a? a.b? c? c")]
    [InlineData("{% if a or b %}{{ a }}{% endif %}", "a? b? a")]
    [InlineData("{% unless a %}{{ a }}{% endunless %}", "a? a")]
    [InlineData("{% if false %}{{ a }}{% else %}{{ b }}{% endif %}", "b")]
    [InlineData("{% if a %}{% else %}{% elsif b %}{{ c }}{% endif %}", "a?")]
    [InlineData("{% for i in l %}{% break %}{{ a }}{% endfor %}{{ b }}", "l b")]
    [InlineData("{% for i in l %}{% if c %}{% assign x = 1 %}{% else %}{% break %}{% endif %}{{ x }}{% endfor %}", "l c?")]
    [InlineData("{% break %}{{ a }}", "")]
    [InlineData("{% comment %}{{ a }}{% endcomment %}{% raw %}{{ b }}{% endraw %}", "")]
    [InlineData("{{ a[b.c].d }}", "b.c a")]
    [InlineData("{% if a[b] %}{% endif %}", "b? a?")]
    [InlineData("{{ list | where: 'x', wanted | map: 'y' }}", "list wanted")]
    public void Reads_are_what_rendering_may_read_from_outside(string source, string expected)
    {
        var reads = Template.Parse(source).Reads.Select(r => $"{r.Path}{(r.MayBeMissing ? "?" : "")}");
        Assert.Equal(expected, string.Join(' ', reads));
    }

    [Fact]
    public void A_read_knows_its_place()
    {
        var read = Template.Parse("a\n  {{ ticket.text }}").Reads.Single();
        Assert.Equal((2, 6), (read.Line, read.Column));
    }

    [Fact]
    public void Assigns_are_named_once()
    {
        Assert.Equal(["a", "b"], Template.Parse("{% assign a = 1 %}{% capture b %}{% endcapture %}{% assign a = 2 %}").Assigns);
    }

    [Theory]
    [InlineData("{{ ticket.text }}", "ticket.text")]
    [InlineData("{{- a['b c'][-1] -}}", "a['b c'][-1]")]
    [InlineData("{{ a | upcase }}", null)]
    [InlineData(" {{ a }}", null)]
    [InlineData("{{ a }}{{ b }}", null)]
    [InlineData("{{ a[b] }}", null)]
    [InlineData("{{ 'a' }}", null)]
    [InlineData("{{ true }}", null)]
    public void A_lone_path_is_one_output_and_nothing_else(string source, string? path)
    {
        Assert.Equal(path, Template.Parse(source).LonePath?.ToString());
    }
}
