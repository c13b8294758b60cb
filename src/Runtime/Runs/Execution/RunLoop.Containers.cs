using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <content>Containers: iterations begun, ended, cut off, and what they come to together.</content>
internal sealed partial class RunLoop
{
    private async Task StartContainerAsync(StepState step, IContainerNode kind)
    {
        ContainerPlan plan;
        try
        {
            plan = kind.Plan(parts.Steps.ContextOf(state, step, new StepCalls()), step.Node.Settings, _stop.Token);
        }
        catch (TemplateRenderException error)
        {
            plan = new ContainerPlan(null, 1, 0, OnItemError.Fail, new NodeResult.Failed(error.Code, error.Message));
        }
        if (plan.Failure is { } failure)
        {
            Finish(step, StepOutcome.Of(step, failure));
            return;
        }
        step.Container = new ContainerState(plan);
        await RestoreAsync(step);
        if (step.Container is not null) Continue(step);
    }

    /// <summary>Begins iterations as far as there is room, and ends the container when none is left.</summary>
    private void Continue(StepState step)
    {
        var container = step.Container!;
        if (step.Scope.IsStopping && !(container.IsList && container.Ended.Count == container.Count))
        {
            if (container.Active.Count > 0) return;
            step.Container = null;
            step.Status = StepStatus.Cancelled;
            _unsaved.Steps.Add((step.ToRow(state, parts.Clock.GetUtcNow()), null));
            _dirty.Enqueue(step.Scope);
            return;
        }
        if (container.IsList)
        {
            parts.Crash.Hit("container.before-next");
            while (container.Busy < container.Plan.Concurrency && container.Next < container.Count)
            {
                var index = container.Next++;
                if (container.Ended.ContainsKey(index) || container.Active.ContainsKey(index)) continue;
                Begin(step, index, container.Plan.Items!.Value[index], "");
            }
            if (container.Next >= container.Count && container.Active.Count == 0) FinishList(step);
        }
        else if (container.Active.Count == 0 && container.Ended.Count == 0)
        {
            Begin(step, 0, default, "");
        }
    }

    private ScopeState Begin(StepState step, int iteration, JsonElement item, string feedback)
    {
        var scope = new ScopeState(step.Node.Inside!, StepPath.Inside(step.SortPath, iteration), step, iteration) { Item = item, Feedback = feedback };
        step.Container!.Active.Add(iteration, scope);
        step.Container.Busy++;
        _dirty.Enqueue(scope);
        return scope;
    }

    private void NoteBusy(ScopeState scope, bool busy)
    {
        if (scope.IsBusy == busy) return;
        scope.IsBusy = busy;
        var step = scope.Container!;
        step.Container!.Busy += busy ? 1 : -1;
        _dirty.Enqueue(step.Scope); // an outer iteration may now only wait too
        if (!busy) Continue(step);
    }

    private void EndIteration(ScopeState scope)
    {
        var step = scope.Container!;
        var container = step.Container!;
        scope.IsOver = true;
        container.Active.Remove(scope.Iteration);
        if (scope.IsBusy) container.Busy--;
        if (scope.IsStopping) CloseScope(scope);
        if (step.Scope.IsStopping && scope.Failure is null)
        {
            Continue(step);
            return;
        }
        if (container.IsList)
        {
            container.Ended[scope.Iteration] = EndOf(scope);
            Continue(step);
        }
        else
        {
            EndRepeat(scope, step, container);
        }
    }

    /// <summary>What an ended iteration of a list came to.</summary>
    private IterationEnd EndOf(ScopeState scope)
    {
        if (scope.Failure is { ErrorCode: StepState.Rejected } rejected) return new IterationEnd(StepOutcome.Rejection(rejected.ErrorMessage));
        if (scope.Failure is { } failed) return new IterationEnd(default, failed.ErrorCode, failed.ErrorMessage, failed.ReadablePath);
        try
        {
            var verdict = Kind(scope).Judge(parts.Steps.InsideOf(state, scope, new StepCalls()), scope.Container!.Node.Settings, scope.Iteration, _stop.Token);
            return new IterationEnd(verdict.Result);
        }
        catch (TemplateRenderException error)
        {
            return new IterationEnd(default, error.Code, error.Message, scope.Container!.ReadablePath);
        }
    }

    private void EndRepeat(ScopeState scope, StepState step, ContainerState container)
    {
        container.Ended[scope.Iteration] = default;
        if (scope.Failure is { ErrorCode: StepState.Rejected } rejected)
        {
            // passed outward as it is; 'onError' is for failures
            Finish(step, new StepOutcome(StepStatus.Failed, null, default, StepState.Rejected, rejected.ErrorMessage));
            return;
        }
        if (scope.Failure is { } failed)
        {
            Finish(step, StepOutcome.Fail(step, failed.ErrorCode!, $"{failed.ReadablePath}: {failed.ErrorMessage}"));
            return;
        }
        IterationVerdict verdict;
        try
        {
            verdict = Kind(scope).Judge(parts.Steps.InsideOf(state, scope, new StepCalls()), step.Node.Settings, scope.Iteration, _stop.Token);
        }
        catch (TemplateRenderException error)
        {
            Finish(step, StepOutcome.Fail(step, error.Code, error.Message));
            return;
        }
        if (!verdict.Again) Finish(step, StepOutcome.Of(step, new NodeResult.Done(verdict.Result)));
        else if (scope.Iteration + 1 >= container.Plan.MaxIterations) Finish(step, StepOutcome.Of(step, new NodeResult.Done(verdict.Result, "exhausted")));
        else
        {
            parts.Crash.Hit("container.before-next");
            Begin(step, scope.Iteration + 1, default, verdict.Feedback);
        }
    }

    /// <summary>Makes the list of results, once every item has come to its end.</summary>
    private void FinishList(StepState step)
    {
        var container = step.Container!;
        var lost = container.Ended.Where(x => x.Value.Code is null && x.Value.Result.ValueKind == JsonValueKind.Undefined).Select(x => x.Key).ToList();
        if (lost.Count > 0)
        {
            _running++;
            _ = CollectAsync(step, lost);
            return;
        }
        var failed = container.Ended.Where(x => x.Value.Code is not null).OrderBy(x => x.Key).ToList();
        if (failed.Count > 0 && container.Plan.OnItemError == OnItemError.Fail)
        {
            var which = string.Join(", ", failed.Take(20).Select(x => x.Key)) + (failed.Count > 20 ? ", …" : "");
            Finish(step, StepOutcome.Fail(step, "item_failed",
                $"{failed.Count} of {container.Count} items failed ({which}). The first at {failed[0].Value.Path}: {failed[0].Value.Message}"));
            return;
        }
        var results = new List<JsonElement>(container.Count);
        for (var i = 0; i < container.Count; i++)
        {
            var end = container.Ended[i];
            if (end.Code is null) results.Add(end.Result);
            else if (container.Plan.OnItemError == OnItemError.Collect) results.Add(JsonSerializer.SerializeToElement(new { error = new { code = end.Code, message = end.Message } }));
        }
        Finish(step, StepOutcome.Of(step, new NodeResult.Done(JsonSerializer.SerializeToElement(results))));
    }

    /// <summary>Reads results of iterations that an earlier owner brought to their end.</summary>
    private async Task CollectAsync(StepState step, List<int> iterations)
    {
        try
        {
            var container = step.Container!;
            foreach (var iteration in iterations)
            {
                var scope = new ScopeState(step.Node.Inside!, StepPath.Inside(step.SortPath, iteration), step, iteration) { Item = container.Plan.Items!.Value[iteration] };
                await parts.Loader.FillAsync(Run, scope, _stop.Token);
                container.Ended[iteration] = EndOf(scope);
            }
            _inbox.Writer.TryWrite(new Message.Collected(step, container));
        }
        catch (Exception error) // reported: the loop fails with it
        {
            _inbox.Writer.TryWrite(new Message.Broken(error));
        }
    }

    /// <summary>Settles a container; its outcome is part of the next commit.</summary>
    private void Finish(StepState step, StepOutcome outcome)
    {
        step.Container = null;
        var row = step.ToRow(state, null);
        row.Attempts++;
        outcome.AddTo(_unsaved, state, row, null, parts.Clock.GetUtcNow());
        _unsaved.MustPrecede = true;
        Apply(step, outcome, new StepCalls());
    }

    private static IContainerNode Kind(ScopeState scope) => (IContainerNode)scope.Container!.Node.Kind;
}
