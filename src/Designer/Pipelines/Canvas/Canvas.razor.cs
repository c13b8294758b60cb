using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Pipelines.Canvas;

/// <content>The C# side of the bridge. Gestures stay in the browser; only finished edits, the selection and commands cross.</content>
public sealed partial class Canvas
{
    private static readonly JsonSerializerOptions Deep = new() { MaxDepth = 128 };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _gone = new();
    private readonly SemaphoreSlim _talking = new(1, 1);
    private ElementReference _host;
    private DotNetObjectReference<Canvas>? _self;
    private IJSObjectReference? _module;
    private IJSObjectReference? _canvas;
    private bool _isReady;
    private bool _isAway;
    private long _lastSequence;
    private string[] _pins = [];
    private int _sentRevision = -1;
    private IReadOnlyList<Problem>? _sentProblems;
    private IReadOnlyList<SendAllowed>? _sentAllowed;

    /// <summary>The place in the draft whose graph is drawn.</summary>
    [Parameter, EditorRequired] public DraftSeat Seat { get; set; } = default!;

    /// <summary>The nodes that are chosen now.</summary>
    [Parameter] public EventCallback<IReadOnlyList<string>> OnChosen { get; set; }

    /// <summary>The canvas is drawn and listens.</summary>
    [Parameter] public EventCallback OnListening { get; set; }

    [Inject] private ISnackbar Toasts { get; set; } = default!;

    private bool IsBehind => _sentRevision != Seat.Revision || !ReferenceEquals(_sentProblems, Seat.Problems) || !ReferenceEquals(_sentAllowed, Seat.Allowed);

    /// <inheritdoc />
    protected override bool ShouldRender() => false; // what is inside belongs to the browser

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        _module = await Js.InvokeAsync<IJSObjectReference>("import", _gone.Token, "/" + Assets["canvas/canvas.js"]);
        _canvas = await _module.InvokeAsync<IJSObjectReference>("mount", _gone.Token, _host, new { graph = Seat.Written, kinds = KindView.All, readOnly = false }, _self);
        await ShowAsync();
    }

    /// <summary>Shows what the draft and its problems are now, where the browser does not know it. It never waits for an edit that is under way; that one ends with showing.</summary>
    public async Task ShowAsync()
    {
        while (_isReady && _canvas is not null && !_isAway && IsBehind && await _talking.WaitAsync(TimeSpan.Zero, _gone.Token))
        {
            try
            {
                await SendAsync();
            }
            finally
            {
                _talking.Release();
            }
        }
    }

    /// <summary>Shows what a run says of the nodes.</summary>
    public Task StatesAsync(IReadOnlyDictionary<string, CanvasState> states) => CallAsync("states", states);

    /// <summary>Shows which nodes keep their output.</summary>
    public Task PinsAsync(IEnumerable<string> nodes)
    {
        _pins = [.. nodes];
        return CallAsync("pins", [_pins]);
    }

    /// <summary>Chooses a node and brings it into view.</summary>
    public Task SelectAsync(string node) => CallAsync("select", node);

    /// <summary><c>arrange</c>, <c>fit</c>, <c>add</c>, <c>undo</c> or <c>redo</c>, as if the browser had been asked.</summary>
    public Task CommandAsync(string name) => CallAsync("command", name);

    /// <summary>The browser draws, or is connected again; edits that it could not send follow.</summary>
    [JSInvokable]
    public async Task OnReady()
    {
        _isReady = true;
        _isAway = false;
        _sentRevision = -1;
        _sentProblems = null;
        _sentAllowed = null;
        await ShowAsync();
        await CallAsync("pins", [_pins]);
        await InvokeAsync(() => OnListening.InvokeAsync());
    }

    /// <summary>A finished edit. One that is sent again after a lost connection is confirmed again.</summary>
    [JSInvokable]
    public async Task OnEdit(CanvasEdit edit)
    {
        _isAway = false;
        await _talking.WaitAsync(_gone.Token);
        try
        {
            var isKnown = edit.Sequence > _lastSequence && await ApplyAsync(edit);
            _lastSequence = Math.Max(_lastSequence, edit.Sequence);
            if (isKnown) await CallAsync("acknowledged", edit.Sequence, _sentRevision);
            await SendAsync();
            if (!isKnown) await CallAsync("acknowledged", edit.Sequence, Seat.Revision);
        }
        finally
        {
            _talking.Release();
        }
        await ShowAsync();
    }

    /// <summary>Which nodes are chosen.</summary>
    [JSInvokable]
    public Task OnSelect(IReadOnlyList<string> ids) => InvokeAsync(() => OnChosen.InvokeAsync(ids));

    /// <summary><c>undo</c> and <c>redo</c>: the draft's own, which knows edits of the inspector too.</summary>
    [JSInvokable]
    public async Task OnCommand(string name)
    {
        var done = name switch
        {
            "undo" when Seat.CanUndo => await Seat.UndoAsync(_gone.Token),
            "redo" when Seat.CanRedo => await Seat.RedoAsync(_gone.Token),
            _ => Seat.Revision,
        };
        if (done.Refusal is { } refusal) Toasts.Add(refusal.Message, Severity.Error);
        await ShowAsync();
    }

    /// <summary>True where the browser, which applied the edit too, now has the draft as it is.</summary>
    private async Task<bool> ApplyAsync(CanvasEdit edit)
    {
        var before = Seat.Revision;
        var read = DraftOperation.Read(JsonSerializer.Deserialize<JsonElement>(edit.Operations, Deep));
        var applied = read.Refusal is { } unread ? unread : await Seat.ApplyAsync(read.Value!, null, _gone.Token);
        if (applied.Refusal is { } refusal)
        {
            _sentRevision = -1; // the browser shows what was refused
            Toasts.Add(refusal.Message, Severity.Error);
            return false;
        }
        if (_sentRevision != before || applied.Value != before + 1) return false;
        _sentRevision = applied.Value;
        return true;
    }

    private async Task SendAsync()
    {
        if (_sentRevision != Seat.Revision)
        {
            _sentRevision = Seat.Revision;
            await CallAsync("document", Seat.Written, _sentRevision);
        }
        if (!ReferenceEquals(_sentProblems, Seat.Problems))
        {
            _sentProblems = Seat.Problems;
            await CallAsync("problems", _sentProblems.Select(x => new { node = x.Node, warning = x.IsWarning, message = x.Message }));
        }
        if (ReferenceEquals(_sentAllowed, Seat.Allowed)) return;
        _sentAllowed = Seat.Allowed;
        await CallAsync("allowed", _sentAllowed.ToDictionary(x => x.Node, x => $"Sends without an approval: {x.Reason} ({x.AllowedBy})"));
    }

    /// <summary>A browser that is away does not answer; it asks for everything when it is back.</summary>
    private async Task CallAsync(string method, params object?[] values)
    {
        if (_canvas is null || _isAway) return;
        try
        {
            await _canvas.InvokeVoidAsync(method, Patience, values);
        }
        catch (Exception error) when (error is JSDisconnectedException or TaskCanceledException)
        {
            _isAway = true;
            _sentRevision = -1;
        }
    }

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
        _talking.Dispose();
        _gone.Dispose();
    }

    /// <summary>An edit as it crosses.</summary>
    /// <param name="Sequence">Counts the edits of a tab.</param>
    /// <param name="Operations">A JSON list of <see cref="DraftOperation"/>, as text: the circuit's reader stops at 32 levels.</param>
    public sealed record CanvasEdit(long Sequence, string Operations);
}
