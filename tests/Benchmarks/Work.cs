namespace PromptDesigner.Benchmarks;

/// <summary>What every contestant is given: prompts of about 1,000 characters, answers of 25.</summary>
internal static class Work
{
    /// <summary>What stands before each prompt: the instructions that real prompts have.</summary>
    public static string Before { get; } = string.Concat(Enumerable.Repeat("You read what a customer writes and answer in one short line. ", 14));

    /// <summary>A run's input.</summary>
    public const string Text = "My card was charged twice for the same purchase and nobody answers the phone.";
}
