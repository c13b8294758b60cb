using System.Text.Json;
using PromptDesigner.Runtime.Nodes.Input;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Judges a run's inputs against the version that it will run.</summary>
internal static class RunInputs
{
    /// <summary>Names of inputs that are files.</summary>
    public static IEnumerable<string> FileInputs(RunPlan plan) => ((InputSettings)plan.Input.Settings).Fields.Where(x => x.Type == InputType.File).Select(x => x.Name);

    /// <summary>The files that checked inputs name.</summary>
    public static IReadOnlyList<(string Input, Guid File)> Files(RunPlan plan, JsonElement inputs) =>
        [.. FileInputs(plan).Where(x => inputs.TryGetProperty(x, out _)).Select(x => (x, inputs.GetProperty(x).GetGuid()))];

    /// <summary>The inputs with files' contents in place of their ids.</summary>
    public static JsonElement Expand(RunPlan plan, JsonElement inputs, Func<Guid, JsonElement?> content)
    {
        var files = Files(plan, inputs).ToDictionary(x => x.Input, x => x.File, StringComparer.Ordinal);
        return JsonSerializer.SerializeToElement(inputs.EnumerateObject().ToDictionary(x => x.Name, x => files.TryGetValue(x.Name, out var id) ? content(id) ?? x.Value : x.Value));
    }

    /// <summary>An input names a file that this workspace does not have.</summary>
    public static Refusal NoSuchFile(string input) => new("input_type", $"Input '{input}' names no file of this workspace. Upload it first, or again: a file that no run names is kept for a day.",
        [new FieldError("/inputs/" + input, "names no file of this workspace")]);

    /// <summary>The inputs with defaults filled in, or everything that is wrong with them; the code is the first fault's.</summary>
    public static Answer<JsonElement> Check(RunPlan plan, JsonElement given)
    {
        var (inputs, faults) = InputNode.Accept((InputSettings)plan.Input.Settings, given);
        return faults.Count == 0
            ? inputs
            : new Refusal(faults[0].Code, string.Join(" ", faults.Take(5).Select(x => x.Message)), [.. faults.Select(x => new FieldError("/inputs/" + x.Input, x.Message))]);
    }
}
