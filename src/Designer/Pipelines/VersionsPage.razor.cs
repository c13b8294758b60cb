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
    private Dictionary<string, string> _marks = new(StringComparer.Ordinal);
    private VersionActs? _acts;
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

    private VersionActs Acts => _acts ??= new VersionActs(Database, Editor, Current, Toasts, ShowAgainAsync);

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
        _marks = new(StringComparer.Ordinal); // another one each time: the picture looks no deeper
        foreach (var node in _difference.Nodes) _marks[node.Node.Id] = Word(node.Change);
        foreach (var edge in _difference.Edges) _marks[GraphDifference.KeyOf(edge.Edge)] = Word(edge.Change);
        if (_node is null || !_marks.ContainsKey(_node)) _node = _difference.Nodes.Select(x => x.Node.Id).FirstOrDefault(); // in view and readable
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

    private async Task TakeAsync(int version)
    {
        if (await Acts.TakeAsync(Id, version, _pipeline!.DraftRevision) && !_gone.IsCancellationRequested) Navigation.NavigateTo(Address(_pipeline.ActiveVersion is { } active ? Text(active) : Text(version), Draft));
    }

    private Task ShowAgainAsync() => _gone.IsCancellationRequested ? Task.CompletedTask : InvokeAsync(async () =>
    {
        await ReadAsync();
        StateHasChanged();
    });

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
