using System.Text.Json;
using System.Text.Json.Nodes;

namespace PromptDesigner.Runtime.ModelCalls.Practice;

/// <summary>
/// Answers without a language model: deterministic, offline, free. With a schema it fills every field from the words of the prompt, without one it
/// writes a short text from the prompt's sentences and says what it is. It understands nothing; it makes pipelines that can be built, tried and tested.
/// </summary>
public static class PracticeModel
{
    /// <summary>What every text answer begins with (or has in it, where the prompt asks for markup).</summary>
    public const string Mark = "[Practice model]";

    /// <summary>The answer to a conversation; the same conversation always gets the same one.</summary>
    public static string Answer(IReadOnlyList<ModelMessage> messages, bool json, JsonElement? schema)
    {
        var prompt = PracticePrompt.Of(messages);
        if (!json) return PracticeText.Write(prompt);
        var value = schema is { } wanted ? new PracticeFiller(wanted, prompt).Fill() : PracticeJson.WithoutSchema(prompt);
        return value?.ToJsonString(PracticeJson.Plain) ?? "null";
    }
}
