using System.Text.Json;
using PromptDesigner.Runtime.Nodes.Input;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>Judges a run's inputs against the version that it will run.</summary>
internal static class RunInputs
{
    /// <summary>The inputs with defaults filled in, or everything that is wrong with them; the code is the first fault's.</summary>
    public static Answer<JsonElement> Check(RunPlan plan, JsonElement given)
    {
        var (inputs, faults) = InputNode.Accept((InputSettings)plan.Input.Settings, given);
        return faults.Count == 0
            ? inputs
            : new Refusal(faults[0].Code, string.Join(" ", faults.Take(5).Select(x => x.Message)), [.. faults.Select(x => new FieldError("/inputs/" + x.Input, x.Message))]);
    }
}
