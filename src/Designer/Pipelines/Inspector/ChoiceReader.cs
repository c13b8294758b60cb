using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PromptDesigner.Data;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>Reads what a workspace offers to those who edit a node.</summary>
public sealed class ChoiceReader(Database database, ModelConnections connections, Prices prices, IOptions<LimitOptions> limits)
{
    /// <summary>The workspace's models with their prices, and who may review.</summary>
    public async Task<WorkspaceChoices> ReadAsync(int workspace, CancellationToken cancel)
    {
        var models = await connections.OfAsync(workspace, cancel);
        await using var db = database.Read(workspace);
        var reviewers = await db.Members.Where(x => (x.Rights & Rights.Reviewer) != 0).Select(x => x.User!.Email!).OrderBy(x => x).ToListAsync(cancel);
        return new WorkspaceChoices([.. models.Listed.Select(x => new ModelChoice(x, prices.Of(x)))], models.Default, reviewers, prices.Currency) { Limits = await LimitsAsync(db, workspace, cancel) };
    }

    /// <summary>What runs may spend here: as configured, or less where the workspace wants less.</summary>
    private async Task<string?> LimitsAsync(DesignerDb db, int workspace, CancellationToken cancel)
    {
        var own = await db.Workspaces.SingleAsync(x => x.Id == workspace, cancel);
        var said = new List<string>();
        if ((own.RunCost ?? limits.Value.RunCost) is > 0 and var run) said.Add($"{Say.Money(run, prices.Currency)} a run");
        if ((own.DayCost ?? limits.Value.DayCost) is > 0 and var day) said.Add($"{Say.Money(day, prices.Currency)} a day");
        if ((own.RunTokens ?? limits.Value.RunTokens) is > 0 and var tokens) said.Add($"{Say.Number(tokens)} tokens a run");
        return said.Count == 0 ? null : $"At most {string.Join(", ", said)}.";
    }
}
