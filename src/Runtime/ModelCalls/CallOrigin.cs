using PromptDesigner.Data.Runs;

namespace PromptDesigner.Runtime.ModelCalls;

/// <summary>For whom a call is made: what its log rows and its key are made of.</summary>
public sealed record CallOrigin
{
    /// <summary>The workspace whose caps hold.</summary>
    public required int Workspace { get; init; }

    /// <summary>The pipeline.</summary>
    public required int Pipeline { get; init; }

    /// <summary>The run's number.</summary>
    public required long RunKey { get; init; }

    /// <summary>The run's id.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The step in sorting form.</summary>
    public required string SortPath { get; init; }

    /// <summary>The step as people read it.</summary>
    public required string StepPath { get; init; }

    /// <summary>The run's owner.</summary>
    public required long Fence { get; init; }

    /// <summary>Attempts that the step had before.</summary>
    public int EarlierAttempts { get; init; }

    /// <summary>What the run has spent.</summary>
    public required RunSpend Spend { get; init; }

    /// <summary>Takes a row for every request, sent or refused by a cap, in order.</summary>
    public required List<ModelCall> Log { get; init; }

    /// <summary>Called once the practice model answered.</summary>
    public required Action Practised { get; init; }

    /// <summary>Takes pieces of answers as they come; null: nobody looks.</summary>
    public Action<string>? Token { get; init; }
}
