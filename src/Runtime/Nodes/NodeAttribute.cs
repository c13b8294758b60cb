namespace PromptDesigner.Runtime.Nodes;

/// <summary>Groups of the palette.</summary>
public enum NodeGroup { InputOutput, Models, Data, Flow, People, Actions }

/// <summary>Names a node kind. Palette, documentation and the file's JSON schema derive from it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NodeAttribute(string kind, string title, NodeGroup group, string description) : Attribute
{
    /// <summary>The kind as files write it (<c>forEach</c>).</summary>
    public string Kind { get; } = kind;

    /// <summary>What people read in the palette, and a node's name where it has none.</summary>
    public string Title { get; } = title;

    /// <summary>Where the palette shows it.</summary>
    public NodeGroup Group { get; } = group;

    /// <summary>One plain sentence.</summary>
    public string Description { get; } = description;
}
