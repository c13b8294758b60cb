using PromptDesigner.Data.Accounts;

namespace PromptDesigner.Runtime;

/// <summary>What can be allowed or not; CONTRACT section 5, "Who may".</summary>
public enum Operation
{
    /// <summary>Read pipelines, runs, results, approvals.</summary>
    Read,

    /// <summary>Make, import, edit, try, publish and activate pipelines.</summary>
    Design,

    /// <summary>Start, cancel, retry and rerun runs.</summary>
    Run,

    /// <summary>Make and steer schedules.</summary>
    Schedule,

    /// <summary>Resolve uncertain sends, pause sending.</summary>
    Operate,

    /// <summary>Manage members, keys, connections, limits, the workspace.</summary>
    Administer,
}

/// <summary>Who acts: a person or a service, in one workspace, with what they may do there at this moment.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Name">The person's mail address, or the key's name.</param>
/// <param name="Person">The person's id; null for a service.</param>
public sealed record Actor(int Workspace, string Name, Guid? Person)
{
    /// <summary>The person's role.</summary>
    public Role Role { get; init; }

    /// <summary>The person's rights.</summary>
    public Rights Rights { get; init; }

    /// <summary>The service's scopes.</summary>
    public ApiKeyScopes Scopes { get; init; }

    /// <summary>The network address that the request came from; null where the program itself acts.</summary>
    public string? Address { get; init; }

    /// <summary>Null where the operation is allowed; else the refusal, naming what is missing. Deciding approvals is judged by the desk, inside its transaction.</summary>
    public Refusal? Denies(Operation operation)
    {
        if (Person is null)
            return (Scopes & ScopesFor(operation)) != 0 ? null : new Refusal("forbidden", $"This key has not the scope that this needs: {NamesOf(operation)}.");
        var may = operation switch
        {
            Operation.Read => true,
            Operation.Design => Role >= Role.Designer,
            Operation.Run or Operation.Schedule => Role >= Role.Designer || (Rights & Rights.Operator) != 0,
            Operation.Operate => Role == Role.Administrator || (Rights & Rights.Operator) != 0,
            _ => Role == Role.Administrator,
        };
        return may ? null : new Refusal("forbidden", operation switch
        {
            Operation.Design => "Changing pipelines needs the role Designer.",
            Operation.Run => "Starting and steering runs needs the role Designer or the right Operator.",
            Operation.Schedule => "Making and steering schedules needs the role Designer or the right Operator.",
            Operation.Operate => "This needs the right Operator, or an administrator.",
            _ => "This is for administrators.",
        });
    }

    private static ApiKeyScopes ScopesFor(Operation operation) => operation switch
    {
        Operation.Read => ApiKeyScopes.Read | ApiKeyScopes.Design | ApiKeyScopes.Operate,
        Operation.Design => ApiKeyScopes.Design,
        Operation.Schedule => ApiKeyScopes.Design | ApiKeyScopes.Operate,
        Operation.Operate => ApiKeyScopes.Operate,
        Operation.Run => ApiKeyScopes.Run | ApiKeyScopes.Design | ApiKeyScopes.Operate,
        _ => ApiKeyScopes.None,
    };

    private static string NamesOf(Operation operation) =>
        ScopesFor(operation) == ApiKeyScopes.None ? "none has it, only an administrator's own key" : ScopesFor(operation).ToString().ToLowerInvariant().Replace(",", " or", StringComparison.Ordinal);
}
