using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PromptDesigner.Data;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Sending;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Sending;

/// <summary>Who let a mail pass at a gate.</summary>
/// <param name="By">A mail address, <c>rule</c> or <c>machine</c>.</param>
/// <param name="At">When.</param>
/// <param name="IsEdited">With a change to what was shown.</param>
public sealed record MailApproval(string By, DateTimeOffset At, bool IsEdited);

/// <summary>A mail with where it comes from and who let it pass.</summary>
/// <param name="Mail">The mail; in lists without its text and HTML.</param>
/// <param name="Run">The run's id.</param>
/// <param name="RunStatus">Where the run stands.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="PipelineName">The pipeline's name.</param>
/// <param name="Approvals">Who approved what its gates showed, oldest first.</param>
/// <param name="Exception">What allows it to be sent without a gate; null: nothing does.</param>
public sealed record MailLine(Mail Mail, Guid Run, RunStatus RunStatus, Guid Pipeline, string PipelineName, IReadOnlyList<MailApproval> Approvals, SendException? Exception)
{
    /// <summary>The step that made it, as people read it.</summary>
    public string Step { get; } = StepPath.ToReadable(Mail.SortPath);
}

/// <summary>How sending stands in a workspace.</summary>
/// <param name="PausedAt">Since when nothing is sent; null: sending goes on.</param>
/// <param name="PausedBy">Who paused it.</param>
/// <param name="Waiting">Mails that are to be sent.</param>
/// <param name="Uncertain">Mails of which nobody knows whether they arrived.</param>
/// <param name="Kept">Mails that stay here because no server was set up.</param>
/// <param name="Server">What mails are sent with; null: nothing is set up.</param>
public sealed record Standing(DateTimeOffset? PausedAt, string? PausedBy, int Waiting, int Uncertain, int Kept, string? Server);

/// <summary>Reads the outbox for screens and programs.</summary>
public sealed class OutboxList(Database database, MailServerBook servers, IOptions<MailOptions> options)
{
    private const int MostCounted = 1_000;

    /// <summary>A page of mails, newest first, at most one more than <paramref name="take"/>, which says that there is another page.</summary>
    public async Task<IReadOnlyList<MailLine>> ReadAsync(int workspace, OutboxFilter filter, MailPlace? below, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var rows = await filter.Apply(db, below).Take(take + 1).Select(x => new Mail
        {
            Id = x.Id, WorkspaceId = x.WorkspaceId, PipelineKey = x.PipelineKey, RunKey = x.RunKey, SortPath = x.SortPath, Status = x.Status, MessageId = x.MessageId, From = x.From, To = x.To, Cc = x.Cc, Subject = x.Subject,
            ContentHash = x.ContentHash, Gates = x.Gates, Retry = x.Retry, CreatedAt = x.CreatedAt, NextTryAt = x.NextTryAt, Attempts = x.Attempts, FinishedAt = x.FinishedAt, Code = x.Code, Answer = x.Answer, ResolvedBy = x.ResolvedBy,
        }).ToListAsync(cancel);
        return await LinesAsync(db, rows, cancel);
    }

    /// <summary>One mail; null where there is none.</summary>
    public async Task<MailLine?> FindAsync(Guid id, int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return await db.Mails.SingleOrDefaultAsync(x => x.Id == id, cancel) is { } mail ? (await LinesAsync(db, [mail], cancel)).SingleOrDefault() : null;
    }

    /// <summary>The sender of mails that name none; null: no server is set up.</summary>
    public async Task<string?> SenderAsync(int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        return await db.MailServers.Select(x => x.From).SingleOrDefaultAsync(cancel) ?? options.Value.From;
    }

    /// <summary>How sending stands; counts end at a thousand.</summary>
    public async Task<Standing> StandingAsync(int workspace, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var paused = await db.Workspaces.Where(x => x.Id == workspace).Select(x => new { x.SendingPausedAt, x.SendingPausedBy }).SingleAsync(cancel);
        var server = await servers.NameAsync(workspace, cancel);
        var waiting = await db.Mails.Where(x => x.Status == MailStatus.Waiting).Take(MostCounted).CountAsync(cancel);
        var kept = server is null ? await db.Mails.Where(x => x.Status == MailStatus.Kept && x.Code == "no_server").Take(MostCounted).CountAsync(cancel) : 0;
        return new Standing(paused.SendingPausedAt, paused.SendingPausedBy, waiting, await UncertainAsync(db, cancel), kept, server);
    }

    /// <summary>Counts what a person has to find out, up to a thousand.</summary>
    public static Task<int> UncertainAsync(DesignerDb db, CancellationToken cancel) => db.Mails.Where(x => x.Status == MailStatus.Uncertain).Take(MostCounted).CountAsync(cancel);

    private static async Task<IReadOnlyList<MailLine>> LinesAsync(DesignerDb db, List<Mail> mails, CancellationToken cancel)
    {
        var keys = mails.Select(x => x.RunKey).Distinct().ToList();
        var runs = await db.Runs.Where(x => keys.Contains(x.Key)).Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (run, pipeline) => new { run.Key, run.Id, run.Status, Pipeline = pipeline.Id, pipeline.Name }).ToDictionaryAsync(x => x.Key, cancel);
        var paths = mails.SelectMany(x => Mail.Lines(x.Gates)).Distinct().ToList();
        var approvals = paths.Count == 0 ? [] : await db.Approvals.Where(x => keys.Contains(x.RunKey) && paths.Contains(x.SortPath) && x.Status == ApprovalStatus.Approved).Include(x => x.Decisions).ToListAsync(cancel);
        var gates = approvals.ToLookup(x => (x.RunKey, x.SortPath));
        var pipelines = mails.Where(x => x.Gates.Length == 0).Select(x => x.PipelineKey).Distinct().ToList();
        var exceptions = pipelines.Count == 0 ? [] : await db.SendExceptions.Where(x => pipelines.Contains(x.PipelineKey)).ToListAsync(cancel);
        return [.. mails.Where(x => runs.ContainsKey(x.RunKey)).Select(mail =>
        {
            var run = runs[mail.RunKey];
            var by = Mail.Lines(mail.Gates).SelectMany(gate => gates[(mail.RunKey, gate)]).SelectMany(x => x.Decisions).Where(x => x is { Decision: "approve", UndoneAt: null, Counts: true })
                .OrderBy(x => x.At).Select(x => new MailApproval(x.DecidedBy, x.At, x.Edited is not null)).ToList();
            var exception = mail.Gates.Length > 0 ? null : exceptions.Find(x => x.PipelineKey == mail.PipelineKey && x.Node == StepPath.LastOf(mail.SortPath).Node);
            return new MailLine(mail, run.Id, run.Status, run.Pipeline, run.Name, by, exception);
        })];
    }
}
