using System.Text;
using Microsoft.EntityFrameworkCore;
using MudBlazor;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>What a page does with a version of a pipeline. Its toasts, and what they offer, outlive the page.</summary>
/// <param name="database">Reads versions and drafts.</param>
/// <param name="editor">Stores.</param>
/// <param name="current">Who acts.</param>
/// <param name="toasts">Says what was done.</param>
/// <param name="changed">Shows the page again, if it is still there.</param>
internal sealed class VersionActs(Database database, PipelineEditor editor, CurrentActor current, ISnackbar toasts, Func<Task> changed)
{
    private const int Offered = 12_000;

    /// <summary>Makes a version the one that runs. Where the draft differs from it, that is said, with the way to have it there too.</summary>
    public async Task ActivateAsync(Guid pipeline, int version)
    {
        var was = await FindAsync(pipeline, version);
        var done = await editor.ActivateAsync(pipeline, version, await current.GetAsync(CancellationToken.None), CancellationToken.None);
        if (done.Refusal is { } refusal)
        {
            toasts.Add(refusal.Message, Severity.Error);
            return;
        }
        var sentence = $"Version {version} is active now{(was.Active is { } before && before != version ? $"; {before} was before" : "")}.";
        if (was.Graph is null || was.Graph == was.Draft) toasts.Add(sentence);
        else Offer($"{sentence} {(was.Active > version ? "The draft still has the later changes." : "The draft differs from it.")}", $"Take version {version} into the draft", () => TakeAsync(pipeline, version, was.Revision));
        await changed();
    }

    /// <summary>A version becomes the draft; what the draft was is one click away. False where it was refused, which is said.</summary>
    /// <param name="pipeline">The pipeline's id.</param>
    /// <param name="version">The version.</param>
    /// <param name="seen">The revision of the draft that the person saw: another one is not overwritten.</param>
    public async Task<bool> TakeAsync(Guid pipeline, int version, int seen)
    {
        var was = await FindAsync(pipeline, version);
        if (was.Graph is null || was.Draft is null || await ReplaceAsync(pipeline, was.Graph, seen) is not { } revision) return false;
        Offer($"The draft is as version {version} now.", "Undo", async () =>
        {
            if (await ReplaceAsync(pipeline, was.Draft, revision) is not null) toasts.Add("The draft is as it was.");
        });
        return true;
    }

    private async Task<int?> ReplaceAsync(Guid pipeline, string graph, int revision)
    {
        var saved = await editor.SaveDraftAsync(pipeline, revision, Encoding.UTF8.GetBytes(graph), await current.GetAsync(CancellationToken.None), CancellationToken.None);
        if (saved.Refusal is { } refusal) toasts.Add(refusal.Message, Severity.Error); // somebody else saved meanwhile, or the right is gone
        await changed();
        return saved.Value?.Revision;
    }

    private async Task<(int? Active, string? Draft, int Revision, string? Graph)> FindAsync(Guid pipeline, int version)
    {
        await using var db = database.Read((await current.GetAsync(CancellationToken.None)).Workspace);
        var found = await db.Pipelines.Where(x => x.Id == pipeline)
            .Select(x => new { x.ActiveVersion, x.Draft, x.DraftRevision, Graph = db.PipelineVersions.Where(v => v.PipelineKey == x.Key && v.Number == version).Select(v => v.Graph).FirstOrDefault() }).SingleOrDefaultAsync();
        return found is null ? default : (found.ActiveVersion, found.Draft, found.DraftRevision, found.Graph);
    }

    private void Offer(string text, string action, Func<Task> act) => toasts.Add(text, Severity.Normal, toast =>
    {
        toast.VisibleStateDuration = Offered;
        (toast.Action, toast.OnClick) = (action, _ => act());
    });
}
