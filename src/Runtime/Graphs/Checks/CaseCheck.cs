using System.Text.Json;
using PromptDesigner.Runtime.Graphs.Conditions;
using PromptDesigner.Runtime.Graphs.References;
using PromptDesigner.Runtime.Nodes.Switch;

namespace PromptDesigner.Runtime.Graphs.Checks;

/// <summary>Cases of a switch that can never be taken.</summary>
internal static class CaseCheck
{
    public static void Run(Draft draft, Shapes shapes)
    {
        for (var node = 0; node < draft.Graph.Nodes.Count; node++)
        {
            if (draft.Bound[node]?.Settings is not SwitchSettings settings) continue;
            var earlier = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (index, one) in settings.Cases.Index())
            {
                if (one.When is not { } when) continue;
                var path = Draft.PathOf(node, $"/settings/cases/{index}/when");
                var text = JsonSerializer.Serialize(when);
                if (!earlier.TryAdd(text, one.Port))
                    draft.Warn("case_never", path, node, $"The case '{one.Port}' of {draft.Called(node)} is never taken: '{earlier[text]}' before it has the same condition.");
                else if (Impossible(when, path) is { } found)
                    draft.Warn("case_never", found.Path, node, $"The case '{one.Port}' of {draft.Called(node)} is never taken: '{found.Comparison.Left}' is one of {string.Join(", ", found.Values)}.", found.Fix);
            }
            continue;

            Never? Impossible(Condition condition, string path)
            {
                var parts = condition.Parts.Select((part, index) =>
                {
                    var at = $"{path}/{(condition.All ? "all" : "any")}/{index}";
                    return part.Nested is { } nested ? Impossible(nested, at) : Outside(part.Comparison!, at);
                }).ToList();
                return condition.All ? parts.Find(part => part is not null) : parts.Contains(null) ? null : parts[0];
            }

            Never? Outside(Comparison comparison, string path)
            {
                if (comparison.Op is not (ConditionOp.Equals or ConditionOp.In) || shapes.Choices(node, comparison.Left) is not { Count: > 0 } choices) return null;
                var wanted = comparison.Op == ConditionOp.In ? comparison.Right!.Value.EnumerateArray().ToList() : [comparison.Right!.Value];
                if (wanted.Exists(one => choices.Exists(choice => JsonElement.DeepEquals(one, choice)))) return null;
                var nearest = comparison.Op == ConditionOp.Equals && comparison.Right!.Value.ValueKind == JsonValueKind.String
                    ? Nearest.To(comparison.Right.Value.GetString()!, choices.Where(choice => choice.ValueKind == JsonValueKind.String).Select(choice => choice.GetString()!))
                    : null;
                return new Never(comparison, $"{path}/right", choices, nearest is null ? null : new ProblemFix($"Compare with '{nearest}'", GraphPatch.Set($"{path}/right", nearest)));
            }
        }
    }

    private sealed record Never(Comparison Comparison, string Path, List<JsonElement> Values, ProblemFix? Fix);
}
