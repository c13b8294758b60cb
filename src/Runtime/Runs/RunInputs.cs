using System.Text.Json;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>x</summary>
internal static class RunInputs { public static Answer<JsonElement> Check(RunPlan plan, JsonElement inputs) => inputs; }
