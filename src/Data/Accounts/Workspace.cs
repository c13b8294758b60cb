namespace PromptDesigner.Data.Accounts;

/// <summary>The tenant. No data crosses between workspaces.</summary>
public sealed class Workspace
{
    /// <summary>Small number, since every row carries it.</summary>
    public int Id { get; set; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}
