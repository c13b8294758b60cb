using System.Data;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Runs.Journal;

/// <summary>A run as its owner holds it.</summary>
internal sealed class OwnedRun
{
    public const string Columns = "Key, Id, WorkspaceId, PipelineKey, Version, DraftRevision, Fence, RecoveryCount, Try, Practice, CreatedAt, StartedAt, Account, StarterId, Inputs, LastEvent, Cost, InputTokens + OutputTokens, Slot, PreviousSlot";

    /// <summary>How many columns these are: the place of the first one that a reader adds.</summary>
    public const int Width = 20;

    public required long Key { get; init; }
    public required Guid Id { get; init; }
    public required int WorkspaceId { get; init; }
    public required int PipelineKey { get; init; }
    public int? Version { get; init; }
    public int? DraftRevision { get; init; }
    public required long Fence { get; init; }
    public int RecoveryCount { get; set; }
    public bool Try { get; init; }
    public bool Practice { get; set; }
    public DateTimeOffset StartedAt { get; init; }
    public string? Account { get; init; }
    public required string Inputs { get; init; }
    public DateTimeOffset? Slot { get; init; }
    public DateTimeOffset? PreviousSlot { get; init; }
    public int LastEvent { get; init; }

    /// <summary>What it had spent when it was taken.</summary>
    public decimal SpentCost { get; init; }

    /// <summary>Tokens that it had used when it was taken.</summary>
    public long SpentTokens { get; init; }

    public static OwnedRun Read(IDataRecord row) => new()
    {
        Key = row.GetInt64(0),
        Id = row.Id(1),
        WorkspaceId = row.GetInt32(2),
        PipelineKey = row.GetInt32(3),
        Version = row.IntOrNull(4),
        DraftRevision = row.IntOrNull(5),
        Fence = row.GetInt64(6),
        RecoveryCount = row.GetInt32(7),
        Try = row.GetInt32(8) != 0,
        Practice = row.GetInt32(9) != 0,
        StartedAt = row.TimeOrNull(11) ?? row.Time(10),
        Account = row.TextOrNull(12),
        Inputs = row.GetString(14),
        LastEvent = row.GetInt32(15),
        SpentCost = PicoMoney.FromPico(row.GetInt64(16)),
        SpentTokens = row.GetInt64(17),
        Slot = row.TimeOrNull(18),
        PreviousSlot = row.TimeOrNull(19),
    };
}
