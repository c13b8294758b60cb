namespace PromptDesigner.Data;

/// <summary>A row that belongs to one workspace. <see cref="DesignerDb"/> filters queries by it and refuses to save a row of another.</summary>
public interface IWorkspaceOwned
{
    /// <summary>The workspace; stamped when the row is added.</summary>
    int WorkspaceId { get; set; }
}
