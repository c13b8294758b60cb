using System.Text.Json;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Designer.Schedules;

/// <content>What the page does.</content>
public sealed partial class SchedulePage
{
    private const int PageSize = 50;
    private const int Shown = 5;
    private readonly CancellationTokenSource _gone = new();
    private ScheduleLine? _line;
    private IReadOnlyList<SlotLine> _slots = [];
    private IReadOnlyList<(string Name, string Value)> _inputs = [];
    private SchedulePreview? _preview;
    private DateTimeOffset? _next;
    private string _note = "";
    private bool _looked;
    private bool _edits;
    private bool _busy;
    private IDisposable? _watch;

    /// <summary>The schedule's id.</summary>
    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "after")] private string? After { get; set; }

    private bool MaySchedule => Actor.Denies(Operation.Schedule) is null;

    private string LowerWords => char.ToLowerInvariant(_line!.Words[0]) + _line.Words[1..];

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => ReadAsync(_gone.Token);

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender) return;
        _watch = Live.Watch(token => InvokeAsync(async () =>
        {
            if (!_edits) await ReadAsync(token);
            StateHasChanged();
        }));
        StateHasChanged();
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        _line = await Schedules.FindAsync(Id, Actor.Workspace, cancel);
        _looked = true;
        if (_line is not { Row: var row }) return;
        var slots = await Schedules.SlotsAsync(row.Key, Actor.Workspace, SchedulePlace.Time(After), PageSize, cancel);
        _next = slots.Count > PageSize ? slots[PageSize - 1].Slot.Slot : null;
        _slots = [.. slots.Take(PageSize)];
        _preview = SchedulePreview.Of(row.Cron, row.TimeZone, Clock.GetUtcNow(), Shown, row.StartAt, row.EndAt).Value;
        using var inputs = JsonDocument.Parse(row.Inputs);
        _inputs = [.. inputs.RootElement.EnumerateObject().Select(x => (x.Name, Short(x.Value)))];
    }

    private static string Short(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!
            : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(x => x.ValueKind == JsonValueKind.String) ? string.Join('\n', value.EnumerateArray().Select(x => x.GetString())) : value.GetRawText();
        return text.Length > 1_000 ? text[..1_000] + "…" : text;
    }

    private Task SwitchAsync(bool pause) => ActAsync(async actor =>
    {
        var done = pause ? await Desk.PauseAsync(Id, _note, actor, _gone.Token) : await Desk.ResumeAsync(Id, actor, _gone.Token);
        if (done.Refusal is null) _note = "";
        Tell(done.Refusal, pause ? "The schedule is paused: its times are kept as skipped." : "The schedule runs again, from its next time on.");
    });

    private Task TriggerAsync() => ActAsync(async actor =>
    {
        var made = await Desk.TriggerAsync(Id, actor, _gone.Token);
        if (made.Refusal is not null) Tell(made.Refusal, "");
        else Toasts.Add("A run has started.", Severity.Normal, toast => (toast.Action, toast.OnClick) = ("Open it", _ => InvokeAsync(() => Navigation.NavigateTo($"/runs/{made.Value}"))));
    });

    private async Task DeleteAsync()
    {
        if (await Dialogs.ShowMessageBoxAsync("Delete this schedule?", $"“{_line!.PipelineName}, {LowerWords}” makes no run any more. The runs that it made stay.", yesText: "Delete the schedule", noText: "Keep it") != true) return;
        await ActAsync(async actor =>
        {
            var done = await Desk.DeleteAsync(Id, actor, _gone.Token);
            Tell(done.Refusal, "The schedule is deleted. Its runs stay.");
            if (done.Refusal is null) Navigation.NavigateTo("/schedules");
        });
    }

    private async Task SavedAsync()
    {
        _edits = false;
        await ReadAsync(_gone.Token);
    }

    private async Task ActAsync(Func<Actor, Task> act)
    {
        if (_busy) return;
        _busy = true;
        try
        {
            await act(await Current.GetAsync(_gone.Token));
            if (!_gone.IsCancellationRequested) await ReadAsync(_gone.Token);
        }
        finally
        {
            _busy = false;
        }
    }

    private void Tell(Refusal? refusal, string done) => Toasts.Add(refusal?.Message ?? done, refusal is null ? Severity.Normal : Severity.Error);

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
