using System.Globalization;
using PromptDesigner.Data.Runs;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>A run with what it was given and what it gave.</summary>
public sealed record ResultRow
{
    /// <summary>The run's number.</summary>
    public required long Key { get; init; }

    /// <summary>The run's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The version; null: a draft.</summary>
    public int? Version { get; init; }

    /// <summary>The draft's revision, for runs of a draft.</summary>
    public int? DraftRevision { get; init; }

    /// <summary>Where it stands.</summary>
    public RunStatus Status { get; init; }

    /// <summary>What holds it, while it waits.</summary>
    public WaitingFor WaitingFor { get; init; }

    /// <summary>What started it.</summary>
    public RunTrigger Trigger { get; init; }

    /// <summary>Who started it.</summary>
    public required string StartedBy { get; init; }

    /// <summary>The caller's own name for whom it was run.</summary>
    public string? Account { get; init; }

    /// <summary>A try.</summary>
    public bool Try { get; init; }

    /// <summary>The practice model answered something in it.</summary>
    public bool Practice { get; init; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was first owned.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Money, over all calls of known price.</summary>
    public decimal Cost { get; init; }

    /// <summary>The first failure.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The first failure, in words.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The path of the step that failed first.</summary>
    public string? ErrorStep { get; init; }

    /// <summary>A JSON object; on a page perhaps only its beginning.</summary>
    public required string Inputs { get; init; }

    /// <summary>A JSON object; on a page perhaps only its beginning; null: it gave nothing.</summary>
    public string? Outputs { get; init; }

    /// <summary>Where it stands in the table.</summary>
    public ResultPlace Place => new(CreatedAt, Key);
}

/// <summary>Where a run stands in a table of the newest first; it stays there when the run is gone.</summary>
/// <param name="At">When the run was accepted.</param>
/// <param name="Key">The run's number.</param>
public sealed record ResultPlace(DateTimeOffset At, long Key)
{
    /// <summary>The place before it, so that what is below begins with it.</summary>
    public ResultPlace Above => this with { Key = Key + 1 };

    /// <summary>Reads a place; null where it is none.</summary>
    public static ResultPlace? Read(string? text) =>
        text?.Split('.') is [var at, var number] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time < 253_402_300_800_000 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? new ResultPlace(DateTimeOffset.FromUnixTimeMilliseconds(time), key)
            : null;

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeMilliseconds()}.{Key}");
}

/// <summary>The pipeline whose results are shown.</summary>
/// <param name="Key">Its number.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ActiveVersion">The version that runs when none is named; null: not published.</param>
/// <param name="IsArchived">It was put away.</param>
public sealed record ResultPipeline(int Key, Guid Id, string Name, int? ActiveVersion, bool IsArchived);
