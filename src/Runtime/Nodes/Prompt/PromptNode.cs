using System.Text.Json;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Templates;

namespace PromptDesigner.Runtime.Nodes.Prompt;

/// <summary>Asks a model.</summary>
[Node("prompt", "Prompt", NodeGroup.Models, "Asks a model to write something, and checks what it answers.")]
public sealed class PromptNode : Node<PromptSettings>
{
    /// <inheritdoc />
    protected override JsonElement? Shape(PromptSettings settings) =>
        settings.Output.Format == OutputFormat.Json ? settings.Output.Schema : JsonSerializer.SerializeToElement(new { type = "string" });

    /// <inheritdoc />
    protected override void Check(NodeCheck check, PromptSettings settings)
    {
        if (settings.Output is { Format: OutputFormat.Text, Schema.ValueKind: not JsonValueKind.Null })
            check.Error("setting_range", "output/schema", $"{check.Called} has a schema, but its answer is text. Set the format to json, or remove the schema.",
                new ProblemFix("Set the format to json", GraphPatch.Set(check.PathOf("output/format"), "json")));
    }

    /// <inheritdoc />
    protected override async ValueTask<NodeResult> RunAsync(NodeContext context, PromptSettings settings, CancellationToken cancel)
    {
        var json = settings.Output.Format == OutputFormat.Json;
        var outcome = await context.Models.CallAsync(new ModelRequest
        {
            Model = settings.Model,
            Messages = Messages(context, settings, cancel),
            Temperature = settings.Temperature,
            MaxTokens = settings.MaxTokens,
            Json = json,
            Schema = json ? settings.Output.Schema : null,
            RepairAttempts = settings.Output.RepairAttempts,
            Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds),
            Retry = settings.Retry,
        }, cancel);
        return outcome switch
        {
            ModelOutcome.Answered { Json: { } value } when json => new NodeResult.Done(value),
            ModelOutcome.Answered when json => new NodeResult.Failed("invalid_output", "The model gave no JSON."),
            ModelOutcome.Answered answered => NodeResult.Text(answered.Text),
            ModelOutcome.Failed failed => new NodeResult.Failed(failed.Code, failed.Message),
            _ => throw new InvalidOperationException($"No outcome {outcome.GetType().Name} is known."),
        };
    }

    private static List<ModelMessage> Messages(NodeContext context, PromptSettings settings, CancellationToken cancel)
    {
        var messages = new List<ModelMessage>();
        if (!string.IsNullOrWhiteSpace(settings.System)) messages.Add(new ModelMessage("system", context.Render(settings.System, cancel)));
        messages.Add(new ModelMessage("user", context.Render(settings.Prompt, cancel)));
        // A prompt that knows nothing of reviewers still hears them: as the next turn of the conversation.
        if (context.Feedback is { } feedback && !Reads("feedback", settings))
        {
            messages.Add(new ModelMessage("assistant", AsText(feedback.Previous)));
            messages.Add(new ModelMessage("user", feedback.Comment));
        }
        return messages;
    }

    private static bool Reads(string name, PromptSettings settings) =>
        new[] { settings.System, settings.Prompt }.Any(template => !string.IsNullOrEmpty(template) && TemplateCache.Get(template).Reads.Any(read => read.Path.Name == name));

    private static string AsText(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : JsonSerializer.Serialize(value);
}
