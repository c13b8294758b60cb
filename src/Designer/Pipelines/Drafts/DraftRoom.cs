using System.Collections.Immutable;
using System.Text;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Pipelines.Drafts;

/// <summary>One draft and everybody who sits at it. Edits are made one after the other; each is durable before anybody sees it.</summary>
internal sealed class DraftRoom(DraftRooms rooms, Guid pipeline, int workspace)
{
    private const int Attempts = 5;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ImmutableList<DraftSeat> _seats = [];

    public Guid Pipeline => pipeline;

    public int Workspace => workspace;

    public Graph Graph { get; private set; } = new() { Name = "", Nodes = [], Edges = [] };

    /// <summary>The document in canonical form.</summary>
    public string Written { get; private set; } = "";

    public int Revision { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>Sends that an administrator let go without a gate.</summary>
    public IReadOnlyList<SendAllowed> Allowed { get; private set; } = [];

    public ImmutableList<DraftSeat> Seats => _seats;

    /// <summary>Under the rooms' lock.</summary>
    public void Sit(DraftSeat seat) => _seats = _seats.Add(seat);

    /// <summary>Under the rooms' lock; how many are left.</summary>
    public int StandUp(DraftSeat seat)
    {
        _seats = _seats.Remove(seat);
        return _seats.Count;
    }

    public void Leave(DraftSeat seat, Actor actor, DraftSteps steps) => rooms.Leave(this, seat, actor, steps);

    public TimeProvider Clock => rooms.Clock;

    /// <summary>Everybody looks again, but one who is told later.</summary>
    public void Tell(DraftSeat? except = null)
    {
        foreach (var seat in _seats)
            if (seat != except) Tell(seat.OnChanged);
    }

    /// <summary>One page looks again.</summary>
    public void Tell(Func<Task>? look)
    {
        if (look is not null) _ = rooms.CallAsync(look);
    }

    /// <summary>Reads what is stored, unless the room has that revision, or a newer one, by itself. True where it read.</summary>
    public async Task<bool> RefreshAsync(int revision, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            if (revision <= Revision) return false;
            await LoadAsync(cancel);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Somebody stored the draft; where it was not this room, everybody sees the newer one.</summary>
    public async Task SavedAsync(int revision)
    {
        if (await RefreshAsync(revision, CancellationToken.None)) Tell();
    }

    /// <summary>The document is the same, but what it may do has changed: everybody sees its problems of now.</summary>
    public async Task JudgeAnewAsync()
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (Revision == 0) return; // not read yet, and judged when it is
            Problems = await rooms.Judge.ProblemsAsync(Graph, workspace, pipeline, CancellationToken.None);
            Allowed = await rooms.Exceptions.OfAsync(pipeline, workspace, CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
        Tell();
    }

    /// <summary>Makes an edit, durable when the answer comes, or refuses it whole. All are told but the seat that edits: it has its own steps to note first.</summary>
    /// <returns>The revision, and what takes the edit back; empty where it changed nothing.</returns>
    public async Task<Answer<(int Revision, IReadOnlyList<DraftOperation> Inverse)>> ApplyAsync(IReadOnlyList<DraftOperation> edit, DraftSeat seat, Actor actor, CancellationToken cancel)
    {
        // asked anew: a role that was taken away a moment ago is gone
        if (actor.Person is not { } person || await rooms.People.FindAsync(person, workspace, null, actor.Address, cancel) is not { } current) return new Refusal("forbidden", "You are not a member of this workspace any more.");
        if (current.Denies(Operation.Design) is { } denied) return denied;
        await _turn.WaitAsync(cancel);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var edited = DraftEdits.Apply(Graph, edit);
                if (edited.Refusal is { } wrong) return wrong;
                var written = rooms.Judge.Write(edited.Value!.Graph);
                if (written == Written) return (Revision, []);
                var audits = rooms.IsAuditDue(pipeline, person);
                var saved = await rooms.Editor.SaveDraftAsync(pipeline, Revision, Encoding.UTF8.GetBytes(written), current, cancel, audits);
                if (saved.Refusal is { Code: "revision_stale" } && attempt < Attempts)
                {
                    await LoadAsync(cancel); // saved over HTTP meanwhile: the edit is made on the newer document
                    continue;
                }
                if (saved.Refusal is { } refused) return refused;
                if (audits) rooms.Audited(pipeline, person);
                (Graph, Written, Revision, Problems) = (edited.Value.Graph, written, saved.Value!.Revision, saved.Value.Problems);
                return (Revision, edited.Value.Inverse);
            }
        }
        finally
        {
            _turn.Release();
            Tell(except: seat);
        }
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        if (await rooms.LoadAsync(pipeline, workspace, cancel) is not { } stored || stored.Revision <= Revision) return;
        var graph = GraphJudge.ReadStored(stored.Draft);
        var problems = await rooms.Judge.ProblemsAsync(graph, workspace, pipeline, cancel);
        Allowed = await rooms.Exceptions.OfAsync(pipeline, workspace, cancel);
        (Graph, Written, Revision, Problems) = (graph, stored.Draft, stored.Revision, problems);
    }
}
