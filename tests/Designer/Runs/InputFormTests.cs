using System.Text.Json;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Runtime.Nodes.Input;

namespace PromptDesigner.Designer.Tests.Runs;

public sealed class InputFormTests
{
    [Theory]
    [InlineData(InputType.Text, " Hello\nyou ", "\" Hello\\nyou \"")]
    [InlineData(InputType.Number, "12", "12")]
    [InlineData(InputType.Number, "-0.50", "-0.50")]
    [InlineData(InputType.Number, "1e3", "1000")]
    [InlineData(InputType.Number, "123456789012345678901234567.5", "123456789012345678901234567.5")]
    [InlineData(InputType.Boolean, "true", "true")]
    [InlineData(InputType.Boolean, "", "false")]
    [InlineData(InputType.List, "a\n\n b \nc", "[\"a\",\"b\",\"c\"]")]
    [InlineData(InputType.List, "a\r\nb", "[\"a\",\"b\"]")]
    [InlineData(InputType.List, "[1, {\"x\": 2}]", "[1,{\"x\":2}]")]
    [InlineData(InputType.Json, "{ \"name\": \"Ana\" }", "{\"name\":\"Ana\"}")]
    [InlineData(InputType.Json, "null", "null")]
    public void What_is_typed_becomes_what_it_means(InputType type, string typed, string expected)
    {
        var form = Form(new InputField { Name = "x", Type = type }, typed);
        Assert.Equal(expected, JsonSerializer.Serialize(form.Read()!.Value.GetProperty("x"), Plain));
    }

    [Theory]
    [InlineData(InputType.Number, "12,5", "dot")]
    [InlineData(InputType.Number, "twelve", "number")]
    [InlineData(InputType.Number, "NaN", "number")]
    [InlineData(InputType.Number, "1e999", "number")]
    [InlineData(InputType.Json, "{\n  \"a\": 1,\n  b\n}", "line 3, character 3")]
    [InlineData(InputType.Json, "no", "line 1, character")]
    [InlineData(InputType.List, "[1, 2", "line 1, character")]
    public void What_means_nothing_says_why_at_its_field(InputType type, string typed, string why)
    {
        var form = Form(new InputField { Name = "x", Type = type }, typed);
        Assert.Null(form.Read());
        Assert.Contains(why, form.Fields[0].Error!, StringComparison.Ordinal);
        form.Fields[0].Text = type == InputType.Number ? "1" : "[]";
        Assert.NotNull(form.Read());
        Assert.Null(form.Fields[0].Error);
    }

    [Fact]
    public void What_is_needed_and_missing_is_said_for_every_field_at_once()
    {
        var form = new InputForm([Needed("a"), Needed("b"), new InputField { Name = "c" }, new InputField { Name = "d", Required = true, Default = JsonSerializer.SerializeToElement("as always") }], null);
        Assert.Null(form.Read());
        Assert.Equal(["This is needed.", "This is needed.", null, null], form.Fields.Select(x => x.Error));
        Assert.Equal("as always", form.Fields[3].Text);
        foreach (var field in form.Fields.Take(2)) field.Text = "x";
        Assert.Equal("""{"a":"x","b":"x","d":"as always"}""", JsonSerializer.Serialize(form.Read(), Plain)); // what stays empty is not sent
    }

    [Fact]
    public void An_option_is_sent_with_its_own_type()
    {
        var field = new InputField { Name = "x", Type = InputType.Number, Options = [JsonSerializer.SerializeToElement(1), JsonSerializer.SerializeToElement(2.5)] };
        Assert.Equal("2.5", Form(field, "2.5").Read()!.Value.GetProperty("x").GetRawText());
        var text = new InputField { Name = "x", Options = [JsonSerializer.SerializeToElement("1"), JsonSerializer.SerializeToElement("2")] };
        Assert.Equal("\"1\"", Form(text, "1").Read()!.Value.GetProperty("x").GetRawText());
    }

    [Fact]
    public void The_inputs_of_the_last_run_are_filled_in_again()
    {
        var fields = new List<InputField> { new() { Name = "text" }, new() { Name = "number", Type = InputType.Number }, new() { Name = "list", Type = InputType.List }, new() { Name = "mixed", Type = InputType.List }, new() { Name = "flag", Type = InputType.Boolean }, new() { Name = "file", Type = InputType.File } };
        var form = new InputForm(fields, """{"text":"Hi","number":1.50,"list":["a","b"],"mixed":["a\nb",2],"flag":true,"file":"0197","gone":1}""");
        Assert.Equal(["Hi", "1.50", "a\nb", """["a\nb",2]""", "true", ""], form.Fields.Select(x => x.Text));
        Assert.Equal("""{"text":"Hi","number":1.50,"list":["a","b"],"mixed":["a\nb",2],"flag":true}""", JsonSerializer.Serialize(form.Read(), Plain));
        Assert.Equal(["", "", "", "", "false", ""], new InputForm(fields, "[]").Fields.Select(x => x.Text));
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static InputField Needed(string name) => new() { Name = name, Required = true };

    private static InputForm Form(InputField field, string typed)
    {
        var form = new InputForm([field], null);
        form.Fields[0].Text = typed;
        return form;
    }
}
