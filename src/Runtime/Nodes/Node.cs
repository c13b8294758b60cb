using System.Text.Json;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>A node kind: what it is and what it does. Found once at start by <see cref="NodeCatalog"/>; instances are shared and hold no state.</summary>
public abstract class Node
{
    /// <summary>The class of its settings.</summary>
    public abstract Type SettingsType { get; }

    /// <summary>Ports out, in drawing order, without <c>error</c> (which <c>onError: route</c> adds).</summary>
    public abstract IReadOnlyList<string> PortsOf(NodeSettings settings);

    /// <summary>A JSON schema of its output as far as the settings tell; null where anything may come.</summary>
    public virtual JsonElement? ShapeOf(NodeSettings settings) => null;

    /// <summary>The setting whose value has the output's shape, where <see cref="ShapeOf"/> cannot know it without the document.</summary>
    public virtual ShapeSource? ShapeFrom(NodeSettings settings) => null;

    /// <summary>True where it may have an effect outside that a person has to allow (<c>ungated_send</c>).</summary>
    public virtual bool Sends(NodeSettings settings) => false;

    /// <summary>Problems that the descriptions of its fields cannot tell.</summary>
    public virtual void Check(NodeCheck check, NodeSettings settings) { }

    /// <summary>Runs it once. Exceptions are for bugs, cancellation and templates that could not be rendered.</summary>
    public abstract ValueTask<NodeResult> RunAsync(NodeContext context, NodeSettings settings, CancellationToken cancel);
}

/// <summary>A node kind with settings of type <typeparamref name="TSettings"/>.</summary>
public abstract class Node<TSettings> : Node where TSettings : NodeSettings, new()
{
    /// <inheritdoc />
    public sealed override Type SettingsType => typeof(TSettings);

    /// <inheritdoc />
    public sealed override IReadOnlyList<string> PortsOf(NodeSettings settings) => Ports((TSettings)settings);

    /// <inheritdoc />
    public sealed override JsonElement? ShapeOf(NodeSettings settings) => Shape((TSettings)settings);

    /// <inheritdoc />
    public sealed override ShapeSource? ShapeFrom(NodeSettings settings) => ShapeFrom((TSettings)settings);

    /// <inheritdoc />
    public sealed override void Check(NodeCheck check, NodeSettings settings) => Check(check, (TSettings)settings);

    /// <inheritdoc />
    public sealed override ValueTask<NodeResult> RunAsync(NodeContext context, NodeSettings settings, CancellationToken cancel) =>
        RunAsync(context, (TSettings)settings, cancel);

    /// <inheritdoc cref="Node.PortsOf" />
    protected virtual IReadOnlyList<string> Ports(TSettings settings) => DefaultPorts;

    /// <inheritdoc cref="Node.ShapeOf" />
    protected virtual JsonElement? Shape(TSettings settings) => null;

    /// <inheritdoc cref="Node.ShapeFrom" />
    protected virtual ShapeSource? ShapeFrom(TSettings settings) => null;

    /// <inheritdoc cref="Node.Check(NodeCheck, NodeSettings)" />
    protected virtual void Check(NodeCheck check, TSettings settings) { }

    /// <inheritdoc cref="Node.RunAsync(NodeContext, NodeSettings, CancellationToken)" />
    protected abstract ValueTask<NodeResult> RunAsync(NodeContext context, TSettings settings, CancellationToken cancel);

    private static readonly string[] DefaultPorts = ["out"];
}

/// <summary>A kind that holds other nodes and runs them in iterations. The engine runs the inside; the kind says how often and what comes of it.</summary>
public abstract class ContainerNode<TSettings> : Node<TSettings>, IContainerNode where TSettings : StepSettings, new()
{
    /// <inheritdoc />
    public ContainerPlan Plan(NodeContext context, NodeSettings settings, CancellationToken cancel) => Plan(context, (TSettings)settings, cancel);

    /// <inheritdoc />
    public IterationVerdict Judge(NodeContext inside, NodeSettings settings, int iteration, CancellationToken cancel) =>
        Judge(inside, (TSettings)settings, iteration, cancel);

    /// <inheritdoc cref="IContainerNode.Plan" />
    protected abstract ContainerPlan Plan(NodeContext context, TSettings settings, CancellationToken cancel);

    /// <inheritdoc cref="IContainerNode.Judge" />
    protected abstract IterationVerdict Judge(NodeContext inside, TSettings settings, int iteration, CancellationToken cancel);

    /// <summary>Never called: the engine runs containers through <see cref="Plan(NodeContext, NodeSettings, CancellationToken)"/> and <see cref="Judge(NodeContext, NodeSettings, int, CancellationToken)"/>.</summary>
    protected sealed override ValueTask<NodeResult> RunAsync(NodeContext context, TSettings settings, CancellationToken cancel) =>
        throw new InvalidOperationException("A container is run by the engine.");
}

/// <summary>Where an output takes its shape from.</summary>
/// <param name="Setting">A path, or a value that is one lone path.</param>
/// <param name="Inside">True where it is read inside the container.</param>
/// <param name="Many">True where the output is a list of such values.</param>
public sealed record ShapeSource(JsonElement Setting, bool Inside = false, bool Many = false);

/// <summary>How the engine drives a container.</summary>
public interface IContainerNode
{
    /// <summary>Called once when the container starts, with the values outside.</summary>
    ContainerPlan Plan(NodeContext context, NodeSettings settings, CancellationToken cancel);

    /// <summary>Called when the inside of an iteration came to its end without a failure or rejection, with the values inside. For containers that are not known beforehand to go on (<c>repeat</c>), it says whether another follows.</summary>
    IterationVerdict Judge(NodeContext inside, NodeSettings settings, int iteration, CancellationToken cancel);
}

/// <summary>What a container will do.</summary>
/// <param name="Items">The list that is gone through (<c>forEach</c>: each iteration reads <c>item</c> and <c>index</c>), or null where iterations follow one another (<c>repeat</c>: <c>attempt</c> and <c>feedback</c>).</param>
/// <param name="Concurrency">Iterations at once.</param>
/// <param name="MaxIterations">Most iterations.</param>
/// <param name="OnItemError">What a failed iteration means.</param>
/// <param name="Failure">Set where the container cannot start (<c>not_a_list</c>, <c>limit</c>).</param>
public sealed record ContainerPlan(JsonElement? Items, int Concurrency, int MaxIterations, OnItemError OnItemError, NodeResult.Failed? Failure = null);

/// <summary>What a failed iteration of <c>forEach</c> means.</summary>
public enum OnItemError { Fail, Skip, Collect }

/// <summary>What came of one iteration.</summary>
/// <param name="Result">The value of <c>result</c>; null (JSON) where its node was skipped.</param>
/// <param name="Again">True where another iteration shall follow if one is left.</param>
/// <param name="Feedback">What the next iteration reads as <c>feedback</c>.</param>
public sealed record IterationVerdict(JsonElement Result, bool Again = false, string Feedback = "");
