using System.Text.Json;
using Bunit;
using MudBlazor.Services;
using PromptDesigner.Designer.Shared;

namespace PromptDesigner.Designer.Tests.Shared;

public sealed class PlainValueTests : IAsyncLifetime
{
    private readonly BunitContext _bunit = new();

    public Task InitializeAsync()
    {
        _bunit.JSInterop.Mode = JSRuntimeMode.Loose;
        _bunit.Services.AddMudServices();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _bunit.DisposeAsync().AsTask();

    [Fact]
    public void Names_stand_beside_their_values()
    {
        var shown = Show("""{ "reply": "We look at once.", "urgency": 3, "spam": false, "account": null, "notes": {}, "tags": [] }""");
        Assert.Equal(["reply", "urgency", "spam", "account", "notes", "tags"], shown.FindAll("dt").Select(x => x.TextContent));
        Assert.Equal(["We look at once.", "3", "false", "empty", "nothing in it", "an empty list"], shown.FindAll("dd").Select(x => x.TextContent.Trim()));
        Assert.Single(shown.FindAll("[data-action=copy]")); // the text
    }

    [Fact]
    public void A_list_is_numbered_and_rows_of_one_shape_are_a_table()
    {
        Assert.Equal(["late", "broken"], Show("""["late", "broken"]""").FindAll("ol > li").Select(x => x.TextContent.Trim()));
        var table = Show("""[ { "mood": "good", "why": ["fast", "kind"] }, { "mood": "bad", "why": [] } ]""");
        Assert.Equal(["No.", "mood", "why"], table.FindAll("th").Select(x => x.TextContent));
        Assert.Equal(["1", "good", "fast, kind", "2", "bad", ""], table.FindAll("td").Select(x => x.TextContent));
    }

    [Fact]
    public void Rows_of_different_shapes_are_a_list_and_a_long_list_says_what_it_leaves_out()
    {
        Assert.Empty(Show("""[ { "a": 1 }, { "b": 1 } ]""").FindAll("table"));
        Assert.Empty(Show("""[ { "a": { "deep": 1 } }, { "a": { "deep": 2 } } ]""").FindAll("table"));
        Assert.Contains("and 1,100 more", Show(JsonSerializer.Serialize(Enumerable.Range(0, 1_200))).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_characters_are_written_out_wherever_they_stand()
    {
        var shown = Show("""{ "na\u202eme": "a\u202eb", "rows": [ { "x": "c\u202ed" }, { "x": "<b>" } ], "deep": { "list": [ "e\u202ef" ] } }""");
        Assert.DoesNotContain('\u202e', string.Concat(shown.FindAll("dt, dd").Select(x => x.TextContent)));
        Assert.Empty(shown.FindAll("b"));
    }

    private IRenderedComponent<PlainValue> Show(string json) => _bunit.Render<PlainValue>(x => x.Add(p => p.Value, JsonSerializer.Deserialize<JsonElement>(json)));
}
