using System.Text;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime.Pipelines;

/// <summary>What changes of how a pipeline is kept; null leaves as it is.</summary>
public sealed record PipelineChange
{
    /// <summary>All its tags from now on.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>A member's mail address; empty: nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>Put away, or brought back.</summary>
    public bool? Archived { get; init; }
}

/// <summary>How pipelines are kept: tags, owner, name, copies, and the archive.</summary>
public sealed class PipelineShelf(Database database, PipelineEditor editor, GraphJudge judge, TimeProvider clock)
{
    private const int Attempts = 5;

    /// <summary>Changes tags, owner and archive, all of it or nothing. An archived pipeline starts no runs; its versions and past runs stay.</summary>
    public async Task<Answer<Guid>> ChangeAsync(Guid id, PipelineChange change, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        List<string>? tags = null;
        if (change.Tags is { } given)
        {
            var read = PipelineTags.Read(given);
            if (read.Refusal is { } wrong) return wrong;
            tags = read.Value;
        }
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == id, token) is not { } pipeline) return PipelineEditor.NoSuchPipeline;
            var owner = pipeline.OwnerId;
            if (change.Owner is { } mail)
            {
                owner = mail.Length == 0 ? null : await PersonAsync(db, mail, token);
                if (owner is null && mail.Length > 0) return NoSuchMember(mail);
            }
            Dictionary<string, object?> before = [], after = [];
            if (tags is not null && !tags.SequenceEqual(pipeline.Tags, StringComparer.Ordinal))
            {
                (before["tags"], after["tags"]) = (pipeline.Tags, tags);
                pipeline.Tags = tags;
            }
            if (owner != pipeline.OwnerId)
            {
                (before["owner"], after["owner"]) = (await MailAsync(db, pipeline.OwnerId, token), await MailAsync(db, owner, token));
                pipeline.OwnerId = owner;
            }
            if (after.Count > 0) db.Audit(actor, AuditActions.PipelineChanged, (id, pipeline.Name), before, after, clock.GetUtcNow());
            if (change.Archived is { } archived && archived == pipeline.ArchivedAt is null) Move(db, pipeline, archived, actor);
            return id;
        }, cancel);
    }

    /// <summary>Gives the draft another name; who has it open sees it at once. The answer is the draft's revision.</summary>
    public async Task<Answer<int>> RenameAsync(Guid id, string name, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        var wanted = name.Trim();
        if (WrongName(wanted) is { } wrong) return new Refusal("request_invalid", $"A name {wrong}.", [new FieldError("/name", wrong)]);
        for (var attempt = 1; ; attempt++)
        {
            if (await FindAsync(id, actor, cancel) is not { } stored) return PipelineEditor.NoSuchPipeline;
            if (stored.Name == wanted) return stored.DraftRevision;
            var renamed = GraphJudge.ReadStored(stored.Draft) with { Name = wanted };
            var saved = await editor.SaveDraftAsync(id, stored.DraftRevision, Encoding.UTF8.GetBytes(judge.Write(renamed)), actor, cancel);
            if (saved.Refusal is { Code: "revision_stale" } && attempt < Attempts) continue; // somebody edits it at this moment: the newer draft is renamed
            return saved.Refusal is { } refused ? refused : saved.Value!.Revision;
        }
    }

    /// <summary>Makes a pipeline of another one's draft, with its tags; not published. It belongs to who copies.</summary>
    public async Task<Answer<DraftSaved>> DuplicateAsync(Guid id, Actor actor, (string Key, byte[] RequestHash)? idempotency, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Design) is { } refusal) return refusal;
        if (await FindAsync(id, actor, cancel) is not { } stored) return PipelineEditor.NoSuchPipeline;
        var graph = GraphJudge.ReadStored(stored.Draft);
        return await editor.MakeAsync(graph with { Name = CopyOf(graph.Name) }, stored.Tags, new { revision = 1, copyOf = id }, actor, idempotency, cancel);
    }

    private void Move(DesignerDb db, Pipeline pipeline, bool archived, Actor actor)
    {
        var now = clock.GetUtcNow();
        pipeline.ArchivedAt = archived ? now : null;
        db.Audit(actor, archived ? AuditActions.PipelineArchived : AuditActions.PipelineRestored, (pipeline.Id, pipeline.Name), new { archived = !archived }, new { archived }, now);
    }

    private async Task<Pipeline?> FindAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        return await db.Pipelines.SingleOrDefaultAsync(x => x.Id == id, cancel);
    }

    private static async Task<Guid?> PersonAsync(DesignerDb db, string mail, CancellationToken cancel)
    {
        var normalized = mail.ToUpperInvariant();
        return await db.Members.Where(x => x.User!.NormalizedEmail == normalized).Select(x => (Guid?)x.UserId).SingleOrDefaultAsync(cancel);
    }

    private static async Task<string?> MailAsync(DesignerDb db, Guid? person, CancellationToken cancel) =>
        person is null ? null : await db.Users.Where(x => x.Id == person).Select(x => x.Email).SingleOrDefaultAsync(cancel);

    private static Refusal NoSuchMember(string mail) =>
        new("request_invalid", $"{mail} is no member of this workspace. Name a member's mail address, or nobody.", [new FieldError("/owner", "must be a member's mail address")]);

    private static string? WrongName(string name) => name.Length == 0 ? "must not be empty"
        : name.Length > Names.Most ? $"may have {Names.Most} characters at most"
        : Names.Invisible(name) is { } rune ? $"must not hold an invisible character (U+{rune.Value:X4})" : null;

    private static string CopyOf(string name)
    {
        var copy = "Copy of " + name;
        if (copy.Length <= Names.Most) return copy;
        return copy[..(char.IsHighSurrogate(copy[Names.Most - 1]) ? Names.Most - 1 : Names.Most)];
    }
}
