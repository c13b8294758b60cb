namespace PromptDesigner.Runtime;

/// <summary>Who acts: a person or a service, in one workspace.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Name">The person's mail address, or the key's name.</param>
/// <param name="Person">The person's id; null for a service.</param>
public sealed record Actor(int Workspace, string Name, Guid? Person);
