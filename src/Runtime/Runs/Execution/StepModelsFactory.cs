using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>Binds the gateway to steps.</summary>
public sealed class StepModelsFactory
{
    internal IStepModels For(RunState state, StepState step, StepCalls calls) => throw new NotSupportedException();
}
