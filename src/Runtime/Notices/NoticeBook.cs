using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Notices;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Notices;

/// <summary>Of what a person wants to be told, and how.</summary>
/// <param name="Choices">Each kind that is named; the others stay as they are.</param>
/// <param name="Hour">The hour at which the daily mail leaves, 0 to 23.</param>
/// <param name="TimeZone">The zone of that hour: an IANA id.</param>
public sealed record NoticePlan(IReadOnlyDictionary<NoticeKind, NoticeDelivery> Choices, int Hour, string TimeZone);

/// <summary>What people choose for themselves about notices.</summary>
public sealed class NoticeBook(Database database, TimeProvider clock)
{
    /// <summary>Stores a person's choices. What waits already leaves by the new ones, or not at all. The answer is the person.</summary>
    public async Task<Answer<Guid>> ChooseAsync(NoticePlan plan, Actor actor, CancellationToken cancel)
    {
        if (actor.Person is not { } person) return new Refusal("person_required", "Only a person is told by mail.");
        var errors = new List<FieldError>();
        if (plan.Hour is < 0 or > 23) errors.Add(new FieldError("/hour", "must be an hour from 0 to 23"));
        var zone = TimeZones.Find(plan.TimeZone).Value;
        if (zone is null) errors.Add(new FieldError("/timeZone", "must be the name of a time zone such as Europe/Berlin"));
        if (plan.Choices.Any(x => !Enum.IsDefined(x.Key) || !Enum.IsDefined(x.Value))) errors.Add(new FieldError("/choices", "must name kinds and ways that there are"));
        if (errors.Count > 0) return new Refusal("request_invalid", $"{errors[0].Path.TrimStart('/')} {errors[0].Message}.", errors);
        return await database.WriteAsync<Answer<Guid>>(actor.Workspace, async (db, token) =>
        {
            var choices = await db.NoticeChoices.Where(x => x.PersonId == person).ToDictionaryAsync(x => x.Kind, token);
            foreach (var (kind, delivery) in plan.Choices)
                if (choices.TryGetValue(kind, out var stored)) stored.Delivery = delivery;
                else db.NoticeChoices.Add(choices[kind] = new NoticeChoice { PersonId = person, Kind = kind, Delivery = delivery });
            var digest = await db.NoticeDigests.SingleOrDefaultAsync(x => x.PersonId == person, token);
            if (digest is null) db.NoticeDigests.Add(digest = new NoticeDigest { PersonId = person });
            (digest.Hour, digest.TimeZone) = (plan.Hour, zone!.Id);
            var now = clock.GetUtcNow();
            foreach (var waiting in await db.Notices.Where(x => x.PersonId == person && x.Status == NoticeStatus.Waiting).ToListAsync(token))
                Plan(waiting, choices.TryGetValue(waiting.Kind, out var chosen) ? chosen.Delivery : NoticeDelivery.Each, digest, now);
            return person;
        }, cancel);
    }

    private static void Plan(Notice notice, NoticeDelivery delivery, NoticeDigest digest, DateTimeOffset now)
    {
        if (delivery == NoticeDelivery.Never)
        {
            (notice.Status, notice.NextTryAt, notice.FinishedAt, notice.Code, notice.Answer) = (NoticeStatus.Dropped, null, now, "not_wanted", "You chose not to be told of this.");
            return;
        }
        var isDaily = delivery == NoticeDelivery.Daily;
        if (!isDaily && !notice.Daily) return;
        notice.Daily = isDaily;
        notice.DueAt = isDaily ? NoticeTimes.NextDigest(now, digest.Hour, digest.TimeZone) : now + NoticeTimes.Gathering;
        notice.NextTryAt = notice.DueAt;
    }
}
