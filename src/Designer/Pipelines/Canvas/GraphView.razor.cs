using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Designer.Pipelines.Canvas;

/// <content>Sends what is shown, whenever that is another thing.</content>
public sealed partial class GraphView
{
    private readonly CancellationTokenSource _gone = new();
    private ElementReference _host;
    private DotNetObjectReference<GraphView>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _canvas;
    private bool _isReady;
    private int _revision;
    private Graph? _shown;
    private IReadOnlyDictionary<string, CanvasState>? _states;
    private IReadOnlyDictionary<string, string>? _marks;
    private string? _selected;

    /// <summary>What is drawn.</summary>
    [Parameter, EditorRequired] public Graph Graph { get; set; } = default!;

    /// <summary>What a run says of the nodes; null: no run.</summary>
    [Parameter] public IReadOnlyDictionary<string, CanvasState>? States { get; set; }

    /// <summary>Differences by node id or by the key of a connection: <c>added</c>, <c>removed</c> or <c>changed</c>.</summary>
    [Parameter] public IReadOnlyDictionary<string, string>? Marks { get; set; }

    /// <summary>The node that is chosen.</summary>
    [Parameter] public string? Selected { get; set; }

    /// <summary>Somebody chose a node.</summary>
    [Parameter] public EventCallback<string> OnChosen { get; set; }

    /// <inheritdoc />
    protected override bool ShouldRender() => _shown is null;

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => _isReady ? ShowAsync() : Task.CompletedTask;

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        try
        {
            _module = await Js.InvokeAsync<IJSObjectReference>("import", _gone.Token, "/" + Assets["canvas/canvas.js"]);
            _shown = Graph;
            _canvas = await _module.InvokeAsync<IJSObjectReference>("mount", _gone.Token, _host, new { graph = Written(Graph), kinds = KindView.All, readOnly = true }, _self);
        }
        catch (Exception error) when (error is JSDisconnectedException or OperationCanceledException)
        {
            // the page went away while it was drawn
        }
    }

    /// <summary>The browser draws.</summary>
    [JSInvokable]
    public Task OnReady() => InvokeAsync(async () =>
    {
        _isReady = true;
        (_states, _marks, _selected) = (null, null, null);
        await ShowAsync();
    });

    /// <summary>Which nodes are chosen.</summary>
    [JSInvokable]
    public Task OnSelect(IReadOnlyList<string> ids) => InvokeAsync(() =>
    {
        if (ids.Count != 1 || ids[0] == _selected) return Task.CompletedTask;
        _selected = ids[0];
        return OnChosen.InvokeAsync(ids[0]);
    });

    private async Task ShowAsync()
    {
        if (_canvas is null || _gone.IsCancellationRequested) return;
        try
        {
            if (!ReferenceEquals(_shown, Graph)) await SendAsync("document", Written(_shown = Graph), ++_revision);
            if (!ReferenceEquals(_states, States)) await SendAsync("states", _states = States ?? new Dictionary<string, CanvasState>());
            if (!ReferenceEquals(_marks, Marks)) await SendAsync("marks", _marks = Marks ?? new Dictionary<string, string>());
            if (_selected != Selected && Selected is not null) await SendAsync("select", _selected = Selected);
        }
        catch (Exception error) when (error is JSDisconnectedException or OperationCanceledException)
        {
            // the browser is away; it asks for everything when it is back
        }
    }

    private ValueTask SendAsync(string method, params object?[] values) => _canvas!.InvokeVoidAsync(method, _gone.Token, values);

    private static string Written(Graph graph) => Encoding.UTF8.GetString(GraphWriter.Write(graph));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        try
        {
            if (_canvas is not null)
            {
                await _canvas.InvokeVoidAsync("unmount");
                await _canvas.DisposeAsync();
            }
            if (_module is not null) await _module.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // the browser is gone, and the canvas with it
        }
        _self?.Dispose();
        _gone.Dispose();
    }
}
