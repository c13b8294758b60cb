using System.Text.Json;
using PromptDesigner.Data;
using PromptDesigner.Data.Audit;
using PromptDesigner.Runtime.Runs.Journal;

namespace PromptDesigner.Runtime.Audit;

/// <summary>Writes what somebody changed, in the transaction of the change: either both are stored or neither.</summary>
internal static class AuditLog
{
    /// <summary>Adds an entry to a unit of work of EF.</summary>
    /// <param name="db">The unit of work.</param>
    /// <param name="actor">Who.</param>
    /// <param name="action">What was done: one of <see cref="AuditActions"/>.</param>
    /// <param name="target">The id and the name of what was changed.</param>
    /// <param name="before">What it was; never a secret. Null where there was nothing.</param>
    /// <param name="after">What it is; never a secret. Null where nothing is left.</param>
    /// <param name="now">When.</param>
    public static void Audit(this DesignerDb db, Actor actor, string action, (object Id, string Name) target, object? before, object? after, DateTimeOffset now) =>
        db.AuditEntries.Add(new AuditEntry
        {
            WorkspaceId = actor.Workspace, At = now, Actor = actor.Name, UserId = actor.Person, Address = actor.Address, Action = action, Target = target.Id.ToString()!,
            TargetName = target.Name, Before = Json(before), After = Json(after),
        });

    /// <summary>Adds an entry to a transaction of the journal.</summary>
    public static void Audit(this JournalTables tables, Actor actor, string action, (object Id, string Name) target, object? before, object? after, DateTimeOffset now) =>
        tables.Of("INSERT INTO AuditEntries (WorkspaceId, At, Actor, UserId, Address, Action, Target, TargetName, \"Before\", \"After\") VALUES (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10)")
            .Run(actor.Workspace, now, actor.Name, actor.Person, actor.Address, action, target.Id.ToString()!, target.Name, Json(before), Json(after));

    private static string? Json(object? value) => value is null ? null : JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
