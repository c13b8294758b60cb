using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.References;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>A value that a text may insert.</summary>
/// <param name="Path">As templates write it.</param>
/// <param name="From">Whose it is, for people.</param>
/// <param name="Example">What it was last, shortened; null: not known.</param>
/// <param name="Connects">The node that has to be connected first; null: it can be read as it is.</param>
public sealed record Insertable(string Path, string From, string? Example, string? Connects);

/// <summary>A model that may be chosen.</summary>
/// <param name="Name">As files write it.</param>
/// <param name="Price">Per million tokens; null: not known.</param>
public sealed record ModelChoice(string Name, PriceOptions? Price);

/// <summary>What a workspace offers to every node.</summary>
/// <param name="Models">Its models.</param>
/// <param name="Default">The model that <c>default</c> means.</param>
/// <param name="Reviewers">Mail addresses of those who may review.</param>
/// <param name="Currency">The currency of prices.</param>
public sealed record WorkspaceChoices(IReadOnlyList<ModelChoice> Models, string Default, IReadOnlyList<string> Reviewers, string Currency)
{
    /// <summary>Nothing to offer.</summary>
    public static WorkspaceChoices Nothing { get; } = new([], "", [], "USD");

    /// <summary>What runs may spend, in a sentence; null: no cap.</summary>
    public string? Limits { get; init; }

    /// <summary>The price of a model as files name it; null: not known.</summary>
    public PriceOptions? PriceOf(string? model) => Models.FirstOrDefault(x => x.Name == (model is null or "" or "default" ? Default : model))?.Price;
}

/// <summary>What the editors of one node offer.</summary>
/// <param name="Nodes">Ids of the other nodes.</param>
/// <param name="Values">What it may read: the place's own, the nearest steps' first; then what it could once it is connected; then the run's.</param>
/// <param name="Workspace">What the workspace offers.</param>
/// <param name="Known">What is known of those values.</param>
/// <param name="Model">The model that the node asks; null: none.</param>
/// <param name="ConnectAsync">Connects a node to this one, so that it may be read.</param>
public sealed record InspectorContext(IReadOnlyList<string> Nodes, IReadOnlyList<Insertable> Values, WorkspaceChoices Workspace, IValues Known, string? Model, Func<string, Task> ConnectAsync)
{
    /// <summary>Nothing to offer.</summary>
    public static InspectorContext Nothing { get; } = new([], [], WorkspaceChoices.Nothing, new Values(new Dictionary<string, System.Text.Json.JsonElement>()), null, _ => Task.CompletedTask);

    /// <summary>What the place of a node offers.</summary>
    /// <param name="graph">The draft.</param>
    /// <param name="node">The node.</param>
    /// <param name="workspace">What the workspace offers.</param>
    /// <param name="trial">What is known of the nodes.</param>
    /// <param name="connect">Connects a node to this one.</param>
    public static InspectorContext Of(Graph graph, GraphNode node, WorkspaceChoices workspace, Trial trial, Func<string, Task> connect)
    {
        var known = trial.ValuesAt(graph, node);
        var at = Readable.At(graph, node.Id).ToLookup(x => x.Node is not null ? 1 : x.Path.StartsWith("run.", StringComparison.Ordinal) ? 2 : 0); // the list's entry is what one wants inside, the run's own facts last
        var readable = at[0].Concat(at[1]).Select(x => Insert(x, null)).Concat(Readable.Near(graph, node.Id).Select(x => Insert(x, x.Node!.Id))).Concat(at[2].Select(x => Insert(x, null)));
        var model = node.Settings.ValueKind == System.Text.Json.JsonValueKind.Object && node.Settings.TryGetProperty("model", out var named) && named.ValueKind == System.Text.Json.JsonValueKind.String ? named.GetString() : null;
        return new InspectorContext([.. graph.Nodes.Select(x => x.Id).Where(x => x != node.Id)], [.. readable], workspace, known, model, connect);

        Insertable Insert(Readable x, string? connects) => new(x.Path, x.Node is { } from ? GraphPicture.Title(from) : Words(x.Path), Trial.Example(known, x.Path) is { Length: > 0 } example ? example : null, connects);
    }

    private static string Words(string path) => path switch
    {
        "run.id" => "the run's id",
        "run.startedAt" => "when the run began",
        "run.account" => "for whom it was run",
        "run.slot" => "a schedule's time",
        "run.previousSlot" => "the time of its last success",
        "item" => "the entry of the list",
        "index" => "the entry's place in the list",
        "attempt" => "which round this is",
        "feedback" => "what was to be better",
        "previous" => "what was sent back",
        _ => "this run",
    };
}
