using System.Runtime.CompilerServices;
using System.Text;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Files;

namespace PromptDesigner.Runtime.Tests.Graphs;

/// <summary>Short ways from the text of a pipeline file to what came of it.</summary>
internal static class PipelineFile
{
    public static GraphReadResult Read(string json) => GraphReader.Read(Encoding.UTF8.GetBytes(json));

    public static Graph Graph(string json) => Read(json) switch
    {
        GraphReadResult.Read read => read.Graph,
        GraphReadResult.Refused refused => throw new InvalidOperationException($"{refused.Code}: {refused.Message}"),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    public static GraphReadResult.Refused Refusal(string json) => Assert.IsType<GraphReadResult.Refused>(Read(json));

    public static string Written(Graph graph) => Encoding.UTF8.GetString(GraphWriter.Write(graph));

    /// <summary>A file with the given nodes and edges as JSON, its quotes written as <c>'</c>.</summary>
    public static string Of(string nodes, string edges = "", string more = "") =>
        $$"""{ "schemaVersion": 1, "name": "P", "nodes": [{{nodes.Replace('\'', '"')}}], "edges": [{{edges.Replace('\'', '"')}}]{{more.Replace('\'', '"')}} }""";

    /// <summary>A file that lies beside the test.</summary>
    public static string Beside(string name, [CallerFilePath] string test = "") => Path.Combine(Path.GetDirectoryName(test)!, name);
}
