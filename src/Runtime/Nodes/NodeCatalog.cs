namespace PromptDesigner.Runtime.Nodes;

/// <summary>Every node kind that this program knows.</summary>
public sealed class NodeCatalog;
