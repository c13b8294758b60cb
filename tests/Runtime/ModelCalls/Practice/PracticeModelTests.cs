using System.Text.Json;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.ModelCalls.Practice;
using PromptDesigner.Runtime.Schemas;

namespace PromptDesigner.Runtime.Tests.ModelCalls.Practice;

public sealed class PracticeModelTests
{
    private const string Ticket = "Judge this ticket.\n\nTicket:\nI was charged twice for one invoice! This is urgent, I need my refund now. My address is ana@example.org.";

    public static TheoryData<string> Schemas => new(
        """{ "type": "object", "required": ["category", "urgency", "sentiment", "summary"], "additionalProperties": false, "properties": { "category": { "enum": ["billing", "account", "other"] }, "urgency": { "type": "number", "minimum": 0, "maximum": 1 }, "sentiment": { "enum": ["positive", "neutral", "negative"] }, "summary": { "type": "string", "minLength": 1 } } }""",
        """{ "type": "object", "properties": { "a": { "type": "integer", "minimum": 3, "maximum": 5 }, "b": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.1 }, "c": { "type": "integer", "exclusiveMinimum": 7 } } }""",
        """{ "type": "object", "properties": { "mail": { "type": "string", "format": "email" }, "day": { "type": "string", "format": "date" }, "at": { "type": "string", "format": "date-time" }, "id": { "type": "string", "format": "uuid" }, "link": { "type": "string", "format": "uri" } } }""",
        """{ "type": "object", "properties": { "code": { "type": "string", "pattern": "^[A-Z]{3}-\\d{4}$" }, "slug": { "type": "string", "pattern": "^[a-z]+(-[a-z]+)*$" }, "phone": { "type": "string", "pattern": "^\\+?[0-9 ]{6,}$" } } }""",
        """{ "type": "object", "properties": { "short": { "type": "string", "maxLength": 12 }, "long": { "type": "string", "minLength": 400, "maxLength": 500 }, "tags": { "type": "array", "items": { "type": "string", "maxLength": 8 }, "minItems": 2, "maxItems": 4 } } }""",
        """{ "type": "array", "minItems": 5, "items": { "type": "object", "required": ["text", "score"], "properties": { "text": { "type": "string" }, "score": { "type": "integer", "minimum": 1, "maximum": 5 } } } }""",
        """{ "type": "object", "properties": { "maybe": { "type": ["null", "integer"] }, "either": { "anyOf": [{ "type": "null" }, { "type": "string", "minLength": 3 }] }, "fixed": { "const": 7 }, "level": { "enum": [1, 2, 3] } } }""",
        """{ "$defs": { "node": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/$defs/node" } } } } }, "$ref": "#/$defs/node" }""",
        """{ "allOf": [{ "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } }, { "properties": { "b": { "type": "array", "items": { "enum": ["billing", "bug"] } } }, "required": ["b"] }] }""",
        """{ "type": "object", "minProperties": 2, "additionalProperties": { "type": "number", "maximum": -1 } }""",
        """{ "type": "object", "required": ["free"] }""",
        """{ "type": "string", "maxLength": 0 }""");

    [Theory]
    [MemberData(nameof(Schemas))]
    public void With_a_schema_the_answer_always_fits_it(string schema)
    {
        var wanted = JsonDocument.Parse(schema).RootElement;
        Assert.Empty(CompiledSchema.Inspect(wanted));
        foreach (var prompt in new[] { Ticket, "x", "", "{ \"a\": [1, 2] }", "😀😀😀", new string('a', 5_000), "List:\n- one\n- two\n- three" })
        {
            var answer = Ask(prompt, schema);
            var findings = CompiledSchema.Compile(wanted).Validate(JsonDocument.Parse(answer).RootElement);
            Assert.True(findings.Count == 0, $"{answer}\n{string.Join('\n', findings)}");
        }
    }

    [Fact]
    public void A_ticket_is_judged_by_its_words()
    {
        using var answer = JsonDocument.Parse(Ask(Ticket, """{ "properties": { "category": { "enum": ["account", "billing", "other"] }, "urgency": { "type": "number", "minimum": 0, "maximum": 1 }, "sentiment": { "enum": ["positive", "neutral", "negative"] }, "email": { "type": "string", "format": "email" }, "is_urgent": { "type": "boolean" }, "summary": { "type": "string" } } }"""));
        var root = answer.RootElement;
        Assert.Equal("billing", root.GetProperty("category").GetString());
        Assert.True(root.GetProperty("urgency").GetDouble() > 0.7);
        Assert.True(root.GetProperty("is_urgent").GetBoolean());
        Assert.Equal("ana@example.org", root.GetProperty("email").GetString());
        Assert.Contains("charged twice", root.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("I love this player, it works great and was easy to set up.", "positive")]
    [InlineData("Terrible. It broke after two days and support was useless.", "negative")]
    [InlineData("Not good at all, I am not happy with it.", "negative")]
    [InlineData("It arrived on Tuesday in a box.", "neutral")]
    public void Sentiment_is_told_by_a_lexicon(string review, string sentiment)
    {
        Assert.Equal($$"""{"s":"{{sentiment}}"}""", Ask($"Review:\n{review}", """{ "properties": { "s": { "enum": ["positive", "neutral", "negative"] } } }"""));
    }

    [Fact]
    public void Routes_are_told_by_their_descriptions_and_nothing_fits_without_evidence()
    {
        const string routes = "Routes:\n- a: refunds, invoices and prices\n- b (Shipping): parcels and couriers\n- other: anything else";
        const string schema = """{ "properties": { "route": { "enum": ["a", "b", "other"] }, "confidence": { "type": "number", "minimum": 0, "maximum": 1 } } }""";
        Assert.Contains("\"route\":\"b\"", Answer(routes, "The courier left my parcel in the rain", schema), StringComparison.Ordinal);
        Assert.Contains("\"route\":\"a\"", Answer(routes, "Why are there two invoices?", schema), StringComparison.Ordinal);
        var unsure = Answer(routes, "Lorem ipsum dolor", schema);
        Assert.Contains("\"route\":\"other\",\"confidence\":0.3", unsure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_answer_says_what_it_is_and_quotes_the_prompt()
    {
        var answer = PracticeModel.Answer([new ModelMessage("user", "Summarise this.\n\nText:\nThe bridge opened in May. It carries trams. Nobody paid for it.")], false, null);
        Assert.StartsWith(PracticeModel.Mark, answer, StringComparison.Ordinal);
        Assert.Contains("The bridge opened in May.", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Summarise", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wish_for_changes_shows_in_the_next_answer()
    {
        ModelMessage first = new("user", Ticket);
        var before = PracticeModel.Answer([first], false, null);
        var after = PracticeModel.Answer([first, new ModelMessage("assistant", before), new ModelMessage("user", "Shorter, and mention the refund.")], false, null);
        Assert.NotEqual(before, after);
        Assert.Contains("Shorter, and mention the refund.", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Markup_that_is_asked_for_comes_as_markup()
    {
        Assert.StartsWith("<mjml>", PracticeModel.Answer([new ModelMessage("user", "Write a newsletter in MJML.\n\nNews:\nA & B opened.")], false, null), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_without_a_schema_follows_the_example_in_the_prompt()
    {
        var answer = PracticeModel.Answer([new ModelMessage("user", "Answer as JSON like {\"mood\": \"positive|negative\", \"points\": [\"…\"], \"score\": 1}\n\nReview:\nI hate it. It is terrible.")], true, null);
        using var json = JsonDocument.Parse(answer);
        Assert.Equal("negative", json.RootElement.GetProperty("mood").GetString());
        Assert.Equal(JsonValueKind.Array, json.RootElement.GetProperty("points").ValueKind);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(PracticeModel.Answer([new ModelMessage("user", "hm")], true, null)).RootElement.ValueKind);
    }

    [Fact]
    public void The_same_prompt_always_gets_the_same_answer()
    {
        var answers = Enumerable.Range(0, 20).Select(_ => Ask(Ticket, """{ "properties": { "summary": { "type": "string" }, "tags": { "type": "array" } } }""")).Distinct();
        Assert.Single(answers);
    }

    private static string Ask(string prompt, string schema) =>
        PracticeModel.Answer([new ModelMessage("user", prompt)], true, JsonDocument.Parse(schema).RootElement);

    private static string Answer(string system, string prompt, string schema) =>
        PracticeModel.Answer([new ModelMessage("system", system), new ModelMessage("user", prompt)], true, JsonDocument.Parse(schema).RootElement);
}
