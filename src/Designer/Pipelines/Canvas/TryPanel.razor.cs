using Microsoft.AspNetCore.Components;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Nodes.Input;
using PromptDesigner.Runtime.Runs;

namespace PromptDesigner.Designer.Pipelines.Canvas;

/// <content>Starts the try and follows it.</content>
public sealed partial class TryPanel : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private InputForm? _form;
    private string? _formOf;
    private string? _remembered;
    private RunHead? _head;
    private IReadOnlyList<StepLine> _root = [];
    private RunFollower _follower = default!;
    private string? _refusal;
    private string? _writing;
    private PartWanted? _begun;
    private bool _busy;

    /// <summary>The draft that is tried.</summary>
    [Parameter, EditorRequired] public DraftSeat Seat { get; set; } = default!;

    /// <summary>What the run says of the nodes, whenever that changed.</summary>
    [Parameter] public EventCallback<IReadOnlyDictionary<string, CanvasState>> OnStates { get; set; }

    /// <summary>A part that is to be tried now, once.</summary>
    [Parameter] public PartWanted? Wanted { get; set; }

    /// <summary>What is known of the nodes.</summary>
    [Parameter] public Trial Trial { get; set; } = Trial.Nothing;

    /// <summary>A try is over, or came as far as it can.</summary>
    [Parameter] public EventCallback OnOver { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;

    [Inject] private RunStarter Starter { get; set; } = default!;

    [Inject] private RunControl Control { get; set; } = default!;

    [Inject] private RunScreen Screen { get; set; } = default!;

    [Inject] private RunFeed Feed { get; set; } = default!;

    [Inject] private CurrentActor Current { get; set; } = default!;

    [Inject] private Prices Prices { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private ILogger<TryPanel> Log { get; set; } = default!;

    private bool IsOpen => _head is { Run.Status: <= RunStatus.Waiting };

    private string Progress => string.Join(" · ", [$"{Say.Number(_root.Count(x => x.Row.Status > StepStatus.Waiting))} of {Say.Number(_root.Count)} steps", .. Rounds]);

    /// <summary>How often containers went round.</summary>
    private IEnumerable<string> Rounds => _root.Where(x => x.Items is not null).Select(x => $"{x.Node.Title}: {CanvasState.Count(x)}");

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        _follower = new RunFollower(Feed, Clock, Log);
        _remembered = await Screen.LastInputsAsync(Seat.Pipeline, Actor, _gone.Token);
        Form();
    }

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        Form();
        if (Wanted is null || ReferenceEquals(_begun, Wanted)) return;
        _begun = Wanted;
        await StartAsync(Wanted.From, Wanted.Alone);
    }

    /// <summary>The form follows the input node; what is typed stays where its field stays.</summary>
    private void Form()
    {
        var node = Seat.Graph.Nodes.FirstOrDefault(x => x.Kind == "input");
        var settings = node is null ? null : NodeCatalog.Standard.Bind(node).Settings as InputSettings;
        var now = node is null ? null : node.Settings.ValueKind == System.Text.Json.JsonValueKind.Undefined ? "" : node.Settings.GetRawText();
        if (now == _formOf && (now is null || _form is not null)) return;
        _formOf = now;
        var before = _form?.Fields.ToDictionary(x => x.Field.Name, x => x.Text, StringComparer.Ordinal);
        _form = settings is null ? null : new InputForm([.. settings.Fields.DistinctBy(x => x.Name)], _remembered);
        foreach (var entry in _form?.Fields ?? []) if (before?.TryGetValue(entry.Field.Name, out var text) == true) entry.Text = text;
    }

    /// <summary>Inputs that were kept take the place of what is typed.</summary>
    private void Fill(string inputs)
    {
        _remembered = inputs;
        if (_form is not null) _form = new InputForm([.. _form.Fields.Select(x => x.Field)], inputs);
    }

    /// <summary>Tries the draft with what is typed.</summary>
    /// <param name="from">The node with which it begins; null: the whole.</param>
    /// <param name="alone">Only that node.</param>
    private async Task StartAsync(string? from, bool alone)
    {
        _refusal = _form is not null && _form.Read() is null ? "Fill in the inputs first: something is missing or wrong." : null;
        if (_busy || _form?.Read() is not { } inputs) return;
        _busy = true;
        try
        {
            var started = await Starter.StartAsync(new RunRequest { Pipeline = Seat.Pipeline, Inputs = inputs, Draft = true, Trigger = RunTrigger.Person, Part = new TryPart { From = from, Alone = alone, Last = Trial.Last, Pinned = Trial.Pinned } }, await Current.GetAsync(_gone.Token), _gone.Token);
            _refusal = started.Refusal?.Message;
            if (started.Refusal is not null) return;
            _follower.Follow(started.Value, _ => InvokeAsync(() => LookAsync(started.Value)));
            await ReadAsync(started.Value);
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task StopAsync() => _refusal = (await Control.CancelAsync(_head!.Run.Id, await Current.GetAsync(_gone.Token), _gone.Token)).Refusal?.Message;

    private async Task LookAsync(Guid run)
    {
        if (_follower.Run != run) return; // another try has begun
        await ReadAsync(run);
        StateHasChanged();
    }

    private async Task ReadAsync(Guid run)
    {
        _head = await Screen.HeadAsync(run, Actor.Workspace, _gone.Token);
        if (_head is null) return;
        _root = [.. await Screen.RootAsync(_head, _gone.Token), .. await Screen.LatestInsideAsync(_head, _gone.Token)];
        _writing = _root.Where(x => x.Row.Status == StepStatus.Running).Select(x => _follower.Answers.GetValueOrDefault(x.Path)).LastOrDefault(x => x is not null);
        if (_head.Run.Status >= RunStatus.Waiting) await OnOver.InvokeAsync();
        await OnStates.InvokeAsync(CanvasState.Of(_root, _follower.Answers, Prices.Currency, Clock.GetUtcNow()));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _follower.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}

/// <summary>A part of the draft that somebody wants to try.</summary>
/// <param name="From">The node with which it begins.</param>
/// <param name="Alone">Only that node.</param>
public sealed record PartWanted(string From, bool Alone);
