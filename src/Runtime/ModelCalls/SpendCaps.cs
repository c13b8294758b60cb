using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>
/// The caps of <c>Limits:*</c>. Before a call its estimate is reserved, after it the reservation becomes what it really took, so calls side
/// by side cannot all pass a cap that has room for one. Reservations live in memory; what was spent is in the log.
/// </summary>
public sealed class SpendCaps
{
    private readonly ReadConnections _read;
    private readonly LimitOptions _limits;
    private readonly Prices _prices;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Day> _days = [];

    internal SpendCaps(ReadConnections read, IOptions<LimitOptions> limits, Prices prices, TimeProvider clock)
    {
        _read = read;
        _limits = limits.Value;
        _prices = prices;
        _clock = clock;
    }

    /// <summary>Reserves an estimate, or says which cap is in the way.</summary>
    internal async Task<(Reservation? Reserved, string? Refusal)> ReserveAsync(int workspace, RunSpend run, decimal? cost, long tokens, CancellationToken cancel)
    {
        var estimate = cost ?? 0m;
        var day = await DayOfAsync(workspace, cancel);
        lock (_lock)
        {
            if (_limits.RunCost > 0 && estimate > 0 && run.Cost + estimate > _limits.RunCost)
                return (null, $"This call may cost {Money(estimate)} and the run has spent or reserved {Money(run.Cost)} of its {Money(_limits.RunCost)}. Raise Limits:RunCost, then retry.");
            if (_limits.DayCost > 0 && estimate > 0 && day.Cost + estimate > _limits.DayCost)
                return (null, $"This call may cost {Money(estimate)} and the workspace has spent or reserved {Money(day.Cost)} of today's {Money(_limits.DayCost)}. Raise Limits:DayCost or wait until midnight UTC, then retry.");
            if (_limits.RunTokens > 0 && run.Tokens + tokens > _limits.RunTokens)
                return (null, $"This call may take {tokens:N0} tokens and the run has used or reserved {run.Tokens:N0} of its {_limits.RunTokens:N0}. Raise Limits:RunTokens, then retry.");
            run.Cost += estimate;
            run.Tokens += tokens;
            day.Cost += estimate;
        }
        return (new Reservation(this, run, day, estimate, tokens), null);
    }

    private string Money(decimal money) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{money:0.######} {_prices.Currency}");

    private async ValueTask<Day> DayOfAsync(int workspace, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);
        lock (_lock)
            if (_days.TryGetValue(workspace, out var known) && known.Date == today) return known;
        var midnight = new DateTimeOffset(today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var spent = _limits.DayCost == 0 ? 0 : (await _read.ReadAsync("SELECT COALESCE(SUM(Cost), 0) FROM ModelCalls WHERE WorkspaceId = @1 AND StartedAt >= @2", x => x.GetInt64(0), cancel, workspace, midnight))[0];
        lock (_lock)
        {
            if (_days.TryGetValue(workspace, out var known) && known.Date == today) return known;
            return _days[workspace] = new Day(today) { Cost = Data.Storage.PicoMoney.FromPico(spent) };
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
