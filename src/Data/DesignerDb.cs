using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
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
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Data;

/// <summary>The one DbContext. It sees one workspace at a time (<see cref="Workspace"/>), and none until it is told which.</summary>
public sealed class DesignerDb(DbContextOptions<DesignerDb> options) : IdentityUserContext<User, Guid>(options), IDataProtectionKeyContext
{
    /// <summary>The workspace whose rows queries see and saves may touch; 0: none.</summary>
    public int Workspace { get; set; }

    /// <summary>Saves are refused unless the write gate was passed; see <see cref="Database.WriteAsync{T}"/>.</summary>
    internal bool MayWrite { get; set; }

    /// <summary>Tenants; not filtered.</summary>
    public DbSet<Workspace> Workspaces => Set<Workspace>();

    /// <summary>People in workspaces.</summary>
    public DbSet<Member> Members => Set<Member>();

    /// <summary>Invitations into workspaces.</summary>
    public DbSet<Invitation> Invitations => Set<Invitation>();

    /// <summary>Keys of the HTTP API.</summary>
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>Answers to requests that carried an idempotency key.</summary>
    public DbSet<IdempotencyRecord> IdempotencyRecords => Set<IdempotencyRecord>();

    /// <summary>Pipelines with their drafts.</summary>
    public DbSet<Pipeline> Pipelines => Set<Pipeline>();

    /// <summary>Published versions.</summary>
    public DbSet<PipelineVersion> PipelineVersions => Set<PipelineVersion>();

    /// <summary>Drafts as runs saw them.</summary>
    public DbSet<DraftSnapshot> DraftSnapshots => Set<DraftSnapshot>();

    /// <summary>Inputs kept for trying.</summary>
    public DbSet<TestInput> TestInputs => Set<TestInput>();

    /// <summary>Outputs that people keep while they try.</summary>
    public DbSet<PinnedOutput> PinnedOutputs => Set<PinnedOutput>();

    /// <summary>Runs; written by the run journal alone.</summary>
    public DbSet<Run> Runs => Set<Run>();

    /// <summary>Changes of runs' statuses.</summary>
    public DbSet<RunEvent> RunEvents => Set<RunEvent>();

    /// <summary>Steps of runs.</summary>
    public DbSet<Step> Steps => Set<Step>();

    /// <summary>The log of model calls.</summary>
    public DbSet<ModelCall> ModelCalls => Set<ModelCall>();

    /// <summary>Approvals; written by the run journal alone.</summary>
    public DbSet<Approval> Approvals => Set<Approval>();

    /// <summary>What was decided.</summary>
    public DbSet<ApprovalDecision> ApprovalDecisions => Set<ApprovalDecision>();

    /// <summary>The outbox; written by the run journal and by whoever delivers.</summary>
    public DbSet<Mail> Mails => Set<Mail>();

    /// <summary>Mail servers of workspaces.</summary>
    public DbSet<MailServerSetting> MailServers => Set<MailServerSetting>();

    /// <summary>Sends that are allowed without a gate.</summary>
    public DbSet<SendException> SendExceptions => Set<SendException>();

    /// <summary>When pipelines run by themselves.</summary>
    public DbSet<Schedule> Schedules => Set<Schedule>();

    /// <summary>What became of every time at which a schedule was to run.</summary>
    public DbSet<ScheduleSlot> ScheduleSlots => Set<ScheduleSlot>();

    /// <summary>What people are told by mail.</summary>
    public DbSet<Notice> Notices => Set<Notice>();

    /// <summary>Of what people want to be told, and how.</summary>
    public DbSet<NoticeChoice> NoticeChoices => Set<NoticeChoice>();

    /// <summary>When daily mails leave.</summary>
    public DbSet<NoticeDigest> NoticeDigests => Set<NoticeDigest>();

    /// <summary>Ways to providers of models.</summary>
    public DbSet<Connection> Connections => Set<Connection>();

    /// <summary>Uploaded files.</summary>
    public DbSet<StoredFile> StoredFiles => Set<StoredFile>();

    /// <summary>Which runs name which files.</summary>
    public DbSet<RunFile> RunFiles => Set<RunFile>();

    /// <summary>Who changed what; rows are only added.</summary>
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>The key ring of Data Protection; not filtered, it is the program's own.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <inheritdoc />
    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        GuardSave();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    /// <inheritdoc />
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        GuardSave();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMilliseconds>();
        configurationBuilder.Properties<Guid>().HaveConversion<OrderedGuid>();
        configurationBuilder.Properties<decimal>().HaveConversion<PicoMoney>();
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        DesignerModel.Map(builder);
        builder.Entity<Member>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<ApiKey>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<IdempotencyRecord>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Pipeline>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<PipelineVersion>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<DraftSnapshot>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<TestInput>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<PinnedOutput>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Run>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<RunEvent>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Step>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<ModelCall>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Approval>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Mail>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<MailServerSetting>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<SendException>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Schedule>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<ScheduleSlot>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Notice>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<NoticeChoice>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<NoticeDigest>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Invitation>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<Connection>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<StoredFile>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<RunFile>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<AuditEntry>().HasQueryFilter(x => x.WorkspaceId == Workspace);
        builder.Entity<ApprovalDecision>().HasQueryFilter(x => x.WorkspaceId == Workspace);
    }

    private void GuardSave()
    {
        if (!MayWrite) throw new InvalidOperationException("Save through Database.WriteAsync: it holds the write gate.");
        foreach (var entry in ChangeTracker.Entries<IWorkspaceOwned>())
        {
            if (entry.State == EntityState.Added && entry.Entity.WorkspaceId == 0) entry.Entity.WorkspaceId = Workspace;
            if (entry.State == EntityState.Unchanged) continue;
            var before = entry.State == EntityState.Added ? Workspace : entry.OriginalValues.GetValue<int>(nameof(IWorkspaceOwned.WorkspaceId));
            if (before != Workspace) throw new InvalidOperationException($"A row of workspace {before} cannot be taken into workspace {Workspace}.");
            if (entry.Entity.WorkspaceId != Workspace)
                throw new InvalidOperationException($"A row of workspace {entry.Entity.WorkspaceId} cannot be saved in workspace {Workspace}.");
        }
    }
}
