using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Approvals;
using PromptDesigner.Data.Audit;
using PromptDesigner.Data.Connections;
using PromptDesigner.Data.Files;
using PromptDesigner.Data.Notices;
using PromptDesigner.Data.Pipelines;
using PromptDesigner.Data.Runs;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Data.Sending;

namespace PromptDesigner.Data;

/// <summary>Keys and indexes. Every index is paid for by every run, so each names the question it answers.</summary>
internal static class DesignerModel
{
    public static void Map(ModelBuilder builder)
    {
        builder.Entity<Member>(e =>
        {
            e.HasIndex(x => new { x.WorkspaceId, x.UserId }).IsUnique();
            e.HasOne(x => x.User).WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<Invitation>(e => e.HasIndex(x => x.Hash).IsUnique());
        builder.Entity<Connection>(e => e.HasIndex(x => new { x.WorkspaceId, x.Name }).IsUnique());
        builder.Entity<StoredFile>(e => e.HasIndex(x => x.CreatedAt)); // the sweep of those that no run names
        builder.Entity<RunFile>(e =>
        {
            e.HasKey(x => new { x.RunKey, x.FileId });
            e.HasIndex(x => x.FileId);
        });
        builder.Entity<AuditEntry>(e =>
        {
            e.HasKey(x => x.Key);
            e.HasIndex(x => new { x.WorkspaceId, x.Key });
        });
        builder.Entity<ApiKey>(e => e.HasIndex(x => x.Hash).IsUnique());
        builder.Entity<IdempotencyRecord>(e =>
        {
            e.HasKey(x => new { x.WorkspaceId, x.Key });
            e.HasIndex(x => x.CreatedAt);
        });
        builder.Entity<Pipeline>(e =>
        {
            e.HasKey(x => x.Key);
            e.HasIndex(x => x.Id).IsUnique();
            e.HasIndex(x => new { x.WorkspaceId, x.Name });
            e.HasIndex(x => new { x.WorkspaceId, x.ArchivedAt, x.Name }); // the list of those in use, by name
            e.HasIndex(x => new { x.WorkspaceId, x.Tags }); // every tag there is, without reading a draft
        });
        builder.Entity<PipelineVersion>(e => e.HasKey(x => new { x.PipelineKey, x.Number }));
        builder.Entity<DraftSnapshot>(e => e.HasKey(x => new { x.PipelineKey, x.Revision }));
        builder.Entity<TestInput>(e => e.HasKey(x => new { x.PipelineKey, x.Name }));
        builder.Entity<PinnedOutput>(e => e.HasKey(x => new { x.PipelineKey, x.UserId, x.Node }));
        builder.Entity<Run>(e =>
        {
            e.HasKey(x => x.Key);
            e.Property(x => x.Key).ValueGeneratedNever();
            e.HasIndex(x => x.Id).IsUnique();
            e.HasIndex(x => new { x.WorkspaceId, x.CreatedAt });
            e.HasIndex(x => new { x.WorkspaceId, x.PipelineKey, x.CreatedAt }); // with the workspace in front, since every reader names it and SQLite would take the index above instead
            e.HasIndex(x => new { x.Status, x.WorkspaceId, x.CreatedAt }); // the sweep looks for a state in all workspaces, lists in one, newest first
            e.HasIndex(x => x.WakeAt).HasFilter("\"WakeAt\" IS NOT NULL");
            e.HasIndex(x => new { x.ScheduleKey, x.Status, x.Slot }).HasFilter("\"ScheduleKey\" IS NOT NULL"); // what is not over, and the last that succeeded
        });
        builder.Entity<RunEvent>(e => e.HasKey(x => new { x.RunKey, x.Seq }));
        builder.Entity<Step>(e => e.HasKey(x => new { x.RunKey, x.SortPath }));
        builder.Entity<ModelCall>(e =>
        {
            e.HasKey(x => x.Key);
            e.Property(x => x.Key).ValueGeneratedNever();
            e.HasIndex(x => new { x.RunKey, x.SortPath });
            e.HasIndex(x => new { x.PipelineKey, x.StartedAt });
            e.HasIndex(x => new { x.WorkspaceId, x.StartedAt });
            e.HasIndex(x => new { x.Status, x.StartedAt }).HasFilter("\"Status\" <> 0"); // failures are few
        });
        builder.Entity<Approval>(e =>
        {
            e.HasIndex(x => new { x.RunKey, x.SortPath }).IsUnique();
            e.HasIndex(x => new { x.WorkspaceId, x.Status, x.CreatedAt });
            e.HasMany(x => x.Decisions).WithOne().HasForeignKey(x => x.ApprovalId);
        });
        builder.Entity<Mail>(e =>
        {
            e.HasIndex(x => new { x.RunKey, x.SortPath }).IsUnique();
            e.HasIndex(x => new { x.WorkspaceId, x.CreatedAt });
            e.HasIndex(x => new { x.WorkspaceId, x.Status, x.CreatedAt });
            e.HasIndex(x => new { x.Status, x.NextTryAt }).HasFilter("\"Status\" < 2"); // what is to be sent, and what was on its way when a process died
        });
        builder.Entity<MailServerSetting>(e =>
        {
            e.HasKey(x => x.WorkspaceId);
            e.Property(x => x.WorkspaceId).ValueGeneratedNever();
        });
        builder.Entity<Schedule>(e =>
        {
            e.HasKey(x => x.Key);
            e.HasIndex(x => x.Id).IsUnique();
            e.HasIndex(x => new { x.WorkspaceId, x.PipelineKey }).HasFilter("\"DeletedAt\" IS NULL");
            e.HasIndex(x => new { x.WorkspaceId, x.NextSlot }).HasFilter("\"DeletedAt\" IS NULL"); // the list, by what comes next
            e.HasIndex(x => x.NextSlot).HasFilter("\"NextSlot\" IS NOT NULL"); // what is due, in all workspaces
        });
        builder.Entity<ScheduleSlot>(e =>
        {
            e.HasKey(x => new { x.ScheduleKey, x.Slot });
            e.HasIndex(x => x.RunKey).HasFilter("\"RunKey\" IS NOT NULL");
            e.HasIndex(x => x.Status).HasFilter("\"Status\" = 3"); // what waits for an earlier run
        });
        builder.Entity<Notice>(e =>
        {
            e.HasIndex(x => new { x.WorkspaceId, x.PersonId, x.Topic, x.Status }); // whether the same waits already, and when it was last told
            e.HasIndex(x => new { x.WorkspaceId, x.PersonId, x.CreatedAt }); // a person's newest
            e.HasIndex(x => new { x.Status, x.NextTryAt }).HasFilter("\"Status\" < 2"); // what is due, and what was on its way when a process died
        });
        builder.Entity<NoticeChoice>(e => e.HasKey(x => new { x.WorkspaceId, x.PersonId, x.Kind }));
        builder.Entity<NoticeDigest>(e => e.HasKey(x => new { x.WorkspaceId, x.PersonId }));
        builder.Entity<SendException>(e => e.HasKey(x => new { x.PipelineKey, x.Node }));
        builder.Entity<ApprovalDecision>(e =>
        {
            e.HasKey(x => x.Key);
            e.HasIndex(x => new { x.ApprovalId, x.UserId }).IsUnique().HasFilter("\"UndoneAt\" IS NULL AND \"Counts\" = 1 AND \"UserId\" IS NOT NULL");
        });
    }
}
