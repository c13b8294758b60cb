using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Approvals;

namespace PromptDesigner.Designer.Approvals;

/// <content>What the page does.</content>
public sealed partial class ApprovalItem
{
    private const int Hold = 10;
    private readonly CancellationTokenSource _gone = new();
    private readonly List<Mode> _modes = [];
    private ApprovalView? _view;
    private JsonElement _context;
    private Guid _shown;
    private bool _looked;
    private bool _busy;
    private Mode _mode;
    private string? _edited;
    private string? _comment;
    private string? _asking;
    private string? _notice;
    private string? _seen;
    private IReadOnlyList<string> _others = [];
    private IDisposable? _watch;
    private IDisposable? _visit;

    private enum Mode { Received, Changes, Edit }

    /// <summary>The approval's id.</summary>
    [Parameter, EditorRequired] public Guid Id { get; set; }

    /// <summary>Inside another page: no column of evidence.</summary>
    [Parameter] public bool Compact { get; set; }

    /// <summary>A decision was stored.</summary>
    [Parameter] public EventCallback<Guid> OnDecided { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    private bool MayUndo => _view!.Approval.ReleaseAt is { } release && release > Clock.GetUtcNow() && _view.Decisions.LastOrDefault(x => x.UndoneAt is null) is { } last && last.UserId == Actor.Person;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (_shown == Id) return;
        _shown = Id;
        (_mode, _edited, _comment, _asking, _notice, _seen) = (Mode.Received, null, null, null, null, null);
        await ReadAsync(_gone.Token);
        if (_watch is not null) Enter();
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) return;
        Presence.Changed += OnPresence;
        Enter();
        _watch = Live.Watch(token => InvokeAsync(async () =>
        {
            await ReadAsync(token);
            StateHasChanged();
        }));
        StateHasChanged();
    }

    /// <summary>A key of the desk.</summary>
    public Task PressAsync(string key)
    {
        if (_view is null || _view.Approval.Id != Id) return Task.CompletedTask; // the next one is being read: no key decides what nobody saw
        if (key == "z") return MayUndo ? UndoAsync(Id) : Task.CompletedTask;
        if (_view.Approval.Status != ApprovalStatus.Pending || !_view.IsMine) return Task.CompletedTask;
        return key switch
        {
            "a" => ApproveAsync(),
            "e" when _view.Request.Editable => EditAsync(),
            "c" when _view.OffersChanges => AskAsync("requestChanges"),
            "r" => AskAsync("reject"),
            _ => Task.CompletedTask,
        };
    }

    private void Enter()
    {
        _visit?.Dispose();
        _visit = Presence.Enter(Id, Actor.Name);
    }

    private void OnPresence(Guid approval)
    {
        if (approval == Id) _ = InvokeAsync(Look);
    }

    private void Look()
    {
        _others = Presence.Others(Id, Actor.Name);
        StateHasChanged();
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        _view = await Queue.FindAsync(Id, Actor, cancel);
        _looked = true;
        if (_view is null) return;
        _others = Presence.Others(Id, Actor.Name);
        _context = _view.Approval.Context is { } context ? JsonSerializer.Deserialize<JsonElement>(context) : default;
        _modes.Clear();
        _modes.Add(Mode.Received);
        if (_view.Approval.OriginalContent is not null) _modes.Add(Mode.Changes);
        _seen ??= Plain(_view.Content);
    }

    private async Task EditAsync()
    {
        _edited ??= Plain(_view!.Content);
        (_mode, _asking) = (Mode.Edit, null);
        await FocusAsync($"#edit-{Id}");
    }

    private void LeaveEdit() => (_mode, _edited) = (Mode.Received, null);

    private async Task AskAsync(string verb)
    {
        _asking = verb;
        await FocusAsync($"#comment-{Id}");
    }

    private async Task ApproveAsync()
    {
        if (_mode == Mode.Edit && EditError() is not null) return;
        await DecideAsync("approve");
    }

    private async Task DecideAsync(string verb)
    {
        if (_busy || _view is not { } view || view.Approval.Id != Id) return;
        _busy = true;
        try
        {
            var edited = verb == "approve" && _mode == Mode.Edit && _edited != Plain(view.Content) ? Edited() : null;
            var decided = await Desk.DecideAsync(Id, new Decision { Verb = verb, ContentHash = view.Approval.ContentHash, Comment = _comment, Edited = edited, ReleaseAfterSeconds = Hold }, await Current.GetAsync(_gone.Token), _gone.Token);
            _notice = decided.Refusal?.Message;
            await ReadAsync(_gone.Token);
            if (decided.Refusal is not null) return;
            (_mode, _asking, _comment, _edited) = (Mode.Received, null, null, null);
            _seen = Plain(_view!.Content);
            var frame = await Js.InvokeAsync<IJSObjectReference>("import", _gone.Token, "/frame.js");
            await frame.InvokeVoidAsync("forget", _gone.Token);
            var id = Id;
            var told = Toasts.Add($"{(verb == "approve" ? "Approved" : verb == "reject" ? "Rejected" : "Sent back")} “{view.Title}”. It takes effect in {Hold} s.", Severity.Normal, toast =>
            {
                toast.RequireInteraction = false; // MudBlazor keeps what has an action until it is pressed
                toast.VisibleStateDuration = Hold * 1_000 - 500;
                toast.Action = "Undo";
                toast.OnClick = _ => InvokeAsync(() => UndoAsync(id));
            });
            if (told is not null) _ = EndAsync(told);
            await OnDecided.InvokeAsync(id);
        }
        finally
        {
            _busy = false;
        }
    }

    /// <summary>The toast goes when the decision takes effect, also while the pointer rests on it, which stops MudBlazor's clock.</summary>
    private async Task EndAsync(Snackbar told)
    {
        await Task.Delay(TimeSpan.FromSeconds(Hold), Clock);
        Toasts.Remove(told);
    }

    /// <summary>Takes back what was decided, while it is held; afterwards it says that it is too late.</summary>
    public async Task UndoAsync(Guid id)
    {
        var undone = await Desk.UndoAsync(id, await Current.GetAsync(CancellationToken.None), CancellationToken.None); // the undo of a toast may come after the page
        Toasts.Add(undone.Refusal?.Message ?? "Taken back. It waits for a decision again.", undone.Refusal is null ? Severity.Normal : Severity.Error);
        if (_gone.IsCancellationRequested) return;
        await ReadAsync(_gone.Token);
        StateHasChanged();
    }

    private JsonElement? Edited() => _view!.Content.ValueKind == JsonValueKind.String ? JsonSerializer.SerializeToElement(_edited) : JsonSerializer.Deserialize<JsonElement>(_edited!);

    private string? EditError()
    {
        if (_view!.Content.ValueKind == JsonValueKind.String || string.IsNullOrEmpty(_edited)) return null;
        try
        {
            using var read = JsonDocument.Parse(_edited);
            return null;
        }
        catch (JsonException error)
        {
            return $"This is no JSON: line {error.LineNumber + 1}, character {error.BytePositionInLine + 1}.";
        }
    }

    private static string ModeWord(Mode mode) => mode == Mode.Received ? "As received" : "Changes";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Plain(JsonElement value) => value.ValueKind switch { JsonValueKind.Undefined => "", JsonValueKind.String => value.GetString()!, _ => JsonSerializer.Serialize(value, Indented) };

    private async Task FocusAsync(string selector)
    {
        StateHasChanged();
        await Task.Yield();
        var frame = await Js.InvokeAsync<IJSObjectReference>("import", _gone.Token, "/frame.js");
        await frame.InvokeVoidAsync("focus", _gone.Token, selector);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Presence.Changed -= OnPresence;
        _watch?.Dispose();
        _visit?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
