using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>
/// The caps of <c>Limits:*</c>, lowered where a workspace wants less. Before a call its estimate is reserved, after it the reservation becomes what it really took, so calls side
/// by side cannot all pass a cap that has room for one. Reservations live in memory; what was spent is in the log.
/// </summary>
public sealed class SpendCaps
{
    private readonly ReadConnections _read;
    private readonly ModelConnections _connections;
    private readonly LimitOptions _limits;
    private readonly Prices _prices;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Day> _days = [];

    internal SpendCaps(ReadConnections read, ModelConnections connections, IOptions<LimitOptions> limits, Prices prices, TimeProvider clock)
    {
        _read = read;
        _connections = connections;
        _limits = limits.Value;
        _prices = prices;
        _clock = clock;
    }

    /// <summary>Reserves an estimate, or says which cap is in the way.</summary>
    internal async Task<(Reservation? Reserved, string? Refusal)> ReserveAsync(int workspace, RunSpend run, decimal? cost, long tokens, CancellationToken cancel)
    {
        var estimate = cost ?? 0m;
        var own = (await _connections.OfAsync(workspace, cancel)).Caps;
        var (mostRun, raiseRun) = Lower(_limits.RunCost, own.RunCost, "Limits:RunCost");
        var (mostDay, raiseDay) = Lower(_limits.DayCost, own.DayCost, "Limits:DayCost");
        var (mostTokens, raiseTokens) = Lower(_limits.RunTokens, own.RunTokens, "Limits:RunTokens");
        var day = await DayOfAsync(workspace, mostDay > 0, cancel);
        lock (_lock)
        {
            if (mostRun > 0 && estimate > 0 && run.Cost + estimate > mostRun)
                return (null, $"This call may cost {Money(estimate)} and the run has spent or reserved {Money(run.Cost)} of its {Money(mostRun)}. {raiseRun}, then retry.");
            if (mostDay > 0 && estimate > 0 && day.Cost + estimate > mostDay)
                return (null, $"This call may cost {Money(estimate)} and the workspace has spent or reserved {Money(day.Cost)} of today's {Money(mostDay)}. {raiseDay} or wait until midnight UTC, then retry.");
            if (mostTokens > 0 && run.Tokens + tokens > mostTokens)
                return (null, $"This call may take {tokens:N0} tokens and the run has used or reserved {run.Tokens:N0} of its {mostTokens:N0}. {raiseTokens}, then retry.");
            run.Cost += estimate;
            run.Tokens += tokens;
            day.Cost += estimate;
        }
        return (new Reservation(this, run, day, estimate, tokens), null);
    }

    private string Money(decimal money) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{money:0.######} {_prices.Currency}");

    private static (decimal Most, string Raise) Lower(decimal configured, decimal own, string key) =>
        own > 0 && (configured == 0 || own < configured) ? (own, "Raise the workspace's own cap") : (configured, "Raise " + key);

    /// <summary>Money that a workspace has spent today (UTC), calls in flight by their estimate: what the day's cap is checked against.</summary>
    public async ValueTask<decimal> SpentTodayAsync(int workspace, CancellationToken cancel)
    {
        var day = await DayOfAsync(workspace, true, cancel);
        lock (_lock) return day.Cost;
    }

    private async ValueTask<Day> DayOfAsync(int workspace, bool counts, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        lock (_lock)
            if (_days.TryGetValue(workspace, out var known) && known.Date == today && (known.IsCounted || !counts)) return known;
        var midnight = new DateTimeOffset(today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var spent = !counts ? 0 : (await _read.ReadAsync("SELECT COALESCE(SUM(Cost), 0) FROM ModelCalls WHERE WorkspaceId = @1 AND StartedAt >= @2", x => x.GetInt64(0), cancel, workspace, midnight))[0];
        lock (_lock)
        {
            if (!_days.TryGetValue(workspace, out var day) || day.Date != today) _days[workspace] = day = new Day(today);
            if (!counts || day.IsCounted) return day;
            day.Cost = Math.Max(day.Cost, Data.Storage.PicoMoney.FromPico(spent)); // a cap that came during the day: what this process counted may be less or more than the log has
            day.IsCounted = true;
            return day;
        }
    }

    /// <summary>An estimate that holds its place until the call is over.</summary>
    internal sealed class Reservation(SpendCaps caps, RunSpend run, Day day, decimal cost, long tokens)
    {
        /// <summary>Puts what the call really took in the estimate's place.</summary>
        public void Settle(decimal? realCost, long realTokens)
        {
            lock (caps._lock)
            {
                run.Cost += (realCost ?? 0m) - cost;
                run.Tokens += realTokens - tokens;
                day.Cost += (realCost ?? 0m) - cost;
            }
        }
    }

    internal sealed class Day(DateOnly date)
    {
        public DateOnly Date { get; } = date;

        /// <summary>What was spent earlier that day is in it.</summary>
        public bool IsCounted { get; set; }

        public decimal Cost { get; set; }
    }
}

/// <summary>What a run has spent and reserved, as its owner counts it.</summary>
public sealed class RunSpend(decimal cost, long tokens)
{
    /// <summary>Money.</summary>
    public decimal Cost { get; internal set; } = cost;

    /// <summary>Tokens in both directions.</summary>
    public long Tokens { get; internal set; } = tokens;
}
