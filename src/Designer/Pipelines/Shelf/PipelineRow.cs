using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Designer.Pipelines.Shelf;

/// <summary>A pipeline as programs see it, without its document.</summary>
internal sealed record PipelineRow(int Key, Guid Id, string Name, string? Description, int DraftRevision, int? ActiveVersion, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt,
    List<string> Tags, string? Owner, DateTimeOffset? ArchivedAt, List<SendAllowed> Exceptions)
{
    /// <summary>Reads pipelines; an owner who left the workspace is nobody.</summary>
    public static IQueryable<PipelineRow> Of(DesignerDb db, IQueryable<Pipeline> pipelines) => pipelines.Select(x => new PipelineRow(x.Key, x.Id, x.Name, x.Description, x.DraftRevision, x.ActiveVersion,
        x.CreatedAt, x.CreatedBy, x.UpdatedAt, x.Tags, db.Members.Where(m => m.UserId == x.OwnerId).Select(m => m.User!.Email).FirstOrDefault(), x.ArchivedAt,
        db.SendExceptions.Where(e => e.PipelineKey == x.Key).OrderBy(e => e.Node).Select(e => new SendAllowed(e.Node, e.Reason, e.AllowedBy, e.AllowedAt)).ToList()));

    /// <summary>Answers with one pipeline.</summary>
    public static async Task<IResult> ShowAsync(Guid id, HttpContext http, Database database)
    {
        await using var db = database.Read(http.Actor().Workspace);
        return await Of(db, db.Pipelines.Where(x => x.Id == id)).SingleOrDefaultAsync(http.RequestAborted) is { } found ? Problems.Ok(found.Show()) : Problems.Refuse(PipelineEditor.NoSuchPipeline);
    }

    /// <summary>As JSON.</summary>
    public object Show() => new
    {
        id = Id, name = Name, description = Description, draftRevision = DraftRevision, activeVersion = ActiveVersion, createdAt = CreatedAt, createdBy = CreatedBy, updatedAt = UpdatedAt,
        tags = Tags, owner = Owner, archivedAt = ArchivedAt, exceptions = Exceptions,
    };
}
