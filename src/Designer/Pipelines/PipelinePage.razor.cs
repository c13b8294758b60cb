using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;
using MudBlazor;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <content>What the page does.</content>
public sealed partial class PipelinePage
{
    private readonly CancellationTokenSource _gone = new();
    private Pipeline? _pipeline;
    private Graph? _graph;
    private IReadOnlyList<Problem> _problems = [];
    private List<PipelineVersion> _versions = [];
    private IReadOnlyList<RunLine> _runs = [];
    private string? _activeGraph;
    private string? _note;
    private int _changes;
    private bool _looked;
    private bool _publishing;
    private bool _onlyTries;
    private VersionActs? _acts;
    private IDisposable? _watch;

    /// <summary>The pipeline's id.</summary>
    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    private bool MayDesign => Actor.Denies(Operation.Design) is null;

    private bool MayRun => Actor.Denies(Operation.Run) is null;

    private bool IsChanged => _pipeline is not null && _activeGraph is not null && _activeGraph != _pipeline.Draft;

    private bool IsArchived => _pipeline?.ArchivedAt is not null;

    private string RunsAddress => _onlyTries ? $"/runs?pipeline={Id}&tries=true" : $"/runs?pipeline={Id}";

    private string NothingRan => _onlyTries ? "Only tries ran yet." : _pipeline!.ActiveVersion is null ? "Nothing ran yet. Publish it and it can be run; on the canvas, Try runs the draft." : "Nothing ran yet. Press Run to start it.";

    private VersionActs Acts => _acts ??= new VersionActs(Database, Editor, Current, Toasts, ShowAgainAsync);

    private int Last => _versions.Count == 0 ? 0 : _versions[0].Number;

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => ReadAsync(_gone.Token);

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) return;
        _watch = Live.Watch(token => InvokeAsync(async () =>
        {
            await ReadRunsAsync(token);
            StateHasChanged();
        }));
        StateHasChanged();
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        await using var db = Database.Read(Actor.Workspace);
        _pipeline = await db.Pipelines.SingleOrDefaultAsync(x => x.Id == Id, cancel);
        _looked = true;
        if (_pipeline is null) return;
        _graph = GraphJudge.ReadStored(_pipeline.Draft);
        _problems = await Judge.ProblemsAsync(_graph, Actor.Workspace, Id, cancel);
        _versions = await db.PipelineVersions.Where(x => x.PipelineKey == _pipeline.Key).OrderByDescending(x => x.Number).Take(50)
            .Select(x => new PipelineVersion { Number = x.Number, Note = x.Note, CreatedAt = x.CreatedAt, CreatedBy = x.CreatedBy, Graph = "" }).ToListAsync(cancel);
        _activeGraph = await db.PipelineVersions.Where(x => x.PipelineKey == _pipeline.Key && x.Number == _pipeline.ActiveVersion).Select(x => x.Graph).SingleOrDefaultAsync(cancel);
        await ReadRunsAsync(cancel);
    }

    private async Task ReadRunsAsync(CancellationToken cancel)
    {
        _changes++;
        _runs = (await Runs.ReadAsync(Actor.Workspace, new RunFilter { Pipeline = Id }, null, 10, cancel)).Lines;
        _onlyTries = _runs.Count == 0 && (await Runs.ReadAsync(Actor.Workspace, new RunFilter { Pipeline = Id, Tries = true }, null, 1, cancel)).Lines.Count > 0;
    }

    private async Task PublishAsync()
    {
        var published = await Editor.PublishAsync(Id, _note, await Current.GetAsync(_gone.Token), null, _gone.Token);
        if (!Say(published.Refusal, $"Version {published.Value} is published and active.")) return;
        _publishing = false;
        _note = null;
        await ReadAsync(_gone.Token);
    }

    private Task ShowAgainAsync() => _gone.IsCancellationRequested ? Task.CompletedTask : InvokeAsync(async () =>
    {
        await ReadAsync(_gone.Token);
        StateHasChanged();
    });

    private async Task RestoreAsync()
    {
        var done = await Pipelines.ChangeAsync(Id, new PipelineChange { Archived = false }, await Current.GetAsync(_gone.Token), _gone.Token);
        if (Say(done.Refusal, "It is back, and can be run.")) await ReadAsync(_gone.Token);
    }

    private async Task ReplaceAsync(InputFileChangeEventArgs chosen)
    {
        const int most = 5 * 1024 * 1024;
        if (chosen.File.Size > most)
        {
            Toasts.Add($"{chosen.File.Name} has {Shared.Say.Size(chosen.File.Size)}; a pipeline file has 5 MB at most.", Severity.Error);
            return;
        }
        using var bytes = new MemoryStream();
        await chosen.File.OpenReadStream(most, _gone.Token).CopyToAsync(bytes, _gone.Token);
        var saved = await Editor.SaveDraftAsync(Id, _pipeline!.DraftRevision, bytes.ToArray(), await Current.GetAsync(_gone.Token), _gone.Token);
        if (Say(saved.Refusal, "The draft is replaced. Publish it when it is ready.")) await ReadAsync(_gone.Token);
    }

    private async Task ExportAsync()
    {
        var frame = await Js.InvokeAsync<IJSObjectReference>("import", _gone.Token, "/frame.js");
        await frame.InvokeVoidAsync("save", _gone.Token, $"{_pipeline!.Name}.json", "application/json", _pipeline.Draft);
    }

    private bool Say(Refusal? refusal, string done)
    {
        Toasts.Add(refusal?.Message ?? done, refusal is null ? Severity.Normal : Severity.Error);
        return refusal is null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
