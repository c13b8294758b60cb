using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Graphs.Conditions;

namespace PromptDesigner.Runtime.Nodes.Switch;

/// <summary>Ways to go, each with its condition.</summary>
public sealed class SwitchSettings : StepSettings
{
    /// <summary>The cases; the first that holds decides.</summary>
    [Field("Cases", FieldEditor.Table, "The first case whose condition holds decides; where none does, the port 'else'.", Required = true, Max = 100)]
    public List<SwitchCase> Cases { get; set; } = [];
}

/// <summary>One way to go.</summary>
public sealed class SwitchCase
{
    /// <summary>The port it leaves by.</summary>
    [Field("Port", FieldEditor.Text, "The port that this case leaves by.", Required = true)]
    public string Port { get; set; } = "";

    /// <summary>What people read at the port.</summary>
    [Field("Title", FieldEditor.Text, "What people read at the port. Empty: the port's name.", MaxLength = 200)]
    public string? Title { get; set; }

    /// <summary>When it is taken.</summary>
    [Field("When", FieldEditor.Condition, "When this case is taken.", Required = true)]
    public Condition? When { get; set; }
}
