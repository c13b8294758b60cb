using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.ModelCalls;

namespace PromptDesigner.Designer.Pipelines.Inspector;

/// <summary>Reads what a workspace offers to those who edit a node.</summary>
public sealed class ChoiceReader(Database database, ModelConnections connections, Prices prices)
{
    /// <summary>The workspace's models with their prices, and who may review.</summary>
    public async Task<WorkspaceChoices> ReadAsync(int workspace, CancellationToken cancel)
    {
        var models = await connections.OfAsync(workspace, cancel);
        await using var db = database.Read(workspace);
        var reviewers = await db.Members.Where(x => (x.Rights & Rights.Reviewer) != 0).Select(x => x.User!.Email!).OrderBy(x => x).ToListAsync(cancel);
        return new WorkspaceChoices([.. models.Listed.Select(x => new ModelChoice(x, prices.Of(x)))], models.Default, reviewers, prices.Currency);
    }
}
