using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Designer.Shared;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines;

namespace PromptDesigner.Designer.Pipelines.Shelf;

/// <summary>Which pipelines a list shows.</summary>
public sealed record PipelineFilter
{
    /// <summary>Text in name or description; empty: any.</summary>
    public string Text { get; init; } = "";

    /// <summary>One of their tags; null: any.</summary>
    public string? Tag { get; init; }

    /// <summary>The archived ones instead of those in use.</summary>
    public bool Archived { get; init; }

    /// <summary>Reads <c>?tag=</c> and <c>?archived=</c>.</summary>
    public static Answer<PipelineFilter> Of(IQueryCollection query)
    {
        var archived = false;
        if (query.TryGetValue("archived", out var given) && !bool.TryParse(given, out archived)) return new Refusal("bad_query", "archived must be true or false.", [new FieldError("archived", "must be true or false")]);
        return new PipelineFilter { Tag = query["tag"].ToString() is { Length: > 0 } tag ? tag : null, Archived = archived };
    }

    /// <summary>Leaves out what it does not let through.</summary>
    public IQueryable<Pipeline> Apply(IQueryable<Pipeline> pipelines)
    {
        pipelines = Archived ? pipelines.Where(x => x.ArchivedAt != null) : pipelines.Where(x => x.ArchivedAt == null);
        if (Tag is not null)
        {
            var tag = PipelineTags.Normal(Tag);
            pipelines = pipelines.Where(x => x.Tags.Contains(tag));
        }
        if (Text.Length == 0) return pipelines;
        var like = Like.Holding(Text);
        return pipelines.Where(x => EF.Functions.Like(x.Name, like, Like.Escape) || EF.Functions.Like(x.Description!, like, Like.Escape));
    }
}
