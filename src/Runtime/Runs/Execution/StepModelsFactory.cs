using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>Binds the gateway to steps: whose caps hold, whose name the calls carry, who sees the answer grow.</summary>
internal sealed class StepModelsFactory(ModelGateway gateway, RunFeed feed, CrashPoints crash)
{
    public IStepModels For(RunState state, StepState step, StepCalls calls) => new StepModels(gateway, feed, crash, state, step, calls);

    private sealed class StepModels(ModelGateway gateway, RunFeed feed, CrashPoints crash, RunState state, StepState step, StepCalls calls) : IStepModels
    {
        public Task<ModelOutcome> CallAsync(ModelRequest request, CancellationToken cancel)
        {
            crash.Hit("step.after-render");
            var path = step.ReadablePath;
            var run = state.Run;
            return gateway.CallAsync(request, new CallOrigin
            {
                Workspace = run.WorkspaceId, Pipeline = run.PipelineKey, RunKey = run.Key, RunId = run.Id, SortPath = step.SortPath, StepPath = path, Fence = run.Fence,
                EarlierAttempts = step.Attempts, Spend = state.Spend, Log = calls.Calls, Practised = () => calls.Practice = true,
                Token = feed.Wants(run.Id, RunInterest.Tokens) ? text => feed.Token(run.Id, path, text) : null,
            }, cancel);
        }
    }
}
