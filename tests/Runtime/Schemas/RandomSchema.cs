using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.Tests.Schemas;

/// <summary>Random schemas of the subset, and random values near enough to fit now and then.</summary>
internal sealed class RandomSchema(int seed)
{
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly Random random = new(seed);

    public JsonNode Schema()
    {
        var schema = Node(0);
        if (schema is JsonObject root)
        {
            root["$defs"] = new JsonObject { ["d"] = Node(2), ["tree"] = new JsonObject { ["properties"] = new JsonObject { ["a"] = new JsonObject { ["$ref"] = "#/$defs/tree" } }, ["required"] = new JsonArray("b") } };
            return root;
        }
        return new JsonObject { ["not"] = schema };
    }

    public JsonNode? Value(int depth = 0) => random.Next(depth > 2 ? 6 : 8) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-3, 8),
        3 => JsonNode.Parse(Pick("1.0", "2.5", "-0.5", "1e2", "0.1", "3.0", "100")),
        4 or 5 => Pick("", "a", "ab", "abc", "5", "😀", "a\nb", "2020-02-30", "2020-02-29", "x@y.org", "aé"),
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1))]),
        _ => Fields(_ => Value(depth + 1)),
    };

    private JsonNode Node(int depth)
    {
        if (random.Next(12) == 0) return random.Next(2) == 0;
        var schema = new JsonObject();
        for (var i = random.Next(1, 4); i > 0; i--) Add(schema, depth);
        return schema;
    }

    private void Add(JsonObject schema, int depth)
    {
        switch (random.Next(depth > 2 ? 10 : 19))
        {
            case 0 or 1: schema["type"] = Pick("string", "number", "integer", "boolean", "null", "array", "object"); break;
            case 2: schema["type"] = new JsonArray("string", Pick("null", "integer")); break;
            case 3: schema["enum"] = new JsonArray(Value(2), Value(2), Value(2)); break;
            case 4: schema["const"] = Value(2); break;
            case 5: schema[Pick("minimum", "exclusiveMinimum")] = random.Next(-2, 3); break;
            case 6: schema[Pick("maximum", "exclusiveMaximum")] = JsonNode.Parse(Pick("3", "4.5", "100")); break;
            case 7:
                schema["minLength"] = random.Next(2);
                schema["maxLength"] = random.Next(1, 4);
                break;
            case 8: schema["pattern"] = Pick("^a", "b$", "^.$", @"^\d+$", @"[^\w]", "a.b", "^(a+)+$", @"\s", "^[a-c]{2,3}$"); break;
            case 9: schema["format"] = Pick("date", "email", "whatever"); break;
            case 10 or 11: schema["properties"] = Fields(_ => Node(depth + 1)); break;
            case 12: schema["required"] = new JsonArray(Pick(Names)); break;
            case 13: schema["additionalProperties"] = Node(depth + 1); break;
            case 14: schema["items"] = Node(depth + 1); break;
            case 15: schema[Pick("minItems", "minProperties")] = random.Next(3); break;
            case 16: schema[Pick("maxItems", "maxProperties")] = random.Next(2, 4); break;
            case 17: schema[Pick("allOf", "anyOf", "oneOf")] = new JsonArray(Node(depth + 1), Node(depth + 1)); break;
            default:
                if (random.Next(2) == 0) schema["not"] = Node(depth + 1);
                else schema["$ref"] = Pick("#/$defs/d", "#/$defs/tree");
                break;
        }
    }

    private JsonObject Fields(Func<string, JsonNode?> make) => new(Names.Where(_ => random.Next(2) == 0).Select(n => KeyValuePair.Create(n, make(n))));

    private string Pick(params string[] of) => of[random.Next(of.Length)];
}
