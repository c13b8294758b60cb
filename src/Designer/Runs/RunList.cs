using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Designer.Runs;

/// <summary>A run as lists show it.</summary>
public sealed record RunLine(
    long Key, Guid Id, Guid Pipeline, string PipelineName, int? Version, RunStatus Status, WaitingFor WaitingFor, RunTrigger Trigger, string StartedBy, bool Try, bool Practice, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long Tokens, decimal Cost, string InputsBegin)
{
    /// <summary>The first words that it was given, so that runs of one pipeline are told apart; null: it was given no text.</summary>
    public string? About { get; } = FirstText(InputsBegin);

    /// <summary>The first text of a JSON object of which only the beginning is there.</summary>
    private static string? FirstText(string begin)
    {
        var bytes = Encoding.UTF8.GetBytes(begin);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.String) return OneLine(reader.GetString()!);
        var cut = Encoding.UTF8.GetString(bytes.AsSpan((int)reader.BytesConsumed)).TrimStart(); // a text that is longer than what was read
        return cut.StartsWith('"') ? OneLine(cut[1..].Replace("\\n", " ", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal)) : null;
    }

    private static string? OneLine(string text) => text.Length == 0 ? null : text.ReplaceLineEndings(" ");
}

/// <summary>A page of runs.</summary>
/// <param name="Lines">The runs.</param>
/// <param name="Next">The cursor of the next page; null: none.</param>
/// <param name="Searched">A text or a trigger was looked for in so many runs, and the next page looks further back; null: in all.</param>
public sealed record RunPageOf(IReadOnlyList<RunLine> Lines, string? Next, int? Searched = null);

/// <summary>Reads pages of runs for screens, by cursor and without the long texts.</summary>
public sealed class RunList(Database database)
{
    private const int AboutLength = 200;
    private const int SearchedAtOnce = 20_000;
    private const int FilteredAtOnce = 200_000;

    /// <summary>A page of runs, newest first.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">The cursor of the page before; null: the first page.</param>
    /// <param name="take">At most so many.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<RunPageOf> ReadAsync(int workspace, RunFilter filter, string? after, int take, CancellationToken cancel)
    {
        await using var db = database.Read(workspace);
        var below = long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : (long?)null;
        // texts and triggers have no index: a page looks through so many runs and says so
        int? searched = filter.Text is not null && !Guid.TryParse(filter.Text, out _) ? SearchedAtOnce : filter.Trigger is not null ? FilteredAtOnce : null;
        long? oldest = searched is null ? null : (below ?? await db.Runs.MaxAsync(x => (long?)x.Key, cancel) ?? 0) - searched;
        var rows = await filter.Apply(db, below, take + 1, oldest).Join(db.Pipelines, x => x.PipelineKey, x => x.Key, (x, pipeline) => new RunLine(
            x.Key, x.Id, pipeline.Id, pipeline.Name, x.Version, x.Status, x.WaitingFor, x.Trigger, x.StartedBy, x.Try, x.Practice, x.ErrorMessage, x.CreatedAt, x.StartedAt, x.FinishedAt,
            x.InputTokens + x.OutputTokens, x.Cost, x.Inputs.Substring(0, AboutLength))).ToListAsync(cancel);
        rows.Sort((x, y) => (y.CreatedAt, y.Key).CompareTo((x.CreatedAt, x.Key)));
        if (rows.Count > take) return new RunPageOf(rows.Take(take).ToList(), rows[take - 1].Key.ToString(CultureInfo.InvariantCulture));
        return oldest > 1 ? new RunPageOf(rows, oldest.Value.ToString(CultureInfo.InvariantCulture), searched) : new RunPageOf(rows, null);
    }
}
