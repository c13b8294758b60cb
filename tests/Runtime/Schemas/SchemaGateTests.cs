using System.Diagnostics;
using System.Text;
using System.Text.Json;
using PromptDesigner.Runtime.Schemas;

namespace PromptDesigner.Runtime.Tests.Schemas;

public sealed class SchemaGateTests
{
    [Theory]
    [InlineData("""{ "if": {}, "then": {} }""", "/if", "anyOf")]
    [InlineData("""{ "properties": { "a": { "prefixItems": [] } } }""", "/properties/a/prefixItems", "not supported")]
    [InlineData("""{ "propertees": {} }""", "/propertees", "Did you mean 'properties'?")]
    [InlineData("""{ "dependentRequired": {} }""", "/dependentRequired", "not supported")]
    [InlineData("""{ "multipleOf": 2 }""", "/multipleOf", "not supported")]
    [InlineData("""{ "definitions": {} }""", "/definitions", "$defs")]
    [InlineData("""{ "$ref": "https://canary.invalid/schema.json" }""", "/$ref", "not allowed")]
    [InlineData("""{ "items": { "$ref": "file:///etc/passwd" } }""", "/items/$ref", "not allowed")]
    [InlineData("""{ "items": { "$ref": "other.json#/a" } }""", "/items/$ref", "not allowed")]
    [InlineData("""{ "$ref": "#/$defs/nope" }""", "/$ref", "leads to no schema")]
    [InlineData("""{ "$ref": "#/type", "type": "object" }""", "/$ref", "leads to no schema")]
    [InlineData("""{ "$ref": "#" }""", "/$ref", "leads back to itself")]
    [InlineData("""{ "pattern": "[" }""", "/pattern", "at character 1")]
    [InlineData("""{ "pattern": "(?=a)b" }""", "/pattern", "too complex")]
    [InlineData("""{ "pattern": "(a)\\1" }""", "/pattern", "too complex")]
    [InlineData("""{ "pattern": "((a{1,999}){1,999}){1,999}" }""", "/pattern", "too complex")]
    [InlineData("""{ "minimum": 3, "maximum": 2 }""", "/minimum", "leave no number")]
    [InlineData("""{ "exclusiveMinimum": 3, "maximum": 3 }""", "/exclusiveMinimum", "leave no number")]
    [InlineData("""{ "exclusiveMinimum": true }""", "/exclusiveMinimum", "older draft")]
    [InlineData("""{ "minLength": 3, "maxLength": 2 }""", "/minLength", "more than")]
    [InlineData("""{ "minItems": 3, "maxItems": 2 }""", "/minItems", "more than")]
    [InlineData("""{ "minLength": -1 }""", "/minLength", "from 0")]
    [InlineData("""{ "required": ["b"], "properties": { "a": {} }, "additionalProperties": false }""", "/required", "'b' is required but not")]
    [InlineData("""{ "type": "text" }""", "/type", "There is no type \"text\"")]
    [InlineData("""{ "enum": [] }""", "/enum", "at least one")]
    [InlineData("""{ "items": [{}] }""", "/items", "one schema")]
    [InlineData("""{ "properties": { "a/b": 5 } }""", "/properties/a~1b", "must be an object")]
    [InlineData("""{ "properties": [] }""", "/properties", "for each name")]
    [InlineData("""{ "title": 5 }""", "/title", "Text is expected")]
    [InlineData("[]", "", "must be an object")]
    [InlineData("true", "", "must be an object")]
    public void What_is_outside_the_subset_is_refused_with_its_place(string schema, string path, string part)
    {
        var finding = CompiledSchema.Inspect(Parse(schema))[0];
        Assert.Equal(path, finding.Path);
        Assert.Contains(part, finding.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CompiledSchema.Compile(Parse(schema)));
    }

    [Fact]
    public void Size_and_depth_have_limits()
    {
        var deep = string.Concat(Enumerable.Repeat("""{ "items": """, 30)) + "{}" + new string('}', 30);
        Assert.Contains("20 deep", Assert.Single(CompiledSchema.Inspect(Parse(deep))).Message, StringComparison.Ordinal);
        var large = $$"""{ "description": "{{new string('x', 70_000)}}" }""";
        Assert.Contains("65,536", Assert.Single(CompiledSchema.Inspect(Parse(large))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_keyword_of_the_subset_is_accepted()
    {
        const string schema = """
            { "title": "t", "description": "d", "type": "object", "default": {}, "required": ["a"], "minProperties": 1, "maxProperties": 9, "additionalProperties": false,
              "properties": { "a": { "type": "array", "items": { "$ref": "#/$defs/x" }, "minItems": 0, "maxItems": 3 }, "b": { "const": 1 }, "c": { "enum": [1, null] },
                "d": { "type": "string", "minLength": 1, "maxLength": 5, "pattern": "^a", "format": "email" },
                "e": { "minimum": 0, "maximum": 1, "exclusiveMinimum": -1, "exclusiveMaximum": 2 }, "f": { "anyOf": [{}], "oneOf": [{}], "allOf": [true], "not": false } },
              "$defs": { "x": { "properties": { "again": { "$ref": "#/$defs/x" }, "root": { "$ref": "#" } } } } }
            """;
        Assert.Empty(CompiledSchema.Inspect(Parse(schema)));
    }

    [Fact]
    public void A_hostile_pattern_ends_at_once()
    {
        var schema = CompiledSchema.Compile(Parse("""{ "pattern": "^(a+)+$" }"""));
        var clock = Stopwatch.StartNew();
        Assert.Single(schema.Validate(Parse($"\"{new string('a', 40)}!\"")));
        Assert.Single(schema.Validate(Parse($"\"{new string('a', 400_000)}!\"")));
        Assert.True(clock.ElapsedMilliseconds < 20_000, $"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void Alternatives_in_alternatives_end_as_a_finding()
    {
        var defs = new StringBuilder();
        for (var i = 0; i < 60; i++) defs.Append($$"""{{(i > 0 ? "," : "")}} "d{{i}}": { "anyOf": [{ "$ref": "#/$defs/d{{i + 1}}" }, { "$ref": "#/$defs/d{{i + 1}}" }] }""");
        var schema = CompiledSchema.Compile(Parse($$"""{ "$ref": "#/$defs/d0", "$defs": { {{defs}}, "d60": false } }"""));
        var clock = Stopwatch.StartNew();
        Assert.Contains("too many alternatives", Assert.Single(schema.Validate(Parse("1"))).Message, StringComparison.Ordinal);
        Assert.True(clock.ElapsedMilliseconds < 20_000, $"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void A_long_chain_of_references_never_exhausts_the_stack()
    {
        var defs = string.Join(',', Enumerable.Range(0, 1_700).Select(i => $$"""  "d{{i}}": { "$ref": "#/$defs/d{{i + 1}}" }"""));
        var schema = CompiledSchema.Compile(Parse($$"""{ "$ref": "#/$defs/d0", "$defs": { {{defs}}, "d1700": { "properties": { "a": { "$ref": "#/$defs/d0" } } } } }"""));
        var value = string.Concat(Enumerable.Repeat("""{ "a": """, 60)) + "1" + new string('}', 60);
        Assert.Single(schema.Validate(Parse(value)));
    }

    [Fact]
    public void Broken_characters_break_nothing()
    {
        Assert.NotEmpty(CompiledSchema.Inspect(Parse("""{ "\ud800": 1, "type": "\ud800", "pattern": "\ud800", "$ref": "\udc00" }""")));
        var schema = CompiledSchema.Compile(Parse("""{ "enum": ["a", "\ud800"], "properties": { "\ud800": { "type": "null" } }, "maxLength": 3 }"""));
        Assert.NotEmpty(schema.Validate(Parse("\"\\udc00 and more\"")));
        Assert.NotEmpty(schema.Validate(Parse("""{ "\ud800": "\ud800" }""")));
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
