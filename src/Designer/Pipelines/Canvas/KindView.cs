using PromptDesigner.Runtime.Nodes;

namespace PromptDesigner.Designer.Pipelines.Canvas;

/// <summary>A node kind as the canvas draws it; everything derives from the catalogue. The browser's side is <c>Kind</c> in <c>types.ts</c>.</summary>
/// <param name="Kind">As files write it.</param>
/// <param name="Title">What people read.</param>
/// <param name="Group">The palette's group in words.</param>
/// <param name="Tone">The group's colour, as the tokens name it.</param>
/// <param name="Sentence">What it does.</param>
/// <param name="Icon">Shapes in a 24 px square.</param>
/// <param name="Container">Other nodes may live in it.</param>
/// <param name="TakesIn">Connections may end in it.</param>
/// <param name="Ports">Ports that it has whatever its settings say.</param>
/// <param name="PortsFrom">The setting whose entries are ports too.</param>
/// <param name="Reads">The text that says what it does, where a name alone would do.</param>
/// <param name="Summary">Settings of which the first that holds something is shown on the node.</param>
public sealed record KindView(
    string Kind, string Title, string Group, string Tone, string Sentence, string Icon, bool Container, bool TakesIn, IReadOnlyList<string> Ports, string? PortsFrom, string? Reads, IReadOnlyList<string> Summary)
{
    /// <summary>Every kind, in the palette's order.</summary>
    public static IReadOnlyList<KindView> All { get; } = [.. NodeCatalog.Standard.Kinds.Select(Of)];

    private static KindView Of(NodeKind x) => new(
        x.Kind, x.Title, Words(x.Group), GraphLayout.Tone(x.Kind), x.Description, Shared.Icon.ShapeOf(x.Kind), x.IsContainer, x.Kind != "input",
        x.Node.PortsOf((NodeSettings)Activator.CreateInstance(x.Node.SettingsType)!), x.Settings.FirstOrDefault(s => s.Item?.Parts.Any(part => part.Name == "port") == true)?.Name,
        x.Settings.FirstOrDefault(s => s.Field.Required && s.Field.Editor is FieldEditor.Prompt or FieldEditor.Template)?.Name,
        [.. x.Settings.Where(s => s.Name != "fallback" && Tells(s.Field.Editor)).OrderByDescending(s => s.Field.Required).Select(s => s.Name)]);

    private static bool Tells(FieldEditor editor) => editor is FieldEditor.Prompt or FieldEditor.Template or FieldEditor.Value or FieldEditor.Path or FieldEditor.Condition or FieldEditor.Table or FieldEditor.Duration;

    private static string Words(NodeGroup group) => group switch
    {
        NodeGroup.InputOutput => "Inputs and outputs",
        NodeGroup.Data => "Text and data",
        _ => group.ToString(),
    };
}
