using System.Diagnostics;
using System.Text.Json;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Templates;

public sealed class HostileTemplateTests
{
    /// <summary>Milliseconds. What these sources would take unguarded is minutes or for ever; a guarded one takes some hundred on a quiet machine, and a busy one is no defect.</summary>
    private const int Runaway = 15_000;

    private static readonly Values NoValues = new(new Dictionary<string, JsonElement>());

    public static TheoryData<string, string, string> Sources => new()
    {
        { "50,000 nested ifs", string.Concat(Enumerable.Repeat("{% if a %}", 50_000)), "template_limit" },
        { "19,000 nested ifs, short enough to be parsed", string.Concat(Enumerable.Repeat("{% if a %}", 19_000)), "template_limit" },
        { "a megabyte of braces", new string('{', 1_000_000), "template_limit" },
        { "braces up to the limit", new string('{', 200_000), "template_syntax" },
        { "openings up to the limit", string.Concat(Enumerable.Repeat("{{ ", 66_000)), "template_syntax" },
        { "tags up to the limit", string.Concat(Enumerable.Repeat("{%", 100_000)), "template_syntax" },
        { "comments that never end", string.Concat(Enumerable.Repeat("{% comment %}", 15_000)), "template_syntax" },
        { "raws that never end", "{% raw %}" + string.Concat(Enumerable.Repeat("{% endraw", 20_000)), "template_syntax" },
        { "indexes in indexes", "{{ " + string.Concat(Enumerable.Repeat("a[", 60_000)), "template_limit" },
        { "ranges in ranges", "{{ " + new string('(', 190_000), "template_limit" },
        { "quotes that never close", "{{ " + string.Concat(Enumerable.Repeat("'", 190_001)), "template_syntax" },
        { "minus signs", "{{ a" + new string('-', 190_000), "template_syntax" },
    };

    public static TheoryData<string, string> Bombs => new()
    {
        { "a loop to 1e9", "{% for i in (1..1000000000) %}x{% endfor %}" },
        { "a range of all numbers", "{% for i in (-9223372036854775807..9223372036854775807) %}x{% endfor %}" },
        { "loops in loops", "{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}{% endfor %}{% endfor %}{% endfor %}" },
        { "loops that do nothing", "{% for a in (1..900) %}{% for b in (1..900) %}{% for c in (1..900) %}{% if false %}{% endif %}{% endfor %}{% endfor %}{% endfor %}" },
        { "a text that doubles", "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}" },
        { "a capture that doubles", "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}" },
        { "a replace bomb", "{% assign a = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..20) %}{% assign a = a | replace: 'x', 'xxxxxxxxxxxxxxxx' %}{% endfor %}" },
        { "a replace of nothing", "{% assign a = 'xxxxxxxxxxxxxxxx' %}{% for i in (1..20) %}{% assign a = a | replace: '', a %}{% endfor %}" },
        { "a join bomb", "{% assign a = 'x,x,x,x,x,x,x,x' %}{% for i in (1..20) %}{% assign a = a | split: 'x' | join: a %}{% endfor %}" },
        { "a list that doubles", "{% assign a = 'a,b' | split: ',' %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}" },
        { "JSON of JSON", "{% assign a = '\"' %}{% for i in (1..60) %}{% assign a = a | json %}{% endfor %}" },
        { "escapes of escapes", "{% assign a = '&' %}{% for i in (1..99999) %}{% assign a = a | escape | escape | escape %}{% endfor %}" },
        { "a huge output", "{% for i in (1..100000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}" },
        { "sorting again and again", "{% assign a = (1..100000) | reverse %}{% for i in (1..100000) %}{% assign b = a | sort %}{% endfor %}" },
        { "searching again and again", "{% assign a = (1..1000) | join: ' ' %}{% for i in (1..900000) %}{% if a contains 'zzz' %}{% endif %}{% endfor %}" },
        { "a range in a filter", "{{ (1..9000000000) | join }}" },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_hostile_source_is_refused_at_once(string name, string source, string code)
    {
        var clock = Stopwatch.StartNew();
        var error = Assert.Throws<TemplateSyntaxException>(() => Template.Parse(source));
        Assert.Equal(code, error.Code);
        Assert.True(clock.ElapsedMilliseconds < Runaway, $"{name}: {clock.ElapsedMilliseconds} ms");
        Assert.True(error.Message.Length < 500, error.Message);
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_ends_as_a_limit_within_its_time_and_memory(string name, string source)
    {
        var template = Template.Parse(source);
        Assert.Throws<TemplateRenderException>(() => template.Render(NoValues, TemplateLimits.Default with { Steps = 10 }, CancellationToken.None));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var error = Assert.Throws<TemplateRenderException>(() => template.Render(NoValues, TemplateLimits.Default, CancellationToken.None));
        Assert.Equal("template_limit", error.Code);
        Assert.True(clock.ElapsedMilliseconds < Runaway, $"{name}: {clock.ElapsedMilliseconds} ms");
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000_000;
        Assert.True(allocated < 120, $"{name}: {allocated} MB allocated in all");
    }

    [Fact]
    public void Cancelling_stops_a_rendering()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var template = Template.Parse("{% for i in (1..100000) %}x{% endfor %}");
        Assert.ThrowsAny<OperationCanceledException>(() => template.Render(NoValues, TemplateLimits.Default, cancel.Token));
    }

    [Fact]
    public void A_hundred_blocks_in_each_other_render()
    {
        var source = string.Concat(Enumerable.Repeat("{% if true %}", 100)) + "x" + string.Concat(Enumerable.Repeat("{% endif %}", 100));
        Assert.Equal("x", Template.Parse(source).Render(NoValues, TemplateLimits.Default, CancellationToken.None));
        Assert.Equal(100, Template.Parse(source.Replace("true", "a", StringComparison.Ordinal)).Reads.Count);
    }

    [Fact]
    public void Reads_of_a_template_of_full_length_are_found_quickly()
    {
        var source = string.Concat(Enumerable.Range(0, 2_700).Select(i => $"{{% if a %}}{{% assign x{i}=1 %}}{{% else %}}{{% assign x{i}=2 %}}{{% endif %}}"));
        var clock = Stopwatch.StartNew();
        Assert.Equal(2_700, Template.Parse(source).Reads.Count);
        Assert.True(clock.ElapsedMilliseconds < Runaway, $"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void A_broken_character_in_a_value_is_shown_as_such()
    {
        using var json = JsonDocument.Parse("""{ "v": "a\ud800b", "o": { "k\udc00": "\u0000" } }""");
        var values = new Values(json.RootElement.EnumerateObject().ToDictionary(f => f.Name, f => f.Value));
        Assert.Equal("a\uFFFDb {\"k\uFFFD\":\"\\u0000\"}", Template.Parse("{{ v }} {{ o }}").Render(values, TemplateLimits.Default, CancellationToken.None));
    }
}
