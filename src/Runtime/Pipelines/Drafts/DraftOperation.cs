using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace PromptDesigner.Runtime.Pipelines.Drafts;

/// <summary>One change of a draft. What a browser sends may be made twice and means the same, so that it is sent again after a lost connection without harm; a fix is made once, by the server.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(AddNode), "addNode")]
[JsonDerivedType(typeof(AddEdge), "addEdge")]
[JsonDerivedType(typeof(AddNote), "addNote")]
[JsonDerivedType(typeof(Remove), "remove")]
[JsonDerivedType(typeof(Place), "place")]
[JsonDerivedType(typeof(SetSetting), "set")]
[JsonDerivedType(typeof(Rename), "rename")]
[JsonDerivedType(typeof(SetGraph), "graph")]
[JsonDerivedType(typeof(Patch), "patch")]
public abstract record DraftOperation
{
    /// <summary>Most operations of one edit.</summary>
    public const int Most = 5_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, MaxDepth = 128 };

    /// <summary>Reads an edit as a browser sends it: a list of operations.</summary>
    public static Answer<IReadOnlyList<DraftOperation>> Read(JsonElement edit)
    {
        if (edit.ValueKind != JsonValueKind.Array) return new Refusal("not_json", "An edit is a list of operations.");
        if (edit.GetArrayLength() > Most) return new Refusal("too_large", $"An edit may have {Most:N0} operations; this one has {edit.GetArrayLength():N0}.");
        try
        {
            return edit.Deserialize<List<DraftOperation>>(Json) is { } read && !read.Contains(null!) ? read : new Refusal("not_json", "An edit is a list of operations.");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return new Refusal("not_json", $"The edit cannot be read: {error.Message}");
        }
    }
}

/// <summary>Adds a node, written as in a pipeline file; refused where another one has its id.</summary>
public sealed record AddNode(JsonElement Node) : DraftOperation;

/// <summary>Adds an edge; where it is there already nothing happens.</summary>
public sealed record AddEdge(DraftEdge Edge) : DraftOperation;

/// <summary>Adds a sticky note; refused where another one has its id.</summary>
public sealed record AddNote(JsonElement Note) : DraftOperation;

/// <summary>Removes what is there of these; a node takes its edges along, a container what lives in it.</summary>
public sealed record Remove(IReadOnlyList<string>? Nodes = null, IReadOnlyList<DraftEdge>? Edges = null, IReadOnlyList<string>? Notes = null) : DraftOperation;

/// <summary>Moves and resizes nodes and notes.</summary>
public sealed record Place(IReadOnlyList<Placed> Items) : DraftOperation;

/// <summary>Sets what stands at a path below a node or a note (<c>name</c>, <c>settings/prompt</c>); no value removes it.</summary>
public sealed record SetSetting(string Id, string Path, JsonElement? Value = null) : DraftOperation;

/// <summary>Gives a node another id, in every edge and in everything that reads it.</summary>
public sealed record Rename(string Id, string To) : DraftOperation;

/// <summary>Sets the pipeline's name and description; null leaves it, an empty description removes it.</summary>
public sealed record SetGraph(string? Name = null, string? Description = null) : DraftOperation;

/// <summary>A problem's fix: RFC 6902.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1720", Justification = "The word of RFC 6902.")]
public sealed record Patch([property: JsonPropertyName("patch")] JsonArray Operations) : DraftOperation;

/// <summary>An edge as operations name it.</summary>
public sealed record DraftEdge(string From, string To, string? FromPort = null, string? ToPort = null)
{
    internal (string, string, string, string) Key => (From, FromPort ?? "out", To, ToPort ?? "in");
}

/// <summary>Where a node or a note is to stand, in pixels relative to its container.</summary>
/// <param name="Id">The node or note.</param>
/// <param name="X">From the left.</param>
/// <param name="Y">From the top.</param>
/// <param name="Width">Its width; null: unchanged.</param>
/// <param name="Height">Its height; null: unchanged.</param>
/// <param name="Parent">The container; empty: none; null: unchanged.</param>
public sealed record Placed(string Id, double X, double Y, double? Width = null, double? Height = null, string? Parent = null);
