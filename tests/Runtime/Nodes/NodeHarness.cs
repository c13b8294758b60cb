using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Tests.Nodes;

/// <summary>One node alone: its settings and what it may read as JSON (with <c>'</c> for quotes), models that answer from a script, a clock that stands.</summary>
internal sealed class NodeHarness(string kind, string settings)
{
    private readonly BoundNode _bound = NodeCatalog.Standard.Bind(new GraphNode { Id = "node", Kind = kind, Settings = Json(settings) });

    public string Reads { get; init; } = "{}";

    public string Inputs { get; init; } = "{}";

    public ScriptedModels Models { get; init; } = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero));

    public Guid RunId { get; init; } = new("11111111-2222-3333-4444-555555555555");

    public string Path { get; init; } = "node";

    public ReviewerFeedback? Feedback { get; init; }

    public async Task<NodeResult> Run() => await Node.RunAsync(Context, Settings, CancellationToken.None);

    public async Task<NodeResult.Done> Done() => Assert.IsType<NodeResult.Done>(await Run());

    public async Task<NodeResult.Failed> Failed() => Assert.IsType<NodeResult.Failed>(await Run());

    public async Task<ApprovalRequest> Request() => Assert.IsType<NodeResult.WaitForPeople>(await Run()).Request;

    public ContainerPlan Plan() => ((IContainerNode)Node).Plan(Context, Settings, CancellationToken.None);

    public IterationVerdict Judge(int iteration) => ((IContainerNode)Node).Judge(Context, Settings, iteration, CancellationToken.None);

    public static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text.Replace('\'', '"').Replace('`', '\''));

    private Node Node => _bound.Kind.Node;

    private NodeSettings Settings
    {
        get
        {
            Assert.Empty(_bound.Findings);
            return _bound.Settings;
        }
    }

    private NodeContext Context => new()
    {
        Node = new GraphNode { Id = "node", Kind = kind },
        StepPath = Path + "@2",
        StepPathWithoutRounds = Path,
        RunId = RunId,
        Values = new Values(Json(Reads).EnumerateObject().ToDictionary(value => value.Name, value => value.Value)),
        RunInputs = Json(Inputs),
        Models = Models,
        Clock = Clock,
        Feedback = Feedback,
    };
}

/// <summary>Answers what the script says, in order, and remembers what it was asked.</summary>
internal sealed class ScriptedModels(params ModelOutcome[] script) : IStepModels
{
    private readonly Queue<ModelOutcome> _script = new(script);

    public List<ModelRequest> Asked { get; } = [];

    public static ModelOutcome Json(string json) => new ModelOutcome.Answered(json, NodeHarness.Json(json));

    public static ModelOutcome Text(string text) => new ModelOutcome.Answered(text, null);

    public Task<ModelOutcome> CallAsync(ModelRequest request, CancellationToken cancel)
    {
        Asked.Add(request);
        return Task.FromResult(_script.Dequeue());
    }
}
