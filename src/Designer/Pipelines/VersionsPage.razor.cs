using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using MudBlazor;
using PromptDesigner.Data;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Differences;

namespace PromptDesigner.Designer.Pipelines;

/// <content>What the page does.</content>
public sealed partial class VersionsPage
{
    private const string Draft = "draft";
    private const int PageSize = 50;
    private readonly CancellationTokenSource _gone = new();
    private readonly Dictionary<string, string> _marks = new(StringComparer.Ordinal);
    private Pipeline? _pipeline;
    private List<PipelineVersion> _versions = [];
    private GraphDifference? _difference;
    private Graph? _over;
    private string? _missing;
    private string? _node;
    private bool _looked;
    private bool _hasMore;
    private bool _isLive;

    /// <summary>The pipeline's id.</summary>
    [Parameter] public Guid Id { get; set; }

    /// <summary>The earlier one: a version's number, or <c>draft</c>.</summary>
    [SupplyParameterFromQuery] public string? From { get; set; }

    /// <summary>The later one.</summary>
    [SupplyParameterFromQuery] public string? To { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    [Inject] private Database Database { get; set; } = default!;

    [Inject] private PipelineEditor Editor { get; set; } = default!;

    [Inject] private CurrentActor Current { get; set; } = default!;

    [Inject] private ISnackbar Toasts { get; set; } = default!;

    private bool MayDesign => Actor.Denies(Operation.Design) is null;

    private string Before => From ?? (_pipeline?.ActiveVersion is { } active ? Text(active) : Draft);

    private string After => To ?? Draft;

    private IEnumerable<string> Names => _versions.Select(x => Text(x.Number)).Prepend(Draft).Concat([Before, After]).Distinct(StringComparer.Ordinal);

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        await ReadAsync();
        _looked = true;
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) return;
        _isLive = true;
        StateHasChanged();
    }

    private async Task ReadAsync()
    {
        await using var db = Database.Read(Actor.Workspace);
        _pipeline = await db.Pipelines.SingleOrDefaultAsync(x => x.Id == Id, _gone.Token);
        if (_pipeline is null) return;
        if (_versions.Count == 0 || _versions[0].Number < _pipeline.ActiveVersion) await ListAsync(db, int.MaxValue, []);
        var (before, after) = (await GraphAsync(db, Before), await GraphAsync(db, After));
        _missing = before is null ? $"This pipeline has no version {Before}." : after is null ? $"This pipeline has no version {After}." : null;
        (_difference, _over) = (null, null);
        if (before is null || after is null) return;
        _difference = GraphDifference.Of(before, after);
        _over = _difference.Over(after);
        _marks.Clear();
        foreach (var node in _difference.Nodes) _marks[node.Node.Id] = Word(node.Change);
        foreach (var edge in _difference.Edges) _marks[GraphDifference.KeyOf(edge.Edge)] = Word(edge.Change);
    }

    private async Task ListAsync(DesignerDb db, int below, List<PipelineVersion> before)
    {
        var rows = await db.PipelineVersions.Where(x => x.PipelineKey == _pipeline!.Key && x.Number < below).OrderByDescending(x => x.Number).Take(PageSize + 1)
            .Select(x => new PipelineVersion { Number = x.Number, Note = x.Note, CreatedAt = x.CreatedAt, CreatedBy = x.CreatedBy, Graph = "" }).ToListAsync(_gone.Token);
        _hasMore = rows.Count > PageSize;
        _versions = [.. before, .. rows.Take(PageSize)];
    }

    private async Task MoreAsync()
    {
        await using var db = Database.Read(Actor.Workspace);
        await ListAsync(db, _versions[^1].Number, _versions);
    }

    private async Task<Graph?> GraphAsync(DesignerDb db, string name)
    {
        if (name == Draft) return GraphJudge.ReadStored(_pipeline!.Draft);
        return await StoredAsync(db, name) is { } stored ? GraphJudge.ReadStored(stored) : null;
    }

    private async Task<string?> StoredAsync(DesignerDb db, string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? await db.PipelineVersions.Where(x => x.PipelineKey == _pipeline!.Key && x.Number == number).Select(x => x.Graph).SingleOrDefaultAsync(_gone.Token) : null;

    private async Task ActivateAsync(int version)
    {
        var before = _pipeline!.ActiveVersion;
        var done = await Editor.ActivateAsync(Id, version, await Current.GetAsync(_gone.Token), _gone.Token);
        Toasts.Add(done.Refusal?.Message ?? $"Version {version} is active now; {before} was before.", done.Refusal is null ? Severity.Normal : Severity.Error);
        await ReadAsync();
    }

    /// <summary>A version becomes the draft; what the draft was is one click away.</summary>
    private async Task RestoreAsync(int version)
    {
        await using var db = Database.Read(Actor.Workspace);
        if (await StoredAsync(db, Text(version)) is not { } graph) return;
        var was = _pipeline!.Draft;
        if (await ReplaceAsync(graph, _pipeline.DraftRevision) is not { } revision) return;
        Toasts.Add($"The draft is as version {version} now.", Severity.Normal, x =>
        {
            x.Action = "Undo";
            x.OnClick = async _ =>
            {
                if (await ReplaceAsync(was, revision) is not null) Toasts.Add("The draft is as it was.");
            };
        });
        Navigation.NavigateTo(Address(_pipeline.ActiveVersion is { } active ? Text(active) : Text(version), Draft));
    }

    /// <summary>The draft's new revision; null where somebody else saved meanwhile, which was said.</summary>
    private async Task<int?> ReplaceAsync(string graph, int revision)
    {
        var saved = await Editor.SaveDraftAsync(Id, revision, System.Text.Encoding.UTF8.GetBytes(graph), await Current.GetAsync(CancellationToken.None), CancellationToken.None); // the undo of a toast may come after the page
        if (saved.Refusal is { } refusal) Toasts.Add(refusal.Message, Severity.Error);
        if (_gone.IsCancellationRequested) return saved.Value?.Revision;
        await InvokeAsync(async () =>
        {
            await ReadAsync();
            StateHasChanged();
        });
        return saved.Value?.Revision;
    }

    private void Compare(string before, string after) => Navigation.NavigateTo(Address(before, after));

    private string Address(string before, string after) => $"/pipelines/{Id}/versions?from={before}&to={after}";

    private string NameOf(string id) => _over!.Nodes.FirstOrDefault(x => x.Id == id) is { } node ? GraphPicture.Title(node) : id;

    private static string Called(string name) => name == Draft ? "Draft" : $"Version {name}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Word(Change change) => change switch { Change.Added => "added", Change.Removed => "removed", _ => "changed" };

    private static string Tone(Change change) => change switch { Change.Added => "tone-ok", Change.Removed => "tone-bad", _ => "tone-wait" };

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
