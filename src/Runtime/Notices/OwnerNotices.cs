using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;

namespace PromptDesigner.Runtime.Notices;

/// <summary>What a person leaves behind goes on; administrators are told, in the transaction in which the person leaves.</summary>
internal static class OwnerNotices
{
    private const int MostNames = 5;

    /// <summary>Tells every administrator who is left, where the member owned schedules or pipelines in use.</summary>
    public static async Task TellOwnerLeftAsync(this DesignerDb db, Member member, string email, DateTimeOffset now, CancellationToken cancel)
    {
        var owner = member.UserId;
        var schedules = await db.Schedules.Where(x => x.OwnerId == owner && x.DeletedAt == null).Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (_, pipeline) => pipeline.Name).OrderBy(x => x).ToListAsync(cancel);
        var pipelines = await db.Pipelines.Where(x => x.OwnerId == owner && x.ArchivedAt == null).Select(x => x.Name).OrderBy(x => x).ToListAsync(cancel);
        if (schedules.Count + pipelines.Count == 0) return;
        var owned = string.Join(" and ", new[] { Named(schedules, "the schedule of", "schedules, of"), Named(pipelines, "the pipeline", "pipelines:") }.OfType<string>());
        var notice = new NoticeDraft(NoticeKind.OwnerLeft, $"owner {owner}", email, $"{email} left and owned {owned}. All of it goes on; administrators are told about it from now on.", "/pipelines") { AsAdministrator = true, Since = now };
        var administrators = await db.Members.Where(x => x.Role == Role.Administrator && x.UserId != owner).Select(x => x.UserId).ToListAsync(cancel);
        var choices = await db.NoticeChoices.Where(x => x.Kind == NoticeKind.OwnerLeft).ToDictionaryAsync(x => x.PersonId, x => x.Delivery, cancel);
        var digests = await db.NoticeDigests.ToDictionaryAsync(x => x.PersonId, cancel);
        foreach (var administrator in administrators)
        {
            var digest = digests.TryGetValue(administrator, out var own) ? (own.Hour, own.TimeZone) : (NoticeDigest.UsualHour, "UTC");
            if (notice.For(member.WorkspaceId, administrator, choices.GetValueOrDefault(administrator), digest, null, now) is { } made) db.Notices.Add(made);
        }
    }

    private static string? Named(List<string> names, string one, string many) => names.Count switch
    {
        0 => null,
        1 => $"{one} '{names[0]}'",
        <= MostNames => $"{names.Count} {many} '{string.Join("', '", names)}'",
        _ => $"{names.Count} {many} '{string.Join("', '", names.Take(MostNames))}' and {names.Count - MostNames} more",
    };
}
