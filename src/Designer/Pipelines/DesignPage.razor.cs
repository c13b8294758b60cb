using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;
using MudBlazor;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Pipelines.Canvas;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Runtime.Pipelines.Trials;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Designer.Pipelines;

/// <content>What the page does.</content>
public sealed partial class DesignPage
{
    private readonly CancellationTokenSource _gone = new();
    private Canvas.Canvas? _canvas;
    private WorkspaceChoices _choices = WorkspaceChoices.Nothing;
    private Trial _trial = Trial.Nothing;
    private DraftSeat? _seat;
    private Graph? _graph;
    private string? _name;
    private string? _refusal;
    private string? _node;
    private string? _note;
    private string? _activeGraph;
    private int? _active;
    private int _last;
    private int _chosen;
    private PartWanted? _wanted;
    private bool _looked;
    private bool _listens;
    private bool _publishing;
    private bool _tried;
    private bool _isGone;
    private Drawer _drawer;

    private enum Drawer { None, Try, Problems }

    /// <summary>The pipeline's id.</summary>
    [Parameter] public Guid Id { get; set; }

    /// <summary>The node that somebody came for, with its problems beside it; empty: the whole with its problems; null: nothing in particular.</summary>
    [SupplyParameterFromQuery] private string? Step { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    [Inject] private Database Database { get; set; } = default!;

    [Inject] private DraftRooms Rooms { get; set; } = default!;

    [Inject] private PipelineEditor Editor { get; set; } = default!;

    [Inject] private ChoiceReader Choices { get; set; } = default!;

    [Inject] private LastOutputs Outputs { get; set; } = default!;

    [Inject] private Pins Pins { get; set; } = default!;

    [Inject] private CurrentActor Current { get; set; } = default!;

    [Inject] private IJSRuntime Js { get; set; } = default!;

    [Inject] private ISnackbar Toasts { get; set; } = default!;

    private int Problems => _seat?.Problems.Count ?? 0;

    private int Errors => _seat?.Problems.Count(x => !x.IsWarning) ?? 0;

    private bool IsChanged => _seat is not null && _activeGraph is not null && _activeGraph != _seat.Written;

    private string State => _active is null ? "Draft" : IsChanged ? $"Draft · changed since version {_active}" : $"Published · version {_active}";

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        await ReadAsync();
        _looked = true;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || _name is null || Actor.Denies(Operation.Design) is not null) return;
        var entered = await Rooms.EnterAsync(Id, await Current.GetAsync(_gone.Token), _gone.Token);
        _refusal = entered.Refusal?.Message;
        _seat = entered.Value;
        if (_seat is not null && _isGone) await _seat.DisposeAsync();
        else if (_seat is not null)
        {
            _graph = _seat.Graph;
            _name = _graph.Name;
            _seat.OnChanged = ChangedAsync;
            StateHasChanged();
            _choices = await Choices.ReadAsync(Actor.Workspace, _gone.Token);
            await KnowAsync();
        }
        StateHasChanged();
    }

    /// <summary>What the nodes gave lately, and what this person pinned.</summary>
    private async Task KnowAsync()
    {
        _trial = new Trial(await Outputs.ReadAsync(Id, Actor.Workspace, _gone.Token), await Pins.OfAsync(Id, Actor, _gone.Token));
        if (_canvas is not null) await _canvas.PinsAsync(_trial.Pinned.Keys);
    }

    private async Task ReadAsync()
    {
        await using var db = Database.Read(Actor.Workspace);
        if (await db.Pipelines.SingleOrDefaultAsync(x => x.Id == Id, _gone.Token) is not { } pipeline) return;
        _name ??= pipeline.Name;
        _active = pipeline.ActiveVersion;
        _last = await db.PipelineVersions.Where(x => x.PipelineKey == pipeline.Key).MaxAsync(x => (int?)x.Number, _gone.Token) ?? 0;
        _activeGraph = await db.PipelineVersions.Where(x => x.PipelineKey == pipeline.Key && x.Number == _active).Select(x => x.Graph).SingleOrDefaultAsync(_gone.Token);
    }

    private Task ChangedAsync() => InvokeAsync(async () =>
    {
        if (_isGone) return;
        _name = _seat!.Graph.Name;
        var renamed = _node is null || _seat.Graph.Nodes.Any(x => x.Id == _node) ? null : RenamedTo(_seat.Graph);
        if (_node is not null && !_seat.Graph.Nodes.Any(x => x.Id == _node)) _node = renamed;
        _graph = _seat.Graph;
        StateHasChanged();
        if (_canvas is null) return;
        await _canvas.ShowAsync();
        if (renamed is not null) await _canvas.SelectAsync(renamed);
    });

    /// <summary>The id that the chosen node has now; null where it is gone.</summary>
    private string? RenamedTo(Graph now)
    {
        if (_graph is null || now.Nodes.Count != _graph.Nodes.Count) return null;
        var at = _graph.Nodes.Select(x => x.Id).ToList().IndexOf(_node!);
        return at >= 0 && !_graph.Nodes.Any(x => x.Id == now.Nodes[at].Id) ? now.Nodes[at].Id : null;
    }

    private Task ChooseAsync(IReadOnlyList<string> ids)
    {
        _chosen = ids.Count;
        _node = ids.Count == 1 && _seat!.Graph.Nodes.Any(x => x.Id == ids[0]) ? ids[0] : null;
        return Task.CompletedTask;
    }

    private async Task ListenAsync()
    {
        var isFirst = !_listens;
        _listens = true;
        if (!isFirst || Step is null) return;
        if (_seat!.Problems.Any(x => x.Node == Step || Step.Length == 0))
        {
            Open(Drawer.Problems);
            StateHasChanged();
        }
        if (_seat.Graph.Nodes.Any(x => x.Id == Step)) await _canvas!.SelectAsync(Step);
    }

    private Task CommandAsync(string name) => _canvas?.CommandAsync(name) ?? Task.CompletedTask;

    private Task StatesAsync(IReadOnlyDictionary<string, CanvasState> states) => _canvas?.StatesAsync(states) ?? Task.CompletedTask;

    private void TryPart((string Node, bool Alone) part)
    {
        _wanted = new PartWanted(part.Node, part.Alone);
        Open(Drawer.Try);
    }

    private async Task PinAsync((string Node, KnownOutput? Output) pin)
    {
        if (await Pins.SetAsync(Id, pin.Node, pin.Output, await Current.GetAsync(_gone.Token), _gone.Token) is { } refusal) Toasts.Add(refusal.Message, Severity.Error);
        await KnowAsync();
    }

    private async Task GoAsync(Problem problem)
    {
        if (problem.Node is not { } node || _canvas is null) return;
        await _canvas.SelectAsync(node);
        if (problem.Path.Split('/') is not ["", "nodes", _, "settings", .. { Length: > 0 } parts]) return;
        var frame = await Js.InvokeAsync<IJSObjectReference>("import", _gone.Token, "/frame.js");
        var name = parts.LastOrDefault(x => x.Length > 0 && !char.IsAsciiDigit(x[0])) ?? parts[0]; // the innermost that has a name
        await frame.InvokeVoidAsync("goTo", _gone.Token, string.Create(CultureInfo.InvariantCulture, $"[data-inspects='{node}'] [data-setting='{name}'], [data-inspects='{node}'] [data-add='{parts[0]}']"));
    }

    private void Toggle(Drawer which)
    {
        if (_drawer == which) _drawer = Drawer.None;
        else Open(which);
    }

    private void Open(Drawer which)
    {
        _drawer = which;
        _tried |= which == Drawer.Try;
    }

    private async Task RenameAsync(ChangeEventArgs typed)
    {
        var name = (typed.Value as string)?.Trim();
        if (string.IsNullOrEmpty(name) || name == _name) return;
        var done = await _seat!.ApplyAsync([new SetGraph(name)], null, _gone.Token);
        if (done.Refusal is { } refusal) Toasts.Add(refusal.Message, Severity.Error);
    }

    private async Task PublishAsync()
    {
        var published = await Editor.PublishAsync(Id, _note, await Current.GetAsync(_gone.Token), null, _gone.Token);
        Toasts.Add(published.Refusal?.Message ?? $"Version {published.Value} is published and active.", published.Refusal is null ? Severity.Normal : Severity.Error);
        _publishing = false;
        if (published.Refusal is not null)
        {
            Open(Drawer.Problems);
            return;
        }
        _note = null;
        await ReadAsync();
    }

    private static string Initial(string name) => name.Length == 0 ? "?" : char.ToUpperInvariant(name[0]).ToString();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _isGone = true;
        await _gone.CancelAsync();
        if (_seat is not null) await _seat.DisposeAsync();
        _gone.Dispose();
    }
}
