using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Runtime;

/// <summary>Why a verb did nothing: a stable code of CONTRACT section 7 and a sentence for the person. Its HTTP status follows from the code.</summary>
/// <param name="Code">The code.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Errors">Single findings by place, where there are several.</param>
/// <param name="Problems">Problems of a pipeline document.</param>
public sealed record Refusal(string Code, string Message, IReadOnlyList<FieldError>? Errors = null, IReadOnlyList<Problem>? Problems = null);

/// <summary>One finding about a request: where, and what is wrong there.</summary>
public sealed record FieldError(string Path, string Message);

/// <summary>What a verb came to: a value, or a refusal.</summary>
public readonly record struct Answer<T>
{
    private Answer(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>The value; meaningful where <see cref="Refusal"/> is null.</summary>
    public T? Value { get; }

    /// <summary>Why nothing was done; null where it was.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Done.</summary>
    public static implicit operator Answer<T>(T value) => new(value, null);

    /// <summary>Refused.</summary>
    public static implicit operator Answer<T>(Refusal refusal) => new(default, refusal);
}
