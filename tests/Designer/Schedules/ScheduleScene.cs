using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.Schedules;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Schedules;

/// <summary>Schedules for screens, and slots as they are wanted.</summary>
internal static class ScheduleScene
{
    /// <summary>Publishes a pipeline that repeats its text.</summary>
    public static Task<Guid> PublishAsync(Screen screen, string name = "Digest") =>
        screen.Host.PublishAsync(PipelineFile.Named(name).Input("text").Output("answer", "{{ input.text }}").Edge("input", "out"));

    /// <summary>Makes a schedule, of a pipeline of its own where none is given; the answer is its id.</summary>
    public static async Task<Guid> MakeAsync(Screen screen, string cron = "30 8 1 1 *", string zone = "UTC", Guid? pipeline = null, Func<ScheduleDraft, ScheduleDraft>? change = null)
    {
        var draft = new ScheduleDraft { Pipeline = pipeline ?? await PublishAsync(screen), Cron = cron, TimeZone = zone, Inputs = JsonSerializer.SerializeToElement(new { text = "the news" }) };
        var made = await screen.Host.Get<ScheduleDesk>().CreateAsync(change?.Invoke(draft) ?? draft, screen.Ana, null, CancellationToken.None);
        return made.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Message) : made.Value;
    }

    /// <summary>Stores slots of a schedule.</summary>
    public static Task KeepAsync(Screen screen, Guid schedule, params ScheduleSlot[] slots) => screen.Host.Database.WriteAsync(screen.Ana.Workspace, async (db, cancel) =>
    {
        var key = await db.Schedules.Where(x => x.Id == schedule).Select(x => x.Key).SingleAsync(cancel);
        foreach (var slot in slots) slot.ScheduleKey = key;
        db.ScheduleSlots.AddRange(slots);
        return 0;
    }, CancellationToken.None);

    /// <summary>Stores a change to a schedule's row that no verb makes.</summary>
    public static Task ChangeAsync(Screen screen, Guid schedule, Action<Schedule> change) => screen.Host.Database.WriteAsync(screen.Ana.Workspace, async (db, cancel) =>
    {
        change(await db.Schedules.SingleAsync(x => x.Id == schedule, cancel));
        return 0;
    }, CancellationToken.None);

    /// <summary>A schedule as it is stored.</summary>
    public static async Task<Schedule> RowAsync(Screen screen, Guid schedule)
    {
        await using var db = screen.Host.Database.Read(screen.Ana.Workspace);
        return await db.Schedules.SingleAsync(x => x.Id == schedule);
    }
}
