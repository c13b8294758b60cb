namespace PromptDesigner.Runtime.Audit;

/// <summary>What the audit log names: the thing, then what was done to it. Stored: never renamed.</summary>
public static class AuditActions
{
    public const string PipelineCreated = "pipeline.created";
    public const string DraftSaved = "pipeline.draftSaved";
    public const string PipelinePublished = "pipeline.published";
    public const string VersionActivated = "pipeline.activated";
    public const string PipelineChanged = "pipeline.changed";
    public const string PipelineArchived = "pipeline.archived";
    public const string PipelineRestored = "pipeline.restored";
    public const string RunCancelled = "run.cancelled";
    public const string RunRetried = "run.retried";
    public const string ApprovalDecided = "approval.decided";
    public const string ApprovalUndone = "approval.undone";
    public const string MemberAdded = "member.added";
    public const string MemberChanged = "member.changed";
    public const string MemberRemoved = "member.removed";
    public const string MemberInvited = "member.invited";
    public const string InvitationAccepted = "invitation.accepted";
    public const string InvitationRevoked = "invitation.revoked";
    public const string KeyIssued = "key.issued";
    public const string KeyRevoked = "key.revoked";
    public const string ConnectionCreated = "connection.created";
    public const string ConnectionChanged = "connection.changed";
    public const string ConnectionDeleted = "connection.deleted";
    public const string WorkspaceCreated = "workspace.created";
    public const string WorkspaceChanged = "workspace.changed";
    public const string PasswordChanged = "account.passwordChanged";
    public const string SignedIn = "account.signedIn";
    public const string SignedOutEverywhere = "account.signedOutEverywhere";
    public const string LockedOut = "account.lockedOut";
    public const string MailResolved = "mail.resolved";
    public const string SendingPaused = "sending.paused";
    public const string SendingResumed = "sending.resumed";
    public const string MailServerChanged = "mailServer.changed";
    public const string MailServerRemoved = "mailServer.removed";
    public const string SendAllowed = "send.allowed";
    public const string SendForbidden = "send.forbidden";
    public const string ScheduleCreated = "schedule.created";
    public const string ScheduleChanged = "schedule.changed";
    public const string ScheduleDeleted = "schedule.deleted";
    public const string SchedulePaused = "schedule.paused";
    public const string ScheduleResumed = "schedule.resumed";
    public const string ScheduleTriggered = "schedule.triggered";
    public const string FileUploaded = "file.uploaded";
}
