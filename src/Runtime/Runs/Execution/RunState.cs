using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs.Execution;

/// <summary>A run in the memory of its owner: what its rows say, and what goes on now.</summary>
internal sealed class RunState(OwnedRun run, RunPlan plan, JsonElement inputs)
{
    public OwnedRun Run { get; } = run;

    public RunPlan Plan { get; } = plan;

    public JsonElement Inputs { get; } = inputs;

    /// <summary>The inputs as templates read them, files with their content; made when somebody first looks, since rows and memory hold ids.</summary>
    public Lazy<JsonElement> Given { get; init; } = new(inputs);

    public RunSpend Spend { get; } = new(run.SpentCost, run.SpentTokens);

    public ScopeState Root { get; } = new(plan.Root, "", null, 0);
}

/// <summary>The steps outside containers, or those of one iteration.</summary>
internal sealed class ScopeState
{
    public ScopeState(PlanScope plan, string prefix, StepState? container, int iteration)
    {
        Plan = plan;
        Prefix = prefix;
        Container = container;
        Iteration = iteration;
        Steps = new StepState[plan.Nodes.Count];
        for (var i = 0; i < Steps.Length; i++) Steps[i] = new StepState(plan.Nodes[i], this);
    }

    public PlanScope Plan { get; }

    /// <summary>What the sorting paths of its steps begin with.</summary>
    public string Prefix { get; }

    /// <summary>The container's step; null at the root.</summary>
    public StepState? Container { get; }

    /// <summary>Which iteration, from 0.</summary>
    public int Iteration { get; }

    public StepState[] Steps { get; }

    /// <summary>What <c>item</c> reads.</summary>
    public JsonElement Item { get; init; }

    /// <summary>What <c>feedback</c> reads in a <c>repeat</c>.</summary>
    public string Feedback { get; init; } = "";

    /// <summary>Nothing more starts here: something around it stops.</summary>
    public bool IsCut { get; set; }

    /// <summary>A request for changes made it pointless; whatever still comes from it is ignored.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>What it came to was taken over: several of its steps may report in one turn, and it ends once.</summary>
    public bool IsOver { get; set; }

    /// <summary>It has steps that run or are about to; an iteration in which everything waits takes up no place.</summary>
    public bool IsBusy { get; set; } = true;

    public StepState? Find(string node) => Plan.Find(node) is { } found ? Steps[found.Rank] : null;

    public NextSteps Next()
    {
        var states = new NodeState[Steps.Length];
        for (var i = 0; i < states.Length; i++) states[i] = new NodeState(Steps[i].Status, Steps[i].Port);
        return ReadySteps.Next(Plan.Topology, states);
    }

    public bool IsStopping => IsCut || Array.Exists(Steps, x => x.Status is StepStatus.Failed or StepStatus.Cancelled);

    /// <summary>The failure that stopped it; a rejection only where nothing else failed.</summary>
    public StepState? Failure =>
        Array.Find(Steps, x => x.Status == StepStatus.Failed && x.ErrorCode != StepState.Rejected) ?? Array.Find(Steps, x => x.Status == StepStatus.Failed);
}

/// <summary>A node in a scope, in its latest round.</summary>
internal sealed class StepState
{
    /// <summary>The code of a gate's rejection, which is no failure.</summary>
    public const string Rejected = "rejected";

    private Paths _paths = null!;

    public StepState(PlanNode node, ScopeState scope)
    {
        Node = node;
        Scope = scope;
        Round = 1;
    }

    public PlanNode Node { get; }

    public ScopeState Scope { get; }

    public StepStatus Status { get; set; }

    public string? Port { get; set; }

    public int Round
    {
        get;
        set
        {
            field = value;
            _paths = new Paths(Scope.Prefix + (value == 1 ? Node.FirstSegment : StepPath.Segment(Node.Rank, Node.Id, value)));
        }
    }

    public int Attempts { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? WaitUntil { get; set; }

    public string? ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    /// <summary>The output; undefined while there is none, or while it was not loaded.</summary>
    public JsonElement Output { get; set; }

    /// <summary>What a reviewer asked for.</summary>
    public ReviewerFeedback? Feedback { get; set; }

    /// <summary>Iterations, while a container runs.</summary>
    public ContainerState? Container { get; set; }

    /// <summary>Stops what runs, when a request for changes makes it pointless.</summary>
    public CancellationTokenSource? Stop { get; set; }

    public string SortPath => _paths.Sort;

    public string ReadablePath => _paths.Readable;

    /// <summary>The row that says what this step has come to.</summary>
    public Step ToRow(RunState state, DateTimeOffset? finished) => new()
    {
        RunKey = state.Run.Key,
        WorkspaceId = state.Run.WorkspaceId,
        SortPath = SortPath,
        Status = Status,
        Port = Port is "out" ? null : Port,
        Attempts = Attempts,
        StartedAt = StartedAt,
        FinishedAt = finished,
        WaitUntil = WaitUntil,
        ErrorCode = ErrorCode,
        ErrorMessage = ErrorMessage,
        Feedback = Feedback is null ? null : JsonSerializer.Serialize(Feedback, JsonSerializerOptions.Web),
    };

    /// <summary>Made anew with each round: who works on an earlier one may still read these.</summary>
    private sealed class Paths(string sort)
    {
        public string Sort { get; } = sort;

        public string Readable => field ??= StepPath.ToReadable(Sort);
    }
}

/// <summary>The iterations of a running container.</summary>
internal sealed class ContainerState(ContainerPlan plan)
{
    public ContainerPlan Plan { get; } = plan;

    /// <summary>Iterations under way.</summary>
    public Dictionary<int, ScopeState> Active { get; } = [];

    /// <summary>What came of iterations; undefined where an iteration of an earlier owner has to be read again.</summary>
    public Dictionary<int, IterationEnd> Ended { get; } = [];

    /// <summary>Active iterations in which something runs.</summary>
    public int Busy { get; set; }

    /// <summary>The next iteration that nobody has begun.</summary>
    public int Next { get; set; }

    /// <summary>How many iterations there are to be: the list's length, or as many as may follow one another.</summary>
    public int Count => Plan.Items is { } items ? items.GetArrayLength() : Plan.MaxIterations;

    /// <summary>True for <c>forEach</c>.</summary>
    public bool IsList => Plan.Items is not null;
}

/// <summary>How an iteration ended.</summary>
/// <param name="Result">Its result; undefined where it has to be read again.</param>
/// <param name="Code">The code that it failed with; null where it did not.</param>
/// <param name="Message">The failure in words, or the rejection's comment.</param>
/// <param name="Path">The readable path of the step that failed.</param>
internal readonly record struct IterationEnd(JsonElement Result, string? Code = null, string? Message = null, string? Path = null);
