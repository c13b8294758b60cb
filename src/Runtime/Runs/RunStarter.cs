using System.Text.Json;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;

namespace PromptDesigner.Runtime.Runs;

/// <summary>What to run.</summary>
public sealed record RunRequest
{
    /// <summary>The pipeline's id.</summary>
    public required Guid Pipeline { get; init; }

    /// <summary>A JSON object of inputs; undefined means empty.</summary>
    public JsonElement Inputs { get; init; }

    /// <summary>A version; null: the active one.</summary>
    public int? Version { get; init; }

    /// <summary>Run the draft as it is now; makes the run a try.</summary>
    public bool Draft { get; init; }

    /// <summary>Nothing leaves for real.</summary>
    public bool Try { get; init; }

    /// <summary>For a draft: only a part of it, with what is known already.</summary>
    public TryPart? Part { get; init; }

    /// <summary>The caller's own name for whom it is run.</summary>
    public string? Account { get; init; }

    /// <summary>Which queued run goes first.</summary>
    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>What starts it.</summary>
    public RunTrigger Trigger { get; init; } = RunTrigger.Api;

    /// <summary>The scheduled time that it runs for, with the one before.</summary>
    internal (DateTimeOffset Slot, DateTimeOffset? Previous)? Slot { get; init; }

    /// <summary>The caller's idempotency key with the hash of its request.</summary>
    public (string Key, byte[] RequestHash)? Idempotency { get; init; }
}

/// <summary>A run that may be stored, with what is stored beside it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Settled">Steps that do not run: its input's, and of a try what is known already.</param>
/// <param name="Files">Inputs that name files.</param>
internal sealed record AcceptableRun(Run Run, IReadOnlyList<Step> Settled, IReadOnlyList<(string Input, Guid File)> Files)
{
    /// <summary>The files' ids, each once.</summary>
    public IReadOnlyList<Guid> FileIds => [.. Files.Select(x => x.File).Distinct()];
}

/// <summary>Accepts runs: checks the inputs against the pinned version, stores the run with everything that it needs, and asks for its turn.</summary>
public sealed class RunStarter
{
    private const int MostInputs = 5 * 1024 * 1024;

    private readonly ReadConnections _read;
    private readonly RunJournal _journal;
    private readonly RunDispatcher _dispatcher;
    private readonly PlanCache _plans;
    private readonly DraftSnapshots _drafts;
    private readonly RunOptions _options;
    private readonly TimeProvider _clock;

    internal RunStarter(ReadConnections read, RunJournal journal, RunDispatcher dispatcher, PlanCache plans, DraftSnapshots drafts, RunOptions options, TimeProvider clock)
    {
        _read = read;
        _journal = journal;
        _dispatcher = dispatcher;
        _plans = plans;
        _drafts = drafts;
        _options = options;
        _clock = clock;
    }

    /// <summary>Starts a run. Once the answer has an id, the run is durable. With a used idempotency key it is the id of the run that was started then, whatever has changed since.</summary>
    public async Task<Answer<Guid>> StartAsync(RunRequest request, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Run) is { } denied) return denied;
        if ((request.Draft || request.Try) && actor.Denies(Operation.Design) is { } noTry) return noTry;
        return await AdmitAsync(request.Idempotency, actor, () => CheckAsync(request, actor, cancel), cancel);
    }

    /// <summary>Starts a new run with the inputs and the pinned version of an earlier one.</summary>
    public async Task<Answer<Guid>> RerunAsync(Guid run, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Run) is { } denied) return denied;
        return await AdmitAsync(idempotency, actor, () => RepeatAsync(run, actor, idempotency, cancel), cancel);
    }

    /// <summary>Holds a place in the queue while a run is checked and stored, so that a burst cannot pass a limit that has room for one.</summary>
    private async Task<Answer<Guid>> AdmitAsync((string Key, byte[] RequestHash)? idempotency, Actor actor, Func<Task<Answer<Guid>>> accept, CancellationToken cancel)
    {
        if (idempotency is { } used && await _journal.FindKeyAsync(_read, actor.Workspace, used.Key, cancel) is { } earlier) return Repeated(earlier, used.RequestHash);
        if (_dispatcher.IsDraining) return new Refusal("stopping", "The server is stopping. Try again in a moment.");
        if (!_dispatcher.TryHoldPlace()) return new Refusal("rate_limited", $"{_options.MaxQueued} runs are queued already. Try again when some of them are done.");
        try
        {
            return await accept();
        }
        finally
        {
            _dispatcher.GivePlaceBack();
        }
    }

    private async Task<Answer<Guid>> CheckAsync(RunRequest request, Actor actor, CancellationToken cancel)
    {
        var pipelines = await _read.ReadAsync("SELECT Key, ActiveVersion, ArchivedAt IS NOT NULL FROM Pipelines WHERE WorkspaceId = @1 AND Id = @2",
            x => (Key: x.GetInt32(0), Active: x.IntOrNull(1), IsArchived: x.GetInt32(2) != 0), cancel, actor.Workspace, request.Pipeline);
        if (pipelines.Count == 0) return new Refusal("not_found", "There is no such pipeline.");
        if (pipelines[0].IsArchived) return Archived;
        int? draft = null, version = request.Draft ? null : request.Version ?? pipelines[0].Active;
        if (request.Draft)
        {
            var pinned = await _drafts.PinAsync(request.Pipeline, actor.Workspace, request.Part, cancel);
            if (pinned.Refusal is { } refusal) return refusal;
            draft = pinned.Value;
        }
        else if (version is null)
        {
            return new Refusal("not_published", "This pipeline has no published version yet. Publish its draft, or run version 'draft' as a try.");
        }
        else if (request.Version is not null && (await _read.ReadAsync("SELECT 1 FROM PipelineVersions WHERE PipelineKey = @1 AND Number = @2", x => x.GetInt32(0), cancel,
                     pipelines[0].Key, version)).Count == 0)
        {
            return new Refusal("not_found", $"This pipeline has no version {version}.");
        }
        return await AcceptAsync(request with { Version = version, Try = request.Try || request.Draft }, pipelines[0].Key, draft, actor, cancel);
    }

    private async Task<Answer<Guid>> RepeatAsync(Guid run, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        var found = await _read.ReadAsync("""
            SELECT r.PipelineKey, r.Version, r.DraftRevision, r.Inputs, r.Try, r.Account, r.Priority, p.ArchivedAt IS NOT NULL, r.Slot, r.PreviousSlot
            FROM Runs r JOIN Pipelines p ON p.Key = r.PipelineKey WHERE r.WorkspaceId = @1 AND r.Id = @2
            """,
            x => (Pipeline: x.GetInt32(0), Version: x.IntOrNull(1), Draft: x.IntOrNull(2), Inputs: x.GetString(3), Try: x.GetInt32(4) != 0, Account: x.TextOrNull(5), Priority: (RunPriority)x.GetInt32(6), IsArchived: x.GetInt32(7) != 0, Slot: x.TimeOrNull(8), Previous: x.TimeOrNull(9)),
            cancel, actor.Workspace, run);
        if (found.Count == 0) return new Refusal("not_found", "There is no such run.");
        var earlier = found[0];
        if (earlier.IsArchived) return Archived;
        return await AcceptAsync(new RunRequest
        {
            Pipeline = default, Version = earlier.Version, Inputs = JsonSerializer.Deserialize<JsonElement>(earlier.Inputs), Try = earlier.Try, Account = earlier.Account,
            Priority = earlier.Priority, Trigger = actor.Person is null ? RunTrigger.Api : RunTrigger.Person, Idempotency = idempotency,
            Slot = earlier.Slot is { } slot ? (slot, earlier.Previous) : null,
        }, earlier.Pipeline, earlier.Draft, actor, cancel);
    }

    private async Task<Answer<Guid>> AcceptAsync(RunRequest request, int pipeline, int? draft, Actor actor, CancellationToken cancel)
    {
        var made = await MakeAsync(request, pipeline, draft, actor, cancel);
        if (made.Refusal is { } wrong) return wrong;
        var (run, settled, files) = made.Value!;
        var record = request.Idempotency is not { } idempotency ? null : new IdempotencyRecord
        {
            WorkspaceId = actor.Workspace, Key = idempotency.Key, RequestHash = idempotency.RequestHash, StatusCode = 202, Answer = run.Id.ToString(), CreatedAt = run.CreatedAt,
        };
        var (stored, missing) = await _journal.AcceptAsync(run, settled, record, made.Value!.FileIds);
        if (missing is { } lost) return RunInputs.NoSuchFile(files.First(x => x.File == lost).Input);
        if (stored is { } earlier) return Repeated(earlier, record!.RequestHash);
        await _dispatcher.EnqueueAsync(QueuedRun.Of(run), cancel);
        return run.Id;
    }

    /// <summary>A run of a pinned version, its inputs checked; stored by whoever asks for it.</summary>
    internal async Task<Answer<AcceptableRun>> MakeAsync(RunRequest request, int pipeline, int? draft, Actor actor, CancellationToken cancel)
    {
        var plan = await _plans.GetAsync(pipeline, request.Version, draft, cancel);
        var inputs = RunInputs.Check(plan, request.Inputs);
        if (inputs.Refusal is { } wrong) return wrong;
        var text = inputs.Value.GetRawText();
        if (text.Length > MostInputs) return new Refusal("limit", $"The inputs have {text.Length / 1048576.0:0.0} MB; a run takes 5 MB at most. Split them with a For each node.");
        var now = _clock.GetUtcNow();
        var run = new Run
        {
            Id = Guid.CreateVersion7(now), WorkspaceId = actor.Workspace, PipelineKey = pipeline, Version = request.Version, DraftRevision = draft, Trigger = request.Trigger,
            StartedBy = actor.Name, StarterId = actor.Person, Account = request.Account, Priority = request.Priority, Try = request.Try, CreatedAt = now, Inputs = text,
            Slot = request.Slot?.Slot, PreviousSlot = request.Slot?.Previous,
        };
        var input = new Step
        {
            SortPath = plan.Input.FirstSegment, WorkspaceId = actor.Workspace, Status = StepStatus.Succeeded, Attempts = 1, StartedAt = now,
            FinishedAt = now, OutputSource = OutputSource.RunInputs,
        };
        Answer<List<Step>> known = request is { Draft: true, Part: { } part } ? part.Rows(plan, actor.Workspace, now) : new List<Step>();
        return known.Refusal is { } gone ? gone : new AcceptableRun(run, [input, .. known.Value!], RunInputs.Files(plan, inputs.Value));
    }

    private static Refusal Archived => new("not_published", "This pipeline is archived. Bring it back to run it.");

    private static Answer<Guid> Repeated(IdempotencyRecord earlier, byte[] requestHash) => earlier.RequestHash.AsSpan().SequenceEqual(requestHash)
        ? Guid.Parse(earlier.Answer)
        : new Refusal("idempotency_reused", "This Idempotency-Key was used with another request. Use a new key for a new request.");
}
