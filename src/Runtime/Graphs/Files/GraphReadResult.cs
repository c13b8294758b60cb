namespace PromptDesigner.Runtime.Graphs.Files;

/// <summary>What came of reading a pipeline file.</summary>
public abstract record GraphReadResult
{
    private GraphReadResult() { }

    /// <summary>A document. It may be wrong in a hundred ways: <c>GraphCheck</c> lists them, unknown properties and wrong settings included.</summary>
    /// <param name="Graph">The document.</param>
    /// <param name="Notes">Sentences about what reading changed (ids made anew, positions brought back, a key removed).</param>
    public sealed record Read(Graph Graph, IReadOnlyList<string> Notes) : GraphReadResult;

    /// <summary>Not a pipeline file at all; nothing of it is stored.</summary>
    /// <param name="Code">Of CONTRACT section 7: <c>not_json</c>, <c>unreadable</c>, <c>newer_schema</c>, <c>too_large</c> or <c>limit</c>.</param>
    /// <param name="Message">A sentence that says what is wrong, and where.</param>
    /// <param name="Line">From 1, where the fault lies in the text.</param>
    /// <param name="Path">JSON pointer, where the fault lies in the meaning.</param>
    public sealed record Refused(string Code, string Message, int? Line = null, string Path = "") : GraphReadResult;
}

/// <summary>Thrown inside reading only; <see cref="GraphReader"/> makes it the result.</summary>
internal sealed class GraphRefusedException(GraphReadResult.Refused refusal) : Exception(refusal.Message)
{
    public GraphRefusedException(string code, string message, int? line = null, string path = "")
        : this(new GraphReadResult.Refused(code, message, line, path)) { }

    public GraphReadResult.Refused Refusal { get; } = refusal;
}
