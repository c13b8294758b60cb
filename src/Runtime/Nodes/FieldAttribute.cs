namespace PromptDesigner.Runtime.Nodes;

/// <summary>How a setting is edited, and what stands in it: a template and a path are read for references, a value may be either.</summary>
public enum FieldEditor
{
    /// <summary>One line, no template.</summary>
    Text,

    /// <summary>The name of a field: letters, digits and <c>_</c>, a letter first.</summary>
    Name,

    /// <summary>Text that may contain Liquid.</summary>
    Template,

    /// <summary>A prompt: Liquid, many lines, tokens counted.</summary>
    Prompt,

    /// <summary>Any JSON value; a string in it is a template, and a lone path in one keeps its type.</summary>
    Value,

    /// <summary>A bare path or a lone <c>{{ path }}</c>.</summary>
    Path,

    Number,
    Switch,
    Choice,
    List,
    Table,
    Group,
    Condition,
    Schema,
    People,
    Duration,
    Model,

    /// <summary>The id of another node.</summary>
    NodeReference,
}

/// <summary>Describes one setting. Inspector, validation and documentation derive from it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string label, FieldEditor editor, string help) : Attribute
{
    /// <summary>Label above the editor.</summary>
    public string Label { get; } = label;

    /// <summary>Which editor.</summary>
    public FieldEditor Editor { get; } = editor;

    /// <summary>One or two plain sentences; the person reads what the developer reads.</summary>
    public string Help { get; } = help;

    /// <summary>True where the node cannot run without it (<c>setting_missing</c>).</summary>
    public bool Required { get; init; }

    /// <summary>Smallest number, or fewest entries of a list.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number, or most entries of a list.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Most characters of a text.</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>Asked for only where a choice beside it says so (<c>type=minLength|maxLength</c>); null: always.</summary>
    public string? When { get; init; }

    /// <summary>True where files may say it and a form need not ask: it is shown where it is set.</summary>
    public bool InFilesOnly { get; init; }

    /// <summary>True where the setting is judged or read inside the container (<c>until</c>, <c>feedback</c>, <c>result</c>), not before it.</summary>
    public bool Inside { get; init; }
}
