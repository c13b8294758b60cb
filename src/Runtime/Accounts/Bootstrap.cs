using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>Section <c>Bootstrap</c>: the first administrator, made on an empty database.</summary>
public sealed class BootstrapOptions
{
    /// <summary>The first administrator's mail address.</summary>
    public string? AdminEmail { get; set; }

    /// <summary>The first administrator's password.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>The first administrator's own API key: any text of 20 characters or more.</summary>
    public string? ApiKey { get; set; }
}

/// <summary>Stops the start at a wrong or half given bootstrap.</summary>
public sealed class BootstrapOptionsCheck : IValidateOptions<BootstrapOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, BootstrapOptions options)
    {
        if (options.AdminEmail is null && options.AdminPassword is null && options.ApiKey is null) return ValidateOptionsResult.Success;
        var wrong = new List<string>();
        if (options.AdminEmail is null || !MailAddress.TryCreate(options.AdminEmail, out var address) || address.Address != options.AdminEmail)
            wrong.Add("Bootstrap:AdminEmail is missing or no mail address; write one such as ana@example.org.");
        if (MemberRegister.WeakPassword(options.AdminPassword ?? "", options.AdminEmail ?? "-") is { } weak) wrong.Add($"Bootstrap:AdminPassword: {weak.Message}");
        if (options.ApiKey is { Length: < 20 }) wrong.Add("Bootstrap:ApiKey is too short; any text of 20 characters or more will do.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}

/// <summary>Makes the first workspace with its administrator, once.</summary>
public sealed class Bootstrap(Database database, MemberRegister members, KeyRing keys, IOptions<BootstrapOptions> options, TimeProvider clock)
{
    /// <summary>The configured administrator, whose workspace is made where the database is empty; null where nothing was configured, or somebody else made the database.</summary>
    /// <param name="starters">How many starters are to be published; a process that died among them goes on with the rest.</param>
    /// <param name="cancel">Stops before anything is made.</param>
    public async Task<Actor?> RunAsync(int starters, CancellationToken cancel)
    {
        if (options.Value is not { AdminEmail: { } email, AdminPassword: { } password } given || await IsDoneAsync(starters, cancel)) return null;
        await database.WriteAsync(0, async (db, token) =>
        {
            if (await db.Workspaces.AnyAsync(token)) return false;
            var made = new Workspace { Name = "Main", CreatedAt = clock.GetUtcNow() };
            db.Workspaces.Add(made);
            await db.SaveChangesAsync(token);
            db.Workspace = made.Id;
            var member = members.Make(null, email, password, Role.Administrator, Rights.Reviewer | Rights.Operator);
            db.Members.Add(member);
            if (given.ApiKey is { } key) db.ApiKeys.Add(keys.Make("Bootstrap", ApiKeyKind.Person, member.UserId, ApiKeyScopes.None, null, key));
            return true;
        }, cancel);
        return await AdministratorAsync(email, cancel);
    }

    /// <summary>Asks without EF: building its model would be the longest part of most starts.</summary>
    private async Task<bool> IsDoneAsync(int starters, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT 1 FROM Workspaces WHERE (SELECT COUNT(*) FROM PipelineVersions) >= {starters} LIMIT 1";
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    /// <summary>The administrator of that address, in the first workspace where there is one.</summary>
    public async Task<Actor?> AdministratorAsync(string email, CancellationToken cancel)
    {
        await using var read = database.Read(0);
        var normalized = email.ToUpperInvariant();
        return await read.Members.IgnoreQueryFilters().Where(x => x.User!.NormalizedEmail == normalized && x.Role == Role.Administrator).OrderBy(x => x.WorkspaceId)
            .Select(x => new Actor(x.WorkspaceId, email, x.UserId) { Role = x.Role, Rights = x.Rights }).FirstOrDefaultAsync(cancel);
    }
}
