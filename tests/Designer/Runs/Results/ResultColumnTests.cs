using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using PromptDesigner.Designer.Runs.Results;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Runs.Results;

/// <summary>Which columns there are, and what stands in them when only the beginning of a run was read.</summary>
public sealed class ResultColumnTests
{
    [Fact]
    public void A_graph_s_columns_are_its_inputs_and_then_its_outputs()
    {
        var graph = GraphJudge.ReadStored(PipelineFile.Named("P").Node("out", "output", new { fields = new[] { new { name = "answer", value = "x" }, new { name = "text", value = "x" } } }).Input("text", "tone").ToString());
        Assert.Equal(["inputs.text", "inputs.tone", "outputs.answer", "outputs.text"], ResultColumn.Declared(graph).Select(x => x.Key));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"fields":null}""")]
    [InlineData("""{"fields":[5,{"name":7},{}]}""")]
    public void Settings_that_cannot_be_read_declare_nothing(string settings) =>
        Assert.Empty(ResultColumn.Declared(GraphJudge.ReadStored(PipelineFile.Named("P").Node("input", "input", JsonSerializer.Deserialize<JsonElement>(settings)).ToString())));

    [Fact]
    public void A_field_that_was_renamed_stands_beside_the_new_one()
    {
        ResultColumn[] active = [new(false, "text"), new(true, "reply")];
        ResultColumn[] earlier = [new(false, "message"), new(false, "text"), new(true, "answer")];
        Assert.Equal(["inputs.text", "inputs.message", "outputs.reply", "outputs.answer"], ResultColumn.Merge([.. active, .. earlier, .. active]).Select(x => x.Key));
    }

    [Property(MaxTest = 300)]
    public void An_object_that_ends_anywhere_gives_what_is_there_and_nothing_else(NonNull<string> text, int number, NonEmptyArray<NonNull<string>> list, ushort at)
    {
        var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
        var json = JsonSerializer.Serialize(new { first = clean, number, list = list.Get.Select(x => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(x.Get))), last = true });
        var cut = json[..(at % (json.Length + 1))];
        var (whole, found) = (ResultValue.Fields(json), ResultValue.Fields(cut));
        Assert.Equal(["first", "number", "list", "last"], whole.Keys);
        Assert.All(whole.Values, x => Assert.False(x.IsCut));
        Assert.Equal(whole.Keys.Take(found.Count), found.Keys);
        foreach (var (name, value) in found)
        {
            if (!value.IsCut) Assert.Equal(whole[name], value);
            else if (value.Kind == JsonValueKind.String) Assert.StartsWith(value.Text.Length > 0 && char.IsHighSurrogate(value.Text[^1]) ? value.Text[..^1] : value.Text, whole[name].Text, StringComparison.Ordinal);
        }
        Assert.InRange(found.Values.Count(x => x.IsCut), 0, 1);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("[1]")]
    [InlineData("")]
    [InlineData("no")]
    public void What_is_no_object_or_no_text_ends_nothing(string json)
    {
        try
        {
            Assert.True(ResultValue.Fields(json).Count <= 1);
        }
        catch (JsonException)
        {
            Assert.Equal("no", json); // what is stored is JSON
        }
    }

    [Theory]
    [InlineData("1764547200000.12", true)]
    [InlineData("1764547200000", false)]
    [InlineData("-1.12", false)]
    [InlineData("999999999999999999.1", false)]
    [InlineData("1.2.3", false)]
    [InlineData("'; DROP TABLE Runs", false)]
    public void A_place_is_read_or_none(string text, bool isPlace) => Assert.Equal(isPlace ? text : null, ResultPlace.Read(text)?.ToString());
}
