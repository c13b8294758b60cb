using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Runtime.Approvals;

/// <summary>A gate's request as it is kept beside its approval; content and context have columns of their own.</summary>
public static class ApprovalRequests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutContent } },
    };

    /// <summary>To JSON.</summary>
    public static string Write(ApprovalRequest request) => JsonSerializer.Serialize(request, Json);

    /// <summary>From JSON.</summary>
    public static ApprovalRequest Read(string json) => JsonSerializer.Deserialize<ApprovalRequest>(json, Json)!;

    private static void LeaveOutContent(JsonTypeInfo info)
    {
        if (info.Type != typeof(ApprovalRequest)) return;
        for (var i = info.Properties.Count - 1; i >= 0; i--)
            if (info.Properties[i].Name is "content" or "context") info.Properties.RemoveAt(i);
    }
}
