using System.Text.Json;

namespace PromptDesigner.Runtime.Nodes.ForEach;

/// <summary>A list to go through.</summary>
public sealed class ForEachSettings : StepSettings
{
    /// <summary>The list.</summary>
    [Field("Items", FieldEditor.Value, "The list: a path such as input.reviews.", Required = true)]
    public JsonElement? Items { get; set; }

    /// <summary>Items at once.</summary>
    [Field("At once", FieldEditor.Number, "How many items are worked on at the same time.", Min = 1, Max = 100)]
    public int Concurrency { get; set; } = 4;

    /// <summary>What a failed item means.</summary>
    [Field("Failed items", FieldEditor.Choice, "What follows when an item fails for good. In each case the other items are finished first.")]
    public OnItemError OnItemError { get; set; }

    /// <summary>What each item gives.</summary>
    [Field("Result", FieldEditor.Path, "Which step inside gives an item's result: its id, such as judge, or a field of it.", Required = true, Inside = true)]
    public string Result { get; set; } = "";
}
