using Microsoft.AspNetCore.Identity;

namespace PromptDesigner.Data.Accounts;

/// <summary>A person who can sign in; a member of one or more workspaces. The mail address is the user name.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>What the person is called on screens; null: the mail address.</summary>
    public string? DisplayName { get; set; }
}
