using System.Numerics;
using PromptDesigner.Runtime.Graphs.Checks;

namespace PromptDesigner.Runtime.Graphs.References;

/// <summary>Whose answers a value holds: those of the prompts and classifications that it was made from. What was approved is the reviewer's.</summary>
internal sealed class Answers
{
    private const int MostRounds = 20;

    private readonly Draft _draft;
    private readonly ulong[][] _given;
    private readonly ulong[][] _inside;

    public Answers(Draft draft)
    {
        _draft = draft;
        var count = draft.Graph.Nodes.Count;
        (_given, _inside) = ([.. Enumerable.Range(0, count).Select(_ => new ulong[(count + 63) / 64])], [.. Enumerable.Range(0, count).Select(_ => new ulong[(count + 63) / 64])]);
        for (var node = 0; node < count; node++)
            if (draft.Graph.Nodes[node].Kind is "prompt" or "classify") _given[node][node / 64] |= 1UL << node % 64;
        // Once is enough in order; what goes into containers and comes out of them wants it again.
        var again = true;
        for (var round = 0; again && round < MostRounds; round++)
        {
            again = false;
            foreach (var node in draft.Index.Order.Positions)
                foreach (var reading in draft.ReadingsOf(node))
                    if (Into(node, reading) is { } into && Of(reading) is { } read) again |= Add(into, read);
        }
    }

    /// <summary>The models' nodes whose answers are read, in the document's order.</summary>
    public IReadOnlyList<int> In(Reading reading)
    {
        var found = new List<int>();
        if (Of(reading) is not { } set) return found;
        for (var word = 0; word < set.Length; word++)
            for (var left = set[word]; left != 0; left &= left - 1) found.Add(word * 64 + BitOperations.TrailingZeroCount(left));
        return found;
    }

    /// <summary>True where the answer of a model's node is read.</summary>
    public bool Has(Reading reading, int model) => Of(reading) is { } set && (set[model / 64] >> model % 64 & 1) != 0;

    /// <summary>Where what a setting reads goes: into the node's own value, or into what a container gives its inside; null: nowhere.</summary>
    private ulong[]? Into(int node, Reading reading) => reading.Form == ReadingForm.Condition ? null : (_draft.Graph.Nodes[node].Kind, reading.Setting) switch
    {
        ("text" or "fields" or "validate", _) => _given[node],
        ("forEach" or "repeat", "result") => _given[node],
        ("forEach", "items") or ("repeat", "feedback") => _inside[node],
        _ => null,
    };

    private ulong[]? Of(Reading reading)
    {
        var name = reading.Path.Name;
        if (!_draft.Index.PlaceNames(reading.Node, reading.Inside).Contains(name)) return _draft.Index.PositionOf(name) is >= 0 and var node ? _given[node] : null;
        var giver = name == "item" ? "forEach" : name == "feedback" ? "repeat" : null;
        var container = reading.Inside ? reading.Node : _draft.Index.ParentOf(reading.Node);
        while (container >= 0 && _draft.Graph.Nodes[container].Kind != giver) container = _draft.Index.ParentOf(container);
        return container >= 0 ? _inside[container] : null;
    }

    private static bool Add(ulong[] into, ulong[] read)
    {
        var changed = false;
        for (var word = 0; word < into.Length; word++)
        {
            changed |= (read[word] & ~into[word]) != 0;
            into[word] |= read[word];
        }
        return changed;
    }
}
