namespace PromptDesigner.Runtime.Runs.Planning;
/// <summary>x</summary>
internal sealed class PlanBuilder { public RunPlan Build(string graph) => throw new NotSupportedException(graph); }
