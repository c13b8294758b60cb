using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Runtime.Accounts;

/// <summary>What a workspace is called, what its default model is, what it may spend and whether it may send without an approval; and further workspaces.</summary>
public sealed class WorkspaceBook(Database database, ModelConnections models, IOptions<LimitOptions> limits, GraphJudge judge, TimeProvider clock)
{
    /// <summary>Changes the actor's workspace. Caps can only be lowered below <c>Limits:*</c>.</summary>
    public async Task<Answer<int>> ChangeAsync(WorkspaceSettings settings, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        var errors = Wrong(settings.Name);
        if (settings.DefaultModel is { } model && (model == "default" || !(await models.OfAsync(actor.Workspace, cancel)).IsKnown(model)))
            errors.Add(new FieldError("/defaultModel", "must be a model of a connection, written connection/model"));
        Above(errors, "/runCost", settings.RunCost, "Limits:RunCost", limits.Value.RunCost);
        Above(errors, "/dayCost", settings.DayCost, "Limits:DayCost", limits.Value.DayCost);
        Above(errors, "/runTokens", settings.RunTokens, "Limits:RunTokens", limits.Value.RunTokens);
        if (Refuse(errors) is { } wrong) return wrong;
        var others = await database.WriteAsync(actor.Workspace, async (db, token) =>
        {
            var stored = await db.Workspaces.SingleAsync(x => x.Id == actor.Workspace, token);
            var before = Shown(stored);
            stored.Name = settings.Name.Trim();
            stored.DefaultModel = settings.DefaultModel;
            stored.RunCost = settings.RunCost is 0 ? null : settings.RunCost;
            stored.DayCost = settings.DayCost is 0 ? null : settings.DayCost;
            stored.RunTokens = settings.RunTokens is 0 ? null : settings.RunTokens;
            var policy = stored.MaySendUngated;
            stored.MaySendUngated = settings.MaySendUngated ?? policy;
            db.Audit(actor, AuditActions.WorkspaceChanged, (stored.Id, stored.Name), before, Shown(stored), clock.GetUtcNow());
            return stored.MaySendUngated != policy;
        }, cancel);
        models.Forget(actor.Workspace);
        if (others) judge.Tell(actor.Workspace, null);
        return actor.Workspace;
    }

    /// <summary>Makes a further workspace, whose administrator, Reviewer and Operator is who makes it. The answer is its number.</summary>
    public async Task<Answer<int>> CreateAsync(string name, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Administer) is { } refusal) return refusal;
        if (Refuse(Wrong(name)) is { } wrong) return wrong;
        var now = clock.GetUtcNow();
        return await database.WriteAsync(0, async (db, token) =>
        {
            var made = new Workspace { Name = name.Trim(), CreatedAt = now };
            db.Workspaces.Add(made);
            await db.SaveChangesAsync(token);
            db.Workspace = made.Id;
            db.Members.Add(new Member { Id = Guid.CreateVersion7(now), UserId = actor.Person!.Value, Role = Role.Administrator, Rights = Rights.Reviewer | Rights.Operator, CreatedAt = now });
            db.Audit(actor with { Workspace = made.Id }, AuditActions.WorkspaceCreated, (made.Id, made.Name), null, Shown(made), now);
            return made.Id;
        }, cancel);
    }

    private static List<FieldError> Wrong(string name) => string.IsNullOrWhiteSpace(name) || name.Trim().Length > 200 ? [new FieldError("/name", "must have 1 to 200 characters")] : [];

    private static void Above(List<FieldError> errors, string path, decimal? wanted, string key, decimal configured)
    {
        if (wanted < 0) errors.Add(new FieldError(path, "must not be negative; leave it out for what is configured"));
        else if (configured > 0 && wanted > configured) errors.Add(new FieldError(path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"may only lower {key}, which is {configured:0.######}")));
    }

    private static Refusal? Refuse(List<FieldError> errors) =>
        errors.Count == 0 ? null : new Refusal("request_invalid", $"The workspace is not right: {errors[0].Path.TrimStart('/')} {errors[0].Message}.", errors);

    private static object Shown(Workspace x) => new { name = x.Name, defaultModel = x.DefaultModel, runCost = x.RunCost, dayCost = x.DayCost, runTokens = x.RunTokens, maySendUngated = x.MaySendUngated };
}

/// <summary>A workspace's settings; null or 0 means as configured, but for the last.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="DefaultModel">What <c>default</c> means: <c>connection/model</c>.</param>
/// <param name="RunCost">Money for one run.</param>
/// <param name="DayCost">Money for a day (UTC).</param>
/// <param name="RunTokens">Tokens for one run.</param>
/// <param name="MaySendUngated">Whether publishing only warns of a send without an approval; null: as it was, so that who changes another setting does not change this one.</param>
public sealed record WorkspaceSettings(string Name, string? DefaultModel, decimal? RunCost, decimal? DayCost, long? RunTokens, bool? MaySendUngated = null);
