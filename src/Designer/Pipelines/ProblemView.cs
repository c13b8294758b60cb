using System.Text.Json.Serialization;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Graphs;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>A problem as the API shows it: <c>path</c>, <c>node</c>, <c>code</c>, <c>message</c>, and <c>fix</c> where there is one.</summary>
public sealed record ProblemView(string Path, string? Node, string Code, string Severity, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Fix)
{
    /// <summary>The view of a problem.</summary>
    public static ProblemView Of(Problem x) =>
        new(x.Path, x.Node, x.Code, x.IsWarning ? "warning" : "error", x.Message, x.Fix is null ? null : new { title = x.Fix.Title, patch = x.Fix.Patch });
}
