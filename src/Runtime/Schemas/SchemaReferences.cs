namespace PromptDesigner.Runtime.Schemas;

/// <summary>Joins each <c>$ref</c> with what it names, and refuses those that lead nowhere or round in a circle.</summary>
internal static class SchemaReferences
{
    public static void Link(IReadOnlyDictionary<string, SchemaNode> nodes, Action<string, string> find)
    {
        foreach (var node in nodes.Values)
        {
            if (node.Reference is not { } reference) continue;
            if (nodes.TryGetValue(Unescape(reference), out var target)) node.Target = target;
            else find($"{node.Pointer}/$ref", $"'{reference}' leads to no schema here. Write \"#/$defs/name\" and define the name in $defs.");
        }
        FindCircles(nodes.Values, find);
    }

    /// <summary>A schema that judges the same value by itself would never end. Recursion into parts of the value is fine: values end.</summary>
    private static void FindCircles(IEnumerable<SchemaNode> nodes, Action<string, string> find)
    {
        var done = new HashSet<SchemaNode>();
        foreach (var start in nodes)
        {
            if (done.Contains(start)) continue;
            // An explicit stack: chains of references are as long as the schema allows.
            var onPath = new HashSet<SchemaNode>();
            var stack = new Stack<(SchemaNode Node, IEnumerator<SchemaNode> Left)>();
            stack.Push((start, start.InPlace().GetEnumerator()));
            onPath.Add(start);
            while (stack.TryPeek(out var top))
            {
                if (!top.Left.MoveNext())
                {
                    stack.Pop();
                    onPath.Remove(top.Node);
                    done.Add(top.Node);
                    continue;
                }
                var next = top.Left.Current;
                if (onPath.Contains(next)) find($"{top.Node.Pointer}/$ref", "This reference leads back to itself without going into the value.");
                else if (!done.Contains(next))
                {
                    onPath.Add(next);
                    stack.Push((next, next.InPlace().GetEnumerator()));
                }
            }
        }
    }

    // Names in our own pointers stay escaped, so only the address form (%25 and the like) is undone.
    private static string Unescape(string reference) => Uri.UnescapeDataString(reference[1..]);
}
