using System.Text.Json;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>x</summary>
public static class PracticeModel { /// <summary>x</summary>
    public static string Answer(IReadOnlyList<ModelMessage> messages, bool json, JsonElement? schema) => json ? "{}" : "x"; }
