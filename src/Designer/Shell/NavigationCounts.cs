using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Sending;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Shell;

/// <summary>The numbers beside the navigation's words.</summary>
/// <param name="Active">Runs that are queued or run.</param>
/// <param name="Waiting">Open approvals; 0 for who decides none.</param>
/// <param name="Uncertain">Mails of which somebody has to say what became of them.</param>
public sealed record NavigationCounts(int Active, int Waiting, int Uncertain)
{
    private const int Most = 1_000;

    /// <summary>Counts, up to a thousand of each: nobody reads further, and the page stays quick.</summary>
    public static async Task<NavigationCounts> OfAsync(Database database, Actor actor, CancellationToken cancel)
    {
        await using var db = database.Read(actor.Workspace);
        var active = await db.Runs.Where(x => (x.Status == RunStatus.Queued || x.Status == RunStatus.Running) && !x.Try).Take(Most).CountAsync(cancel);
        var waiting = (actor.Rights & Rights.Reviewer) == 0 ? 0 : await db.Approvals.Where(x => x.Status == ApprovalStatus.Pending).Take(Most).CountAsync(cancel);
        return new NavigationCounts(active, waiting, await OutboxList.UncertainAsync(db, cancel));
    }
}
