using System.Text.Json;
using FsCheck.Xunit;
using PromptDesigner.Runtime.Schemas;

namespace PromptDesigner.Runtime.Tests.Schemas;

public sealed class SchemaVerdictTests(SchemaOracle oracle) : IClassFixture<SchemaOracle>
{
    private const string Tree = """{ "$defs": { "n": { "type": "object", "properties": { "v": { "type": "integer" }, "next": { "$ref": "#/$defs/n" } }, "required": ["v"], "additionalProperties": false } }, "$ref": "#/$defs/n" }""";

    [Theory]
    [InlineData("""{ "type": "integer" }""", "1.0", true)]
    [InlineData("""{ "type": "integer" }""", "1.5", false)]
    [InlineData("""{ "type": "number", "exclusiveMinimum": 3 }""", "3", false)]
    [InlineData("""{ "type": "number", "exclusiveMaximum": 3 }""", "2.999", true)]
    [InlineData("""{ "minimum": 5 }""", "\"x\"", true)]
    [InlineData("""{ "enum": ["1"] }""", "1", false)]
    [InlineData("""{ "enum": [1] }""", "1.0", true)]
    [InlineData("""{ "const": { "a": [1] } }""", """{ "a": [1] }""", true)]
    [InlineData("""{ "const": null }""", "0", false)]
    [InlineData("""{ "minLength": 2 }""", "\"😀\"", false)]
    [InlineData("""{ "required": ["a"] }""", "[]", true)]
    [InlineData("""{ "properties": { "a": false } }""", """{ "a": 1 }""", false)]
    [InlineData("""{ "properties": { "a": { "$ref": "#/$defs/x", "maxLength": 2 } }, "$defs": { "x": { "type": "string" } } }""", """{ "a": "long" }""", false)]
    [InlineData("""{ "additionalProperties": { "type": "string" }, "properties": { "a": {} } }""", """{ "a": 1, "b": 2 }""", false)]
    [InlineData("""{ "oneOf": [{ "type": "integer" }, { "minimum": 2 }] }""", "3", false)]
    [InlineData("""{ "oneOf": [{ "type": "integer" }, { "minimum": 2 }] }""", "2.5", true)]
    [InlineData("""{ "not": {} }""", "3", false)]
    [InlineData("""{ "type": ["string", "null"] }""", "null", true)]
    [InlineData("""{ "pattern": "^a$" }""", "\"a\\n\"", false)]
    [InlineData("""{ "pattern": "^\\d$" }""", "\"٣\"", false)]
    [InlineData("""{ "pattern": "b" }""", "\"abc\"", true)]
    [InlineData("""{ "format": "date" }""", "\"2023-02-29\"", false)]
    [InlineData("""{ "format": "date-time" }""", "\"2024-02-29T23:59:59.5+02:00\"", true)]
    [InlineData("""{ "format": "email" }""", "\"ana@example.org\"", true)]
    [InlineData("""{ "format": "email" }""", "\"ana@\"", false)]
    [InlineData("""{ "format": "ipv4" }""", "\"256.1.1.1\"", false)]
    [InlineData("""{ "format": "ipv6" }""", "\"::1\"", true)]
    [InlineData("""{ "format": "uuid" }""", "\"2eb8aa08-aa98-11ea-b4aa-73b441d16380\"", true)]
    [InlineData("""{ "format": "duration" }""", "\"PT10M\"", true)]
    [InlineData("""{ "format": "duration" }""", "\"P\"", false)]
    [InlineData("""{ "format": "uri" }""", "\"https://example.org/a?b#c\"", true)]
    [InlineData("""{ "format": "uri" }""", "\"no address\"", false)]
    [InlineData(Tree, """{ "v": 1, "next": { "v": 2, "next": { "v": 3 } } }""", true)]
    [InlineData(Tree, """{ "v": 1, "next": { "v": 2, "next": { "x": 3 } } }""", false)]
    [InlineData("""{ "properties": { "a/b": { "type": "string" }, "c": { "$ref": "#/properties/a~1b" } } }""", """{ "c": 1 }""", false)]
    public void A_verdict_is_what_draft_2020_12_says(string schema, string value, bool fits)
    {
        Assert.Equal(fits, oracle.Fits(schema, value));
        Assert.Equal(fits, Compile(schema).Validate(Parse(value)).Count == 0);
    }

    [Property(MaxTest = 400)]
    public void Random_values_get_the_verdict_that_somebody_elses_judge_gives(int seed)
    {
        var random = new RandomSchema(seed);
        var schema = random.Schema().ToJsonString();
        // Random bounds contradict each other now and then; those schemas are refused and judge nothing.
        if (CompiledSchema.Inspect(Parse(schema)).Count > 0) return;
        var compiled = Compile(schema);
        for (var i = 0; i < 8; i++)
        {
            var value = random.Value()?.ToJsonString() ?? "null";
            var findings = compiled.Validate(Parse(value));
            Assert.True(oracle.Fits(schema, value) == (findings.Count == 0), $"{schema}\n{value}\n{string.Join('\n', findings)}");
        }
    }

    [Theory]
    [InlineData("""{ "type": "object", "properties": { "urgency": { "type": "number", "maximum": 1 } } }""", """{ "urgency": 3 }""", "/urgency: Must be at most 1, is 3.")]
    [InlineData("""{ "required": ["a"] }""", "{}", "'a' is missing.")]
    [InlineData("""{ "properties": { "k": { "enum": ["billing", "bug"] } } }""", """{ "k": "spam" }""", "/k: Must be one of \"billing\", \"bug\", is \"spam\".")]
    [InlineData("""{ "items": { "type": "string" } }""", """["a", 1]""", "/1: Must be text, is the number 1.")]
    [InlineData("""{ "additionalProperties": false, "properties": { "a": {} } }""", """{ "b": 1 }""", "'b' is not expected. Leave it out; there are a.")]
    [InlineData("""{ "properties": { "a/b": { "type": "null" } } }""", """{ "a/b": 1 }""", "/a~1b: Must be null, is the number 1.")]
    public void A_finding_says_where_and_what(string schema, string value, string finding)
    {
        Assert.Equal(finding, Compile(schema).Validate(Parse(value)).Single().ToString());
    }

    [Fact]
    public void Of_alternatives_the_nearest_is_explained()
    {
        var schema = Compile("""{ "anyOf": [{ "type": "null" }, { "type": "object", "properties": { "a": { "type": "string" } } }] }""");
        Assert.Equal(["Fits none of the 2 alternatives; what the nearest misses follows.", "/a: Must be text, is the number 1."],
            schema.Validate(Parse("""{ "a": 1 }""")).Select(f => f.ToString()));
    }

    private static CompiledSchema Compile(string schema) => CompiledSchema.Compile(Parse(schema));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
