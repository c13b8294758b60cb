using PromptDesigner.Designer.Shared;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>A column that somebody may show or hide.</summary>
/// <param name="Key">Its name in the address.</param>
/// <param name="Title">What people read.</param>
/// <param name="IsNumber">Its values stand at the right.</param>
public sealed record ResultShown(string Key, string Title, bool IsNumber = false)
{
    /// <summary>When the run was accepted.</summary>
    public const string When = "when";

    /// <summary>Its version.</summary>
    public const string Version = "version";

    /// <summary>What started it.</summary>
    public const string Trigger = "trigger";

    /// <summary>What it cost.</summary>
    public const string Cost = "cost";

    /// <summary>Its first failure.</summary>
    public const string Error = "error";

    private static readonly ResultShown Accepted = new(When, "When");

    /// <summary>What is said of a run before its inputs; failures where a run of the page has one.</summary>
    public static IEnumerable<ResultShown> Before(ResultPage page) => page.Lines.Any(x => x.Row.ErrorCode is not null) ? [Accepted, new ResultShown(Error, "Error")] : [Accepted];

    /// <summary>What is said of a run after its outputs.</summary>
    public static IReadOnlyList<ResultShown> After { get; } = [new(Version, "Version", true), new(Trigger, "Started by"), new(Cost, "Cost", true)];

    /// <summary>Everything that may be hidden, in the table's order.</summary>
    public static IEnumerable<ResultShown> All(ResultPage page) => Before(page).Concat(page.Columns.Select(x => new ResultShown(x.Key, VisibleText.Of(x.Name)))).Concat(After);

    /// <summary>The keys that an address names.</summary>
    public static IReadOnlySet<string> Hidden(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
}
