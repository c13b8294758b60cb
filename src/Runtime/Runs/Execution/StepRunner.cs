using System.Text.Json;
using Microsoft.Extensions.Logging;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>Runs one node once: gives it what it may read, lets it call models under its step's name, and makes a result of whatever happens.</summary>
internal sealed partial class StepRunner(StepModelsFactory models, MailServers mail, TimeProvider clock, CrashPoints crash, ILogger<StepRunner> log)
{
    /// <summary>What a node may use, for one step.</summary>
    internal NodeContext ContextOf(RunState state, StepState step, StepCalls calls) => new()
    {
        Node = step.Node.Graph,
        StepPath = step.ReadablePath,
        StepPathWithoutRounds = StepPath(step),
        RunId = state.Run.Id,
        Values = new StepValues(state, step.Scope, step),
        RunInputs = state.Inputs,
        Models = models.For(state, step, calls),
        Clock = clock,
        Feedback = step.Feedback,
        BareNames = step.Node.BareNames,
    };

    /// <summary>What a container may use inside one of its iterations, to judge it.</summary>
    internal NodeContext InsideOf(RunState state, ScopeState iteration, StepCalls calls)
    {
        var container = iteration.Container!;
        return new NodeContext
        {
            Node = container.Node.Graph,
            StepPath = container.ReadablePath,
            StepPathWithoutRounds = StepPath(container),
            RunId = state.Run.Id,
            Values = new StepValues(state, iteration, null, insideEnded: true),
            RunInputs = state.Inputs,
            Models = models.For(state, container, calls),
            Clock = clock,
            BareNames = container.Node.BareNames,
        };
    }

    /// <summary>Runs the node. Throws only when it is cancelled or the process acts dead.</summary>
    internal async ValueTask<NodeResult> RunAsync(RunState state, StepState step, StepCalls calls, CancellationToken cancel)
    {
        crash.Hit("step.before-start");
        try
        {
            var result = await step.Node.Kind.RunAsync(ContextOf(state, step, calls), step.Node.Settings, cancel);
            return result is NodeResult.Send send ? await DirectAsync(send, state, step, cancel) : result;
        }
        catch (TemplateRenderException error)
        {
            return new NodeResult.Failed(error.Code, error.Message);
        }
        catch (TemplateSyntaxException error)
        {
            return new NodeResult.Failed(error.Code, error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException and not SimulatedCrashException)
        {
            StepBroke(log, state.Run.Id, step.ReadablePath, error);
            return new NodeResult.Failed("internal", $"'{step.Node.Title}' met an error of this program's own. The server's log has it under run {state.Run.Id}.");
        }
    }

    /// <summary>Says of a mail whether it leaves, and what has to be approved when it does.</summary>
    private async ValueTask<NodeResult> DirectAsync(NodeResult.Send send, RunState state, StepState step, CancellationToken cancel)
    {
        var server = await mail.OfAsync(state.Run.WorkspaceId, cancel);
        return send with
        {
            MessageId = MailRows.IdOf(state.Run.Id, step.SortPath, server is null ? null : MailAddresses.One(server.From).Mailbox?.Domain),
            Gates = SendGates.Of(step),
            Way = state.Run.Try ? SendWay.Try : state.Run.Practice ? SendWay.Practice : server is null ? SendWay.NoServer : SendWay.Smtp,
        };
    }

    private static string StepPath(StepState step) => Planning.StepPath.WithoutRounds(step.ReadablePath);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {Run}, step {Step}: the node threw")]
    private static partial void StepBroke(ILogger logger, Guid run, string step, Exception error);
}

/// <summary>The calls that one step makes, as they are to be logged.</summary>
internal sealed class StepCalls
{
    public List<ModelCall> Calls { get; } = [];

    /// <summary>The practice model answered.</summary>
    public bool Practice { get; set; }

    /// <summary>The answer that the step's output may be.</summary>
    public ModelCall? Answer => Calls.Count > 0 && Calls[^1].Status == ModelCallStatus.Answered ? Calls[^1] : null;

    /// <summary>Attempts made, for a step that calls; one for any other.</summary>
    public int Attempts => Calls.Count == 0 ? 1 : Calls.Max(x => x.Attempt);
}

/// <summary>A test lets the process die here.</summary>
public sealed class SimulatedCrashException(string point) : Exception($"Simulated crash at {point}.");
