using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Pipelines.Shelf;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <content>What the page does.</content>
public sealed partial class PipelinesPage
{
    private const int PageSize = 25;
    private const int MostTags = 3;
    private readonly CancellationTokenSource _gone = new();
    private readonly Queue<string> _asked = new();
    private string? _typed;
    private List<PipelineLine>? _lines;
    private IReadOnlyList<string> _tags = [];
    private PipelineFilter _filter = new();
    private bool _hasMore;
    private IDisposable? _watch;

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "q")] private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "tag")] private string? Tag { get; set; }

    [SupplyParameterFromQuery(Name = "archived")] private bool Archived { get; set; }

    [SupplyParameterFromQuery(Name = "skip")] private int Skip { get; set; }

    [Inject] private Database Database { get; set; } = default!;

    [Inject] private LiveViews Live { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    [Inject] private PipelineEditor Editor { get; set; } = default!;

    [Inject] private CurrentActor Current { get; set; } = default!;

    [Inject] private ISnackbar Toasts { get; set; } = default!;

    private bool IsFiltered => Archived || _filter.Tag is not null || _filter.Text.Length > 0;

    private (string Title, string Text) Nothing => (_filter.Text.Length > 0, _filter.Tag, Archived) switch
    {
        (true, null, false) => ("No pipeline is called that", $"Nothing holds “{_filter.Text}” in its name or description."),
        (true, _, _) => ("No pipeline is called that here", $"Nothing{(_filter.Tag is null ? "" : $" with the tag “{_filter.Tag}”")}{(Archived ? " in the archive" : "")} holds “{_filter.Text}” in its name or description. Drop a filter."),
        (_, { } tag, _) => ($"No pipeline{(Archived ? " in the archive" : "")} has this tag", $"Tag one “{tag}” by its menu, or drop the filter."),
        (_, _, true) => ("Nothing is archived", "What you archive by a pipeline's menu is kept here, with its versions and its runs."),
        _ => ("No pipelines yet", "A pipeline is a drawing of prompts and checks that runs by itself. Take one of the starters below, or import a file."),
    };

    private bool MayDesign => Actor.Denies(Operation.Design) is null;

    private bool MayRun => Actor.Denies(Operation.Run) is null;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (_asked.TryPeek(out var asked) && asked == (Query ?? "")) _asked.Dequeue(); // what is being typed is ahead of the address
        else if (_asked.Count == 0) _typed = Query;
        await ReadAsync(_gone.Token);
        await ReadTagsAsync(_gone.Token);
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) return;
        _watch = Live.Watch(token => InvokeAsync(async () =>
        {
            await ReadAsync(token);
            StateHasChanged();
        }));
        StateHasChanged();
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        await using var db = Database.Read(Actor.Workspace);
        _filter = new PipelineFilter { Text = Query?.Trim() ?? "", Tag = string.IsNullOrWhiteSpace(Tag) ? null : PipelineTags.Normal(Tag), Archived = Archived };
        var lines = await PipelineList.ReadAsync(db, _filter, Math.Max(0, Skip), PageSize + 1, cancel);
        _hasMore = lines.Count > PageSize;
        _lines = lines.Take(PageSize).ToList();
    }

    private async Task ReadAgainAsync()
    {
        if (_gone.IsCancellationRequested) return; // an undo that was pressed on another page
        await ReadAsync(_gone.Token);
        await ReadTagsAsync(_gone.Token);
    }

    private async Task ReadTagsAsync(CancellationToken cancel)
    {
        await using var db = Database.Read(Actor.Workspace);
        var tags = await PipelineList.TagsAsync(db, cancel);
        _tags = _filter.Tag is null || tags.Contains(_filter.Tag) ? tags : [.. tags, _filter.Tag];
    }

    private void Search(string? typed)
    {
        if (typed == _typed) return;
        _typed = typed ?? "";
        _asked.Enqueue(_typed);
        Navigation.NavigateTo(With("q", _typed), replace: true);
    }

    private void Go(string name, string? value) => Navigation.NavigateTo(With(name, value));

    private string Tagged(string tag) => With("tag", tag);

    private string With(string name, string? value) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = string.IsNullOrEmpty(value) ? null : value, ["skip"] = null });

    private string Address(int skip) => Navigation.GetUriWithQueryParameter("skip", skip <= 0 ? null : skip);

    private async Task NewAsync()
    {
        var made = await Starters.BeginAsync(await Current.GetAsync(_gone.Token), _gone.Token);
        if (made.Refusal is { } refusal) Toasts.Add(refusal.Message, Severity.Error);
        else Navigation.NavigateTo($"/pipelines/{made.Value}/design");
    }

    private async Task TakeAsync(string name)
    {
        var made = await Starters.TakeAsync(name, await Current.GetAsync(_gone.Token), _gone.Token);
        if (made.Refusal is { } refusal) Toasts.Add(refusal.Message, Severity.Error);
        else Navigation.NavigateTo($"/pipelines/{made.Value}");
    }

    private async Task ImportAsync(InputFileChangeEventArgs chosen)
    {
        const int most = 5 * 1024 * 1024;
        if (chosen.File.Size > most)
        {
            Toasts.Add($"{chosen.File.Name} has {Shared.Say.Size(chosen.File.Size)}; a pipeline file has 5 MB at most.", Severity.Error);
            return;
        }
        using var bytes = new MemoryStream();
        await chosen.File.OpenReadStream(most, _gone.Token).CopyToAsync(bytes, _gone.Token);
        var made = await Editor.CreateAsync(bytes.ToArray(), await Current.GetAsync(_gone.Token), null, _gone.Token);
        if (made.Refusal is { } refusal) Toasts.Add($"{chosen.File.Name} was not imported. {refusal.Message}", Severity.Error);
        else Navigation.NavigateTo($"/pipelines/{made.Value!.Id}");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
