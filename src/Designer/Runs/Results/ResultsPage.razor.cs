using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Primitives;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Runs.Results;

/// <content>What the page reads and where it leads.</content>
public sealed partial class ResultsPage
{
    private const int PageSize = 50;
    private const string TrueWord = "true";

    private readonly CancellationTokenSource _gone = new();
    private ResultPipeline? _pipeline;
    private ResultPage? _page;
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private QueryString _filters;
    private string? _wrong;
    private bool _looked;
    private bool _onlyTries;
    private bool _picking;
    private ElementReference _opener;
    private IDisposable? _watch;

    /// <summary>The pipeline's id.</summary>
    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] private Actor Actor { get; set; } = default!;
    [CascadingParameter] private Zone Zone { get; set; } = Zone.Utc;
    [SupplyParameterFromQuery(Name = "q")] private string? Text { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? Status { get; set; }
    [SupplyParameterFromQuery(Name = "trigger")] private string? Trigger { get; set; }
    [SupplyParameterFromQuery(Name = "from")] private string? From { get; set; }
    [SupplyParameterFromQuery(Name = "to")] private string? To { get; set; }
    [SupplyParameterFromQuery(Name = "tries")] private bool? Tries { get; set; }
    [SupplyParameterFromQuery(Name = "hide")] private string? Hide { get; set; }
    [SupplyParameterFromQuery(Name = "after")] private string? After { get; set; }

    private bool IsFiltered => (Text, Status, Trigger, From, To) is not (null, null, null, null, null) || Tries == true;

    private bool MayRun => _pipeline is { ActiveVersion: not null, IsArchived: false } && Actor.Denies(Operation.Run) is null;

    private string Unfiltered => Hide is null ? $"/pipelines/{Id}/results" : $"/pipelines/{Id}/results?hide={Uri.EscapeDataString(Hide)}";

    private string Nothing => _page?.Searched is { } searched ? $"The last {Shared.Say.Number(searched)} runs do not match. Search further back, or drop a filter."
        : IsFiltered ? "Nothing matches all of these filters. Drop one of them."
        : _onlyTries ? "Only tries ran yet."
        : _pipeline!.ActiveVersion is null ? "What its runs were given and what they gave stands here. Publish it, and it can be run."
        : "What its runs were given and what they gave stands here, a run a row.";

    /// <inheritdoc />
    protected override Task OnParametersSetAsync() => ReadAsync(_gone.Token);

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
        _pipeline = await Results.FindAsync(Id, Actor.Workspace, cancel);
        _looked = true;
        if (_pipeline is null) return;
        _hidden = ResultShown.Hidden(Hide);
        var query = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        foreach (var (name, value) in new[] { ("q", Text), ("status", Status), ("trigger", Trigger), ("from", Moment(From, 0)), ("to", Moment(To, 1)), ("tries", Tries == true ? TrueWord : null) })
            if (!string.IsNullOrEmpty(value)) query[name] = value;
        _filters = QueryString.Create(query);
        var filter = RunFilter.Of(new QueryCollection(query));
        _wrong = filter.Refusal?.Message;
        if (filter.Value is not { } found) return;
        _page = await Results.ReadAsync(_pipeline, Actor.Workspace, found, ResultPlace.Read(After), PageSize, cancel);
        _onlyTries = _page.Lines.Count == 0 && !IsFiltered && (await Results.ReadAsync(_pipeline, Actor.Workspace, new RunFilter { Tries = true }, null, 1, cancel)).Lines.Count > 0;
    }

    /// <summary>A day of the person's as the time that files are asked by: when it begins, or when the one after it does. Times stay as they are.</summary>
    private string? Moment(string? text, int later) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1970 and < 9_000
            ? Zone.StartOf(day.AddDays(later)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : text;

    private string File(string form) => $"/pipelines/{Id}/results.{form}{_filters}";

    private static IEnumerable<(string Group, List<ResultShown> Columns)> Choices(ResultPage page) =>
        ResultShown.All(page).GroupBy(x => x.Key.StartsWith("inputs.", StringComparison.Ordinal) ? "Inputs" : x.Key.StartsWith("outputs.", StringComparison.Ordinal) ? "Outputs" : "Run").Select(x => (x.Key, x.ToList()));

    private async Task LeaveAsync(KeyboardEventArgs key)
    {
        if (key.Key != "Escape") return;
        _picking = false;
        await _opener.FocusAsync();
    }

    private void Show(string column, bool isShown)
    {
        var hidden = isShown ? _hidden.Where(x => x != column) : _hidden.Append(column);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("hide", string.Join(',', hidden) is { Length: > 0 } some ? some : null));
    }

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(name == "hide"
        ? new Dictionary<string, object?> { [name] = value }
        : new Dictionary<string, object?> { [name] = string.IsNullOrEmpty(value) ? null : value, ["after"] = null }));

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
