using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Pipelines.Shelf;
using PromptDesigner.Runtime.Graphs;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines;

/// <summary>A pipeline as lists show it, with what its last runs came to.</summary>
/// <param name="Key">Its number, for cursors.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Owner">Who is told what becomes of it: a name or a mail address; null: nobody, or somebody who left.</param>
/// <param name="OwnerMail">The owner's mail address.</param>
/// <param name="Tags">Words to find it by.</param>
/// <param name="IsArchived">It was put away.</param>
/// <param name="Active">The published version; null: none.</param>
/// <param name="IsChanged">The draft differs from it.</param>
/// <param name="Graph">What is drawn: the published version, else the draft.</param>
/// <param name="Last">The last runs, newest first; tries are left out.</param>
public sealed record PipelineLine(int Key, Guid Id, string Name, string? Description, string? Owner, string? OwnerMail, IReadOnlyList<string> Tags, bool IsArchived, int? Active, bool IsChanged, Graph Graph, IReadOnlyList<RunMark> Last)
{
    /// <summary>The share of those over that succeeded; null where none is over.</summary>
    public double? Success
    {
        get
        {
            var over = Last.Where(x => x.Status > RunStatus.Waiting && x.Status != RunStatus.Cancelled).ToList();
            return over.Count == 0 ? null : over.Count(x => x.Status == RunStatus.Succeeded) / (double)over.Count;
        }
    }

    /// <summary>The mean cost of those over; null where none is over.</summary>
    public decimal? Cost => Last.Where(x => x.Status > RunStatus.Waiting).Select(x => (decimal?)x.Cost).Average();
}

/// <summary>A run as a mark in a strip.</summary>
public sealed record RunMark(Guid Id, RunStatus Status, decimal Cost, DateTimeOffset CreatedAt, double Seconds);

/// <summary>Reads pages of pipelines.</summary>
public static class PipelineList
{
    /// <summary>How many runs a strip shows.</summary>
    public const int Strip = 26;

    private const int MostTagSets = 2_000;

    /// <summary>Pipelines that a filter lets through, by name.</summary>
    /// <param name="db">Reads the workspace.</param>
    /// <param name="filter">Which.</param>
    /// <param name="skip">Leaves these out first.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<IReadOnlyList<PipelineLine>> ReadAsync(DesignerDb db, PipelineFilter filter, int skip, int take, CancellationToken cancel)
    {
        var rows = await filter.Apply(db.Pipelines).OrderBy(x => x.Name).ThenBy(x => x.Key).Skip(skip).Take(take).Select(x => new
        {
            Pipeline = x, Version = db.PipelineVersions.Where(v => v.PipelineKey == x.Key && v.Number == x.ActiveVersion).Select(v => v.Graph).FirstOrDefault(),
            Mail = db.Members.Where(m => m.UserId == x.OwnerId).Select(m => m.User!.Email).FirstOrDefault(), Owner = db.Members.Where(m => m.UserId == x.OwnerId).Select(m => m.User!.DisplayName).FirstOrDefault(),
        }).ToListAsync(cancel);
        var lines = new List<PipelineLine>(rows.Count);
        foreach (var row in rows)
        {
            var x = row.Pipeline;
            var last = await LastAsync(db, x.Key, Strip, cancel);
            lines.Add(new PipelineLine(x.Key, x.Id, x.Name, x.Description, row.Owner ?? row.Mail, row.Mail, x.Tags, x.ArchivedAt is not null, x.ActiveVersion, row.Version is not null && row.Version != x.Draft, GraphJudge.ReadStored(row.Version ?? x.Draft), last));
        }
        return lines;
    }

    /// <summary>Every tag that a pipeline of the workspace has, in their order.</summary>
    public static async Task<IReadOnlyList<string>> TagsAsync(DesignerDb db, CancellationToken cancel)
    {
        var sets = await db.Pipelines.Select(x => x.Tags).Distinct().Take(MostTagSets).ToListAsync(cancel); // whole sets: SQLite joins no row with its own list
        return [.. sets.SelectMany(x => x).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The last runs of a pipeline, newest first.</summary>
    public static async Task<IReadOnlyList<RunMark>> LastAsync(DesignerDb db, int pipeline, int take, CancellationToken cancel)
    {
        var runs = await db.Runs.Where(x => x.PipelineKey == pipeline && !x.Try).OrderByDescending(x => x.CreatedAt).Take(take)
            .Select(x => new { x.Id, x.Status, x.Cost, x.CreatedAt, x.StartedAt, x.FinishedAt }).ToListAsync(cancel);
        return runs.Select(x => new RunMark(x.Id, x.Status, x.Cost, x.CreatedAt, x.FinishedAt is { } end && x.StartedAt is { } start ? (end - start).TotalSeconds : 0)).ToList();
    }
}
