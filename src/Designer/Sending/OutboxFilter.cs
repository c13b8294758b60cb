using System.Globalization;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Sending;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Sending;

/// <summary>Which mails a list shows.</summary>
public sealed record OutboxFilter
{
    private static readonly string[] Known = ["status", "pipeline", "q", "tries", "after", "limit"];

    /// <summary>In one of these states; empty: in any.</summary>
    public IReadOnlyList<MailStatus> Statuses { get; init; } = [];

    /// <summary>Of one pipeline.</summary>
    public Guid? Pipeline { get; init; }

    /// <summary>Text in the subject or in a receiver.</summary>
    public string? Text { get; init; }

    /// <summary>What tries made too; they are shown anyway where their state is asked for.</summary>
    public bool Tries { get; init; }

    /// <summary>Reads the query string; what it does not know is refused.</summary>
    public static Answer<OutboxFilter> Of(IQueryCollection query)
    {
        var errors = new List<FieldError>();
        foreach (var name in query.Keys.Where(x => !Known.Contains(x, StringComparer.Ordinal))) errors.Add(new FieldError(name, $"unknown; known are {string.Join(", ", Known)}"));
        var statuses = new List<MailStatus>();
        foreach (var word in RunFilter.Words(query["status"]))
        {
            if (Fields.TryWord<MailStatus>(word, out var status)) statuses.Add(status);
            else errors.Add(new FieldError("status", $"must be of {string.Join(", ", Enum.GetNames<MailStatus>())}"));
        }
        var filter = new OutboxFilter
        {
            Statuses = statuses,
            Pipeline = RunFilter.One(query, "pipeline", x => Guid.TryParse(x, out var id) ? id : (Guid?)null, "must be a pipeline's id", errors),
            Text = query["q"].ToString() is { Length: > 0 } text ? text : null,
            Tries = RunFilter.One(query, "tries", x => bool.TryParse(x, out var flag) ? flag : (bool?)null, "must be true or false", errors) ?? false,
        };
        return errors.Count == 0 ? filter : new Refusal("bad_query", $"{errors[0].Path} {errors[0].Message}.", errors);
    }

    /// <summary>The mails, newest first.</summary>
    /// <param name="db">Reads the workspace.</param>
    /// <param name="below">The place of the last mail of the page before; null: the first page.</param>
    public IQueryable<Mail> Apply(DesignerDb db, MailPlace? below)
    {
        var mails = db.Mails.AsQueryable();
        if (Statuses is [var only]) mails = mails.Where(x => x.Status == only);
        else if (Statuses.Count > 1) mails = mails.Where(x => Statuses.Contains(x.Status));
        else if (!Tries) mails = mails.Where(x => x.Status != MailStatus.Simulated);
        if (Pipeline is { } pipeline) mails = mails.Where(x => x.PipelineKey == db.Pipelines.Where(p => p.Id == pipeline).Select(p => p.Key).FirstOrDefault());
        if (Text is { } text)
        {
            var like = Like.Holding(text);
            mails = mails.Where(x => EF.Functions.Like(x.Subject, like, Like.Escape) || EF.Functions.Like(x.To, like, Like.Escape) || EF.Functions.Like(x.Cc, like, Like.Escape));
        }
        if (below is { At: var at, Id: var id }) mails = mails.Where(x => x.CreatedAt < at || (x.CreatedAt == at && x.Id.CompareTo(id) < 0));
        return mails.OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id);
    }
}

/// <summary>Where a mail stands in the list; it stays there when the mail is gone.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Id">Its id.</param>
public sealed record MailPlace(DateTimeOffset At, Guid Id)
{
    /// <summary>The place of a mail.</summary>
    public static MailPlace Of(Mail mail) => new(mail.CreatedAt, mail.Id);

    /// <summary>Reads a place; null where it is none.</summary>
    public static MailPlace? Read(string? text) =>
        text?.Split('.') is [var at, var id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time < 253_402_300_800_000 && Guid.TryParse(id, out var mail)
            ? new MailPlace(DateTimeOffset.FromUnixTimeMilliseconds(time), mail)
            : null;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}.{Id}");
}
