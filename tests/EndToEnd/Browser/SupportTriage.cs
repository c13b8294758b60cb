using System.Text.Json.Nodes;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>Support triage, drawn from an empty canvas: the same steps for whoever has a mouse and for whoever has none, and the file that they make.</summary>
internal static class SupportTriage
{
    public const string Expected = """
        { "schemaVersion": 1, "name": "Support triage", "nodes": [
            { "id": "ticket", "kind": "input", "name": "Ticket", "settings": { "fields": [{ "name": "text", "required": true }] } },
            { "id": "done", "kind": "output", "name": "Result", "settings": { "fields": [{ "name": "reply", "value": "{{ check }}" }] } },
            { "id": "triage", "kind": "prompt", "name": "Triage", "settings": {
                "system": "Judge only what the ticket says.", "prompt": "Sort this ticket:\n{{ ticket.text }}",
                "output": { "format": "json", "schema": { "type": "object", "properties": { "category": { "type": "string", "description": "What it is about", "enum": ["billing", "bug", "other"] }, "urgency": { "type": "number" } }, "required": ["category", "urgency"] } } } },
            { "id": "urgent", "kind": "switch", "name": "How urgent?", "settings": { "cases": [{ "port": "urgent", "when": { "all": [{ "left": "triage.urgency", "op": "greaterOrEqual", "right": 0.7 }] } }] } },
            { "id": "note", "kind": "text", "name": "Note for the reply", "settings": { "template": "This ticket is urgent." } },
            { "id": "reply", "kind": "prompt", "name": "Suggest a reply", "settings": { "prompt": "Answer about {{ triage.category }}. {{ note | default: '' }}\n{{ ticket.text }}" } },
            { "id": "check", "kind": "approval", "name": "Check the reply", "settings": { "subject": "{{ reply }}", "context": "{{ ticket.text }}", "revise": "reply" } } ],
          "edges": [ { "from": "ticket", "to": "triage" }, { "from": "triage", "to": "urgent" }, { "from": "urgent", "fromPort": "urgent", "to": "note" }, { "from": "urgent", "fromPort": "else", "to": "reply" },
            { "from": "note", "to": "reply" }, { "from": "reply", "to": "check" }, { "from": "check", "fromPort": "approved", "to": "done" } ] }
        """;

    /// <summary>Draws it. The pipeline is new: it has an input and an output.</summary>
    public static async Task DrawAsync(IHands hands)
    {
        await hands.NameAsync("Support triage");
        await CallAsync(hands, "input", "ticket", "Ticket");
        await hands.PressAsync("[data-add=fields]");
        await hands.TypeAsync("[data-setting-of=Inputs] [data-setting=name]", "text");
        await hands.CheckAsync("[data-setting-of=Inputs] [data-setting=required]");

        await NewAsync(hands, "prompt", "triage", "Triage");
        await hands.ConnectAsync("ticket", "out", "triage");
        await hands.ChooseAsync("triage");
        await hands.TypeAsync("[data-setting=system]", "Judge only what the ticket says.");
        await hands.TypeAsync("[data-setting=prompt]", "Sort this ticket:\n{{ ticket.text }}");
        await hands.SelectAsync("[data-setting=format]", "json");
        await hands.PressAsync("[data-add=schema]");
        await hands.TypeAsync("[data-schema-field=field1] [data-setting=field-name]", "category");
        await hands.TypeAsync("[data-schema-field=category] [data-setting=field-description]", "What it is about");
        await hands.TypeAsync("[data-schema-field=category] [data-setting=field-allowed]", "billing, bug, other");
        await hands.PressAsync("[data-add=schema]");
        await hands.TypeAsync("[data-schema-field=field1] [data-setting=field-name]", "urgency");
        await hands.SelectAsync("[data-schema-field=urgency] select", "number");

        await NewAsync(hands, "switch", "urgent", "How urgent?");
        await hands.ConnectAsync("triage", "out", "urgent");
        await hands.ChooseAsync("urgent");
        await hands.PressAsync("[data-add=cases]");
        await hands.TypeAsync("[data-setting-of=Cases] [data-setting=port]", "urgent");
        await hands.PressAsync("[data-add=when]");
        await hands.TypeAsync("[data-setting=condition-left]", "triage.urgency");
        await hands.SelectAsync("[data-setting=condition-op]", "greaterOrEqual");
        await hands.TypeAsync("[data-setting=condition-right]", "0.7");

        await NewAsync(hands, "text", "note", "Note for the reply");
        await hands.TypeAsync("[data-setting=template]", "This ticket is urgent.");
        await NewAsync(hands, "prompt", "reply", "Suggest a reply");
        await NewAsync(hands, "approval", "check", "Check the reply");
        await hands.ConnectAsync("urgent", "urgent", "note");
        await hands.ConnectAsync("urgent", "else", "reply");
        await hands.ConnectAsync("note", "out", "reply");
        await hands.ConnectAsync("reply", "out", "check");
        await hands.ChooseAsync("reply");
        await hands.TypeAsync("[data-setting=prompt]", "Answer about {{ triage.category }}. {{ note | default: '' }}\n{{ ticket.text }}");
        await hands.ChooseAsync("check");
        await hands.TypeAsync("[data-setting=context]", "{{ ticket.text }}");
        await hands.OpenMoreAsync();
        await hands.SelectAsync("[data-setting=revise]", "reply");
        await hands.ConnectAsync("check", "approved", "output");
        await CallAsync(hands, "output", "done", "Result");
        await hands.TypeAsync("[data-setting-of=Results] [data-setting=name]", "reply"); // that it gives on what was approved is there since it was connected
    }

    /// <summary>A document in which places, ids of connections and the order of lists of nodes say nothing, so that two can be compared.</summary>
    public static string Meaning(string file)
    {
        var document = JsonNode.Parse(file)!.AsObject();
        var nodes = document["nodes"]!.AsArray().Select(x => x!.DeepClone().AsObject()).OrderBy(x => (string?)x["id"], StringComparer.Ordinal).ToList();
        foreach (var node in nodes)
        {
            node.Remove("position");
            node.Remove("size");
        }
        var edges = document["edges"]!.AsArray().Select(x => $"{x!["from"]}:{x["fromPort"] ?? "out"}>{x["to"]}").Order(StringComparer.Ordinal);
        return $"{document["name"]}\n{string.Join('\n', nodes.Select(x => Sorted(x)!.ToJsonString()))}\n{string.Join('\n', edges)}";
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => KeyValuePair.Create(x.Key, Sorted(x.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static async Task NewAsync(IHands hands, string kind, string id, string name)
    {
        await hands.AddAsync(kind);
        await CallAsync(hands, kind, id, name);
    }

    private static async Task CallAsync(IHands hands, string was, string id, string name)
    {
        await hands.ChooseAsync(was);
        await hands.TypeAsync("[data-setting-of=Name] [data-setting=name]", name);
        await hands.OpenMoreAsync();
        await hands.TypeAsync("[data-setting=id]", id);
        await hands.ArrivedAsync(id);
    }
}

/// <summary>Somebody who draws.</summary>
internal interface IHands
{
    Task NameAsync(string name);

    Task AddAsync(string kind);

    Task ChooseAsync(string node);

    Task ArrivedAsync(string node);

    Task ConnectAsync(string from, string port, string to);

    Task TypeAsync(string field, string text);

    Task SelectAsync(string field, string value);

    Task CheckAsync(string field);

    Task PressAsync(string button);

    Task OpenMoreAsync();
}
