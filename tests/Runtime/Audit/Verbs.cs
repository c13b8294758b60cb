using System.Reflection;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Audit;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.Files;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Trials;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Schedules;
using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Tests.Audit;

/// <summary>What each verb leaves in the audit log, or why it leaves nothing.</summary>
internal static class Verbs
{
    private const string RunsTellThemselves = "the run itself says who started it, when and with what";

    private const string ExamplesOnly = "examples for trying: no run, draft or version changes by them";

    private const string NothingStored = "one question to a model; nothing is stored or changed";

    public static IReadOnlyDictionary<string, (string? Action, string? Reason)> All { get; } = new Dictionary<string, (string?, string?)>
    {
        [Name<PipelineEditor>(nameof(PipelineEditor.CreateAsync))] = (AuditActions.PipelineCreated, null),
        [Name<PipelineEditor>(nameof(PipelineEditor.SaveDraftAsync))] = (AuditActions.DraftSaved, null),
        [Name<PipelineEditor>(nameof(PipelineEditor.PublishAsync))] = (AuditActions.PipelinePublished, null),
        [Name<PipelineEditor>(nameof(PipelineEditor.ActivateAsync))] = (AuditActions.VersionActivated, null),
        [Name<TestInputs>(nameof(TestInputs.SaveAsync))] = (null, ExamplesOnly),
        [Name<TestInputs>(nameof(TestInputs.RemoveAsync))] = (null, ExamplesOnly),
        [Name<PipelineShelf>(nameof(PipelineShelf.ChangeAsync))] = (AuditActions.PipelineChanged, null),
        [Name<PipelineShelf>(nameof(PipelineShelf.RenameAsync))] = (AuditActions.DraftSaved, null),
        [Name<PipelineShelf>(nameof(PipelineShelf.DuplicateAsync))] = (AuditActions.PipelineCreated, null),
        [Name<RunStarter>(nameof(RunStarter.StartAsync))] = (null, RunsTellThemselves),
        [Name<RunStarter>(nameof(RunStarter.RerunAsync))] = (null, RunsTellThemselves),
        [Name<RunControl>(nameof(RunControl.CancelAsync))] = (AuditActions.RunCancelled, null),
        [Name<RunControl>(nameof(RunControl.RetryAsync))] = (AuditActions.RunRetried, null),
        [Name<ApprovalDesk>(nameof(ApprovalDesk.DecideAsync))] = (AuditActions.ApprovalDecided, null),
        [Name<ApprovalDesk>(nameof(ApprovalDesk.UndoAsync))] = (AuditActions.ApprovalUndone, null),
        [Name<MemberRegister>(nameof(MemberRegister.AddAsync))] = (AuditActions.MemberAdded, null),
        [Name<MemberRegister>(nameof(MemberRegister.ChangeAsync))] = (AuditActions.MemberChanged, null),
        [Name<MemberRegister>(nameof(MemberRegister.RemoveAsync))] = (AuditActions.MemberRemoved, null),
        [Name<Invitations>(nameof(Invitations.InviteAsync))] = (AuditActions.MemberInvited, null),
        [Name<Invitations>(nameof(Invitations.RevokeAsync))] = (AuditActions.InvitationRevoked, null),
        [Name<Invitations>(nameof(Invitations.AcceptAsync))] = (AuditActions.InvitationAccepted, null),
        [Name<KeyRing>(nameof(KeyRing.IssueAsync))] = (AuditActions.KeyIssued, null),
        [Name<KeyRing>(nameof(KeyRing.RevokeAsync))] = (AuditActions.KeyRevoked, null),
        [Name<ConnectionBook>(nameof(ConnectionBook.CreateAsync))] = (AuditActions.ConnectionCreated, null),
        [Name<ConnectionBook>(nameof(ConnectionBook.ChangeAsync))] = (AuditActions.ConnectionChanged, null),
        [Name<ConnectionBook>(nameof(ConnectionBook.DeleteAsync))] = (AuditActions.ConnectionDeleted, null),
        [Name<ConnectionBook>(nameof(ConnectionBook.TestAsync))] = (null, NothingStored),
        [Name<ConnectionBook>(nameof(ConnectionBook.TestDraftAsync))] = (null, NothingStored),
        [Name<FirstStart>(nameof(FirstStart.CreateAsync))] = (AuditActions.WorkspaceCreated, null),
        [Name<AccountBook>(nameof(AccountBook.ChangePasswordAsync))] = (AuditActions.PasswordChanged, null),
        [Name<AccountBook>(nameof(AccountBook.SignOutEverywhereAsync))] = (AuditActions.SignedOutEverywhere, null),
        [Name<FileStore>(nameof(FileStore.UploadAsync))] = (AuditActions.FileUploaded, null),
        [Name<FileStore>(nameof(FileStore.OpenAsync))] = (null, "reading changes nothing"),
        [Name<WorkspaceBook>(nameof(WorkspaceBook.ChangeAsync))] = (AuditActions.WorkspaceChanged, null),
        [Name<WorkspaceBook>(nameof(WorkspaceBook.CreateAsync))] = (AuditActions.WorkspaceCreated, null),
        [Name<ScheduleDesk>(nameof(ScheduleDesk.CreateAsync))] = (AuditActions.ScheduleCreated, null),
        [Name<ScheduleDesk>(nameof(ScheduleDesk.ChangeAsync))] = (AuditActions.ScheduleChanged, null),
        [Name<ScheduleDesk>(nameof(ScheduleDesk.DeleteAsync))] = (AuditActions.ScheduleDeleted, null),
        [Name<ScheduleDesk>(nameof(ScheduleDesk.PauseAsync))] = (AuditActions.SchedulePaused, null),
        [Name<ScheduleDesk>(nameof(ScheduleDesk.ResumeAsync))] = (AuditActions.ScheduleResumed, null),
        [Name<ScheduleDesk>(nameof(ScheduleDesk.TriggerAsync))] = (AuditActions.ScheduleTriggered, null),
        [Name<OutboxDesk>(nameof(OutboxDesk.ResolveAsync))] = (AuditActions.MailResolved, null),
        [Name<OutboxDesk>(nameof(OutboxDesk.PauseAsync))] = (AuditActions.SendingPaused, null),
        [Name<OutboxDesk>(nameof(OutboxDesk.ResumeAsync))] = (AuditActions.SendingResumed, null),
        [Name<MailServerBook>(nameof(MailServerBook.SaveAsync))] = (AuditActions.MailServerChanged, null),
        [Name<MailServerBook>(nameof(MailServerBook.RemoveAsync))] = (AuditActions.MailServerRemoved, null),
        [Name<MailServerBook>(nameof(MailServerBook.TestAsync))] = (null, "one mail to who asks; nothing is stored or changed"),
        [Name<MailServerBook>(nameof(MailServerBook.SetAddressAsync))] = (AuditActions.WorkspaceChanged, null),
        [Name<NoticeBook>(nameof(NoticeBook.ChooseAsync))] = (null, "a person's own wish about mail to that person; nobody else is concerned"),
        [Name<SendExceptions>(nameof(SendExceptions.AllowAsync))] = (AuditActions.SendAllowed, null),
        [Name<SendExceptions>(nameof(SendExceptions.ForbidAsync))] = (AuditActions.SendForbidden, null),
    };

    /// <summary>Every public method of Runtime that answers as verbs do, as the sources have it.</summary>
    public static IEnumerable<string> Found() => typeof(Actor).Assembly.GetExportedTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(x => x.ReturnType is { IsGenericType: true } task && task.GetGenericTypeDefinition() == typeof(Task<>)
            && task.GenericTypeArguments[0] is { IsGenericType: true } answer && answer.GetGenericTypeDefinition() == typeof(Answer<>))
        .Select(x => $"{x.DeclaringType!.Name}.{x.Name}").Distinct(); // overloads are one verb

    private static string Name<T>(string method) => $"{typeof(T).Name}.{method}";
}
