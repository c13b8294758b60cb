using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Pipelines.Drafts;

/// <summary>The drafts that somebody has open: one room each, so that all who sit in it see one document.</summary>
public sealed class DraftRooms : IDisposable
{
    private static readonly TimeSpan AuditedEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StepsKept = TimeSpan.FromHours(1);

    private readonly Database _database;
    private readonly ILogger<DraftRooms> _log;
    private readonly Lock _door = new();
    private readonly Dictionary<Guid, DraftRoom> _rooms = [];
    private readonly Dictionary<(Guid Pipeline, Guid Person), DateTimeOffset> _audited = [];
    private readonly Dictionary<(Guid Pipeline, Guid Person), (DraftSteps Steps, DateTimeOffset Left)> _left = [];

    /// <summary>No room yet.</summary>
    public DraftRooms(Database database, PipelineEditor editor, GraphJudge judge, SendExceptions exceptions, Memberships people, TimeProvider clock, ILogger<DraftRooms> log)
    {
        (_database, _log) = (database, log);
        (Editor, Judge, Exceptions, People, Clock) = (editor, judge, exceptions, people, clock);
        editor.Saved += OnSaved;
        judge.Changed += OnJudgedAnew;
    }

    internal PipelineEditor Editor { get; }

    internal GraphJudge Judge { get; }

    internal SendExceptions Exceptions { get; }

    internal Memberships People { get; }

    internal TimeProvider Clock { get; }

    /// <summary>Sits down at a draft. Who may not design may look.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="actor">Who comes.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns>The seat, to be disposed when the page goes; <c>not_found</c> where the workspace has no such pipeline.</returns>
    public async Task<Answer<DraftSeat>> EnterAsync(Guid pipeline, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Read) is { } refusal) return refusal;
        await using (var db = _database.Read(actor.Workspace))
            if (!await db.Pipelines.AnyAsync(x => x.Id == pipeline, cancel)) return PipelineEditor.NoSuchPipeline;
        DraftRoom room;
        DraftSeat seat;
        lock (_door)
        {
            if (!_rooms.TryGetValue(pipeline, out var open)) _rooms[pipeline] = open = new DraftRoom(this, pipeline, actor.Workspace);
            room = open;
            var steps = actor.Person is { } person && _left.Remove((pipeline, person), out var left) && Clock.GetUtcNow() - left.Left < StepsKept ? left.Steps : new DraftSteps();
            seat = new DraftSeat(room, actor, steps);
            room.Sit(seat);
        }
        try
        {
            await room.RefreshAsync(int.MaxValue, cancel); // whatever it has, there may be a newer one
        }
        catch
        {
            await seat.DisposeAsync();
            throw;
        }
        room.Tell();
        return seat;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Editor.Saved -= OnSaved;
        Judge.Changed -= OnJudgedAnew;
    }

    internal async Task<(string Draft, int Revision)?> LoadAsync(Guid pipeline, int workspace, CancellationToken cancel)
    {
        await using var db = _database.Read(workspace);
        var found = await db.Pipelines.Where(x => x.Id == pipeline).Select(x => new { x.Draft, x.DraftRevision }).SingleOrDefaultAsync(cancel);
        return found is null ? null : (found.Draft, found.DraftRevision);
    }

    /// <summary>One row of the audit log says for ten minutes that a person edits a draft.</summary>
    internal bool IsAuditDue(Guid pipeline, Guid person)
    {
        lock (_door) return !_audited.TryGetValue((pipeline, person), out var last) || Clock.GetUtcNow() - last > AuditedEvery;
    }

    internal void Audited(Guid pipeline, Guid person)
    {
        var now = Clock.GetUtcNow();
        lock (_door)
        {
            foreach (var (old, at) in _audited)
                if (now - at > AuditedEvery) _audited.Remove(old);
            _audited[(pipeline, person)] = now;
        }
    }

    internal void Leave(DraftRoom room, DraftSeat seat, Actor actor, DraftSteps steps)
    {
        var now = Clock.GetUtcNow();
        lock (_door)
        {
            if (room.StandUp(seat) == 0) _rooms.Remove(room.Pipeline);
            foreach (var (whose, (_, left)) in _left)
                if (now - left > StepsKept) _left.Remove(whose);
            if (actor.Person is { } person && steps.Undo.Count + steps.Redo.Count > 0) _left[(room.Pipeline, person)] = (steps, now);
        }
        room.Tell();
    }

    /// <summary>Calls somebody back; one whose page fails harms nobody else.</summary>
    internal async Task CallAsync(Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (ObjectDisposedException)
        {
            // the page went away meanwhile
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            DraftLog.NotTold(_log, error);
        }
    }

    /// <summary>A draft was stored, by whatever way: whoever sits at it sees it.</summary>
    private void OnSaved(Guid pipeline, int revision)
    {
        DraftRoom? room;
        lock (_door) room = _rooms.GetValueOrDefault(pipeline);
        if (room is not null) _ = CallAsync(() => room.SavedAsync(revision));
    }

    /// <summary>An exception was made or taken back, or the workspace's policy changed.</summary>
    private void OnJudgedAnew(int workspace, Guid? pipeline)
    {
        List<DraftRoom> rooms;
        lock (_door) rooms = [.. _rooms.Values.Where(x => x.Workspace == workspace && (pipeline is null || x.Pipeline == pipeline))];
        foreach (var room in rooms) _ = CallAsync(room.JudgeAnewAsync);
    }
}

internal static partial class DraftLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A page could not be told of a draft's change")]
    public static partial void NotTold(ILogger logger, Exception error);
}
