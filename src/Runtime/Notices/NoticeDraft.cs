using System.Text;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Notices;

/// <summary>A notice before it is known whom it goes to.</summary>
/// <param name="Kind">What kind of thing happened.</param>
/// <param name="Topic">The thing itself.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Text">What happened.</param>
/// <param name="Path">The page to open.</param>
internal sealed record NoticeDraft(NoticeKind Kind, string Topic, string Subject, string Text, string Path)
{
    private const int MostSubject = 120;
    /// <summary>Characters of a text at most.</summary>
    public const int MostText = 600;


    /// <summary>It is told to administrators as such.</summary>
    public bool AsAdministrator { get; init; }

    /// <summary>The gate that waits: run, node, round.</summary>
    public (long Run, string Node, int Round)? Gate { get; init; }

    /// <summary>The gate's time has passed.</summary>
    public bool Overdue { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How long nobody is told of the same again.</summary>
    public TimeSpan Rest { get; init; }

    /// <summary>The row for one person; null where that person does not want to be told.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="person">Who is told.</param>
    /// <param name="choice">How that person wants to be told.</param>
    /// <param name="digest">When that person's daily mail leaves.</param>
    /// <param name="last">When that person was last told of the same; null: never.</param>
    /// <param name="now">When.</param>
    public Notice? For(int workspace, Guid person, NoticeDelivery choice, (int Hour, string TimeZone) digest, DateTimeOffset? last, DateTimeOffset now)
    {
        if (choice == NoticeDelivery.Never) return null;
        var due = choice == NoticeDelivery.Daily ? NoticeTimes.NextDigest(now, digest.Hour, digest.TimeZone)
            : last is { } told && told + Rest > now ? told + Rest + NoticeTimes.Gathering
            : now + NoticeTimes.Gathering;
        return new Notice
        {
            Id = Guid.CreateVersion7(now), WorkspaceId = workspace, PersonId = person, Kind = Kind, Topic = Topic, Subject = Line(Subject, MostSubject), Text = Line(Text, MostText), Path = Path,
            AsAdministrator = AsAdministrator, RunKey = Gate?.Run, Node = Gate?.Node, Round = Gate?.Round, Overdue = Overdue, Since = Since, Daily = choice == NoticeDelivery.Daily,
            CreatedAt = now, DueAt = due, NextTryAt = due,
        };
    }

    /// <summary>A text that others wrote as one line that a header of a mail may hold, half characters and line separators included.</summary>
    public static string Line(string text, int most) =>
        HeaderText.Line(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\u2028', ' ').Replace('\u2029', ' '), most);
}
