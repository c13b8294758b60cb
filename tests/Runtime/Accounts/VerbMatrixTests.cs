using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.Files;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Trials;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Schedules;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Runtime.Tests.Audit;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Accounts;

/// <summary>Each verb of the engine with each kind of actor: screens, programs and jobs all come through here, so this is where it is decided who may.</summary>
public sealed class VerbMatrixTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private static readonly Guid Nobody = Guid.NewGuid();
    private static readonly ConnectionDraft Connection = new() { Name = "mine", Kind = "practice" };
    private static readonly ScheduleDraft Draft = new() { Pipeline = Nobody, Cron = "0 8 * * *", TimeZone = "UTC" };
    private static readonly WorkspaceSettings Settings = new("Main", null, null, null, null);
    private static readonly MailServerDraft Server = new("127.0.0.1", 25, MailSecurity.None, null, null, "shop@example.org");

    /// <summary>What a verb asks of its actor; <see cref="Secret"/> asks none, its caller brings what only the right person knows.</summary>
    private enum Need { Read, Run, Schedule, Design, Operate, Administer, Person, Secret }

    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(realTime: true);

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    private static IReadOnlyDictionary<string, (Need Need, Func<Workplace, Actor, Task<Refusal?>> Call)> Rows { get; } = new Dictionary<string, (Need, Func<Workplace, Actor, Task<Refusal?>>)>
    {
        ["PipelineEditor.CreateAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineEditor>().CreateAsync(File, a, null, default))),
        ["PipelineEditor.SaveDraftAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineEditor>().SaveDraftAsync(Nobody, 1, File, a, default))),
        ["PipelineEditor.PublishAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineEditor>().PublishAsync(Nobody, null, a, null, default))),
        ["PipelineEditor.ActivateAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineEditor>().ActivateAsync(Nobody, 1, a, default))),
        ["PipelineShelf.ChangeAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineShelf>().ChangeAsync(Nobody, new PipelineChange { Tags = ["seen"], Archived = true }, a, default))),
        ["PipelineShelf.RenameAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineShelf>().RenameAsync(Nobody, "Other", a, default))),
        ["PipelineShelf.DuplicateAsync"] = (Need.Design, (x, a) => Of(x.Get<PipelineShelf>().DuplicateAsync(Nobody, a, null, default))),
        ["TestInputs.SaveAsync"] = (Need.Design, (x, a) => Of(x.Get<TestInputs>().SaveAsync(Nobody, "Seen", JsonDocument.Parse("{}").RootElement, a, default))),
        ["TestInputs.RemoveAsync"] = (Need.Design, (x, a) => Of(x.Get<TestInputs>().RemoveAsync(Nobody, "Seen", a, default))),
        ["RunStarter.StartAsync"] = (Need.Run, (x, a) => Of(x.Get<RunStarter>().StartAsync(new RunRequest { Pipeline = Nobody }, a, default))),
        ["RunStarter.StartAsync of a draft"] = (Need.Design, (x, a) => Of(x.Get<RunStarter>().StartAsync(new RunRequest { Pipeline = Nobody, Draft = true }, a, default))),
        ["RunStarter.StartAsync as a try"] = (Need.Design, (x, a) => Of(x.Get<RunStarter>().StartAsync(new RunRequest { Pipeline = Nobody, Try = true }, a, default))),
        ["RunStarter.RerunAsync"] = (Need.Run, (x, a) => Of(x.Get<RunStarter>().RerunAsync(Nobody, a, null, default))),
        ["RunControl.CancelAsync"] = (Need.Run, (x, a) => Of(x.Get<RunControl>().CancelAsync(Nobody, a, default))),
        ["RunControl.RetryAsync"] = (Need.Run, (x, a) => Of(x.Get<RunControl>().RetryAsync(Nobody, null, a, default))),
        ["ApprovalDesk.DecideAsync"] = (Need.Person, (x, a) => Of(x.Get<ApprovalDesk>().DecideAsync(Nobody, new Decision { Verb = "approve", ContentHash = "0" }, a, default))),
        ["ApprovalDesk.UndoAsync"] = (Need.Person, (x, a) => Of(x.Get<ApprovalDesk>().UndoAsync(Nobody, a, default))),
        ["MemberRegister.AddAsync"] = (Need.Administer, (x, a) => Of(x.Get<MemberRegister>().AddAsync(new MemberRequest("bo@example.org", Role.Viewer, Rights.None, Password), a, default))),
        ["MemberRegister.ChangeAsync"] = (Need.Administer, (x, a) => Of(x.Get<MemberRegister>().ChangeAsync(Nobody, Role.Viewer, Rights.None, a, default))),
        ["MemberRegister.RemoveAsync"] = (Need.Administer, (x, a) => Of(x.Get<MemberRegister>().RemoveAsync(Nobody, a, default))),
        ["Invitations.InviteAsync"] = (Need.Administer, (x, a) => Of(x.Get<Invitations>().InviteAsync(new InvitationRequest("cy@example.org", Role.Viewer, Rights.None), a, default))),
        ["Invitations.RevokeAsync"] = (Need.Administer, (x, a) => Of(x.Get<Invitations>().RevokeAsync(Nobody, a, default))),
        ["Invitations.AcceptAsync"] = (Need.Secret, (x, _) => Of(x.Get<Invitations>().AcceptAsync(new InvitationAccepted("guessed", Password, null, null, null), default))),
        ["KeyRing.IssueAsync"] = (Need.Administer, (x, a) => Of(x.Get<KeyRing>().IssueAsync(new KeyRequest("k", ApiKeyKind.Service, ApiKeyScopes.Read, null), a, default))),
        ["KeyRing.RevokeAsync"] = (Need.Administer, (x, a) => Of(x.Get<KeyRing>().RevokeAsync(Nobody, a, default))),
        ["ConnectionBook.CreateAsync"] = (Need.Administer, (x, a) => Of(x.Get<ConnectionBook>().CreateAsync(Connection, a, default))),
        ["ConnectionBook.ChangeAsync"] = (Need.Administer, (x, a) => Of(x.Get<ConnectionBook>().ChangeAsync(Nobody, Connection, a, default))),
        ["ConnectionBook.DeleteAsync"] = (Need.Administer, (x, a) => Of(x.Get<ConnectionBook>().DeleteAsync(Nobody, a, default))),
        ["ConnectionBook.TestAsync"] = (Need.Administer, (x, a) => Of(x.Get<ConnectionBook>().TestAsync("practice/practice", a, default))),
        ["ConnectionBook.TestDraftAsync"] = (Need.Administer, (x, a) => Of(x.Get<ConnectionBook>().TestDraftAsync(Connection, null, "practice", a, default))),
        ["FirstStart.CreateAsync"] = (Need.Secret, (x, _) => Of(x.Get<FirstStart>().CreateAsync("eve@example.org", null, Password, "Mine", null, default))),
        ["AccountBook.ChangePasswordAsync"] = (Need.Person, (x, a) => Of(x.Get<AccountBook>().ChangePasswordAsync("guessed", "another good password", a, default))),
        ["AccountBook.SignOutEverywhereAsync"] = (Need.Person, (x, a) => Of(x.Get<AccountBook>().SignOutEverywhereAsync(a, default))),
        ["FileStore.UploadAsync"] = (Need.Run, (x, a) => Of(x.Get<FileStore>().UploadAsync(new MemoryStream("Hello"u8.ToArray()), "a.txt", null, a, default))),
        ["FileStore.OpenAsync"] = (Need.Read, (x, a) => Of(x.Get<FileStore>().OpenAsync(Nobody, a, default))),
        ["WorkspaceBook.ChangeAsync"] = (Need.Administer, (x, a) => Of(x.Get<WorkspaceBook>().ChangeAsync(Settings, a, default))),
        ["WorkspaceBook.CreateAsync"] = (Need.Administer, (x, a) => Of(x.Get<WorkspaceBook>().CreateAsync("More", a, default))),
        ["ScheduleDesk.CreateAsync"] = (Need.Schedule, (x, a) => Of(x.Get<ScheduleDesk>().CreateAsync(Draft, a, null, default))),
        ["ScheduleDesk.ChangeAsync"] = (Need.Schedule, (x, a) => Of(x.Get<ScheduleDesk>().ChangeAsync(Nobody, Draft, a, default))),
        ["ScheduleDesk.DeleteAsync"] = (Need.Schedule, (x, a) => Of(x.Get<ScheduleDesk>().DeleteAsync(Nobody, a, default))),
        ["ScheduleDesk.PauseAsync"] = (Need.Schedule, (x, a) => Of(x.Get<ScheduleDesk>().PauseAsync(Nobody, "Because.", a, default))),
        ["ScheduleDesk.ResumeAsync"] = (Need.Schedule, (x, a) => Of(x.Get<ScheduleDesk>().ResumeAsync(Nobody, a, default))),
        ["ScheduleDesk.TriggerAsync"] = (Need.Schedule, (x, a) => Of(x.Get<ScheduleDesk>().TriggerAsync(Nobody, a, default))),
        ["OutboxDesk.ResolveAsync"] = (Need.Operate, (x, a) => Of(x.Get<OutboxDesk>().ResolveAsync(Nobody, Resolution.Sent, a, default))),
        ["OutboxDesk.ResolveAsync of a step"] = (Need.Operate, (x, a) => Of(x.Get<OutboxDesk>().ResolveAsync(Nobody, "send", Resolution.GiveUp, a, default))),
        ["OutboxDesk.PauseAsync"] = (Need.Operate, (x, a) => Of(x.Get<OutboxDesk>().PauseAsync(a, default))),
        ["OutboxDesk.ResumeAsync"] = (Need.Operate, (x, a) => Of(x.Get<OutboxDesk>().ResumeAsync(a, default))),
        ["MailServerBook.SaveAsync"] = (Need.Administer, (x, a) => Of(x.Get<MailServerBook>().SaveAsync(Server, a, default))),
        ["MailServerBook.RemoveAsync"] = (Need.Administer, (x, a) => Of(x.Get<MailServerBook>().RemoveAsync(a, default))),
        ["MailServerBook.TestAsync"] = (Need.Administer, (x, a) => Of(x.Get<MailServerBook>().TestAsync(Server with { Port = 0 }, a, default))),
        ["MailServerBook.SetAddressAsync"] = (Need.Administer, (x, a) => Of(x.Get<MailServerBook>().SetAddressAsync("https://seen.example.org", a, default))),
        ["NoticeBook.ChooseAsync"] = (Need.Person, (x, a) => Of(x.Get<NoticeBook>().ChooseAsync(new NoticePlan(new Dictionary<NoticeKind, NoticeDelivery> { [NoticeKind.ApprovalWaits] = NoticeDelivery.Daily }, 7, "Europe/Berlin"), a, default))),
        ["SendExceptions.AllowAsync"] = (Need.Administer, (x, a) => Of(x.Get<SendExceptions>().AllowAsync(Nobody, "send", "Because.", a, default))),
        ["SendExceptions.ForbidAsync"] = (Need.Administer, (x, a) => Of(x.Get<SendExceptions>().ForbidAsync(Nobody, "send", a, default))),
    };

    [Fact]
    public void Every_verb_has_a_row() => Assert.Equal(Verbs.Found().Distinct().Order(StringComparer.Ordinal), Rows.Keys.Select(x => x.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Each_verb_lets_in_whom_the_table_says_and_what_it_refuses_is_stored_nowhere()
    {
        var wrong = new List<string>();
        foreach (var actor in await ActorsAsync())
            foreach (var (verb, (need, call)) in Rows)
            {
                var before = await RowsAsync();
                var refusal = await call(_place, actor);
                var expected = Allows(need, actor) ? "lets through" : need == Need.Person ? "person_required" : need == Need.Secret ? "asks for more" : "forbidden";
                var found = refusal?.Code is "forbidden" or "person_required" ? refusal.Code : "lets through";
                if (need == Need.Secret) (expected, found) = ("asks for more", refusal?.Code is "forbidden" or "not_found" ? "asks for more" : "lets through");
                if (found != expected) wrong.Add($"{verb} by {actor.Name}: {found} instead of {expected}");
                if (expected != "lets through" && before != await RowsAsync()) wrong.Add($"{verb} by {actor.Name}: refused, and yet something was stored");
            }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task An_approval_is_decided_by_reviewers_alone()
    {
        var pipeline = await _place.Host.PublishAsync(PipelineFile.Named("Held").Input("text").Node("gate", "approval", new { subject = "{{ input.text }}" }).Output("answer", "{{ gate }}").Edge("input", "gate").Edge("gate", "out", "approved"));
        await _place.Host.RunAsync(pipeline, new { text = "Shown." });
        await _place.Host.SettleAsync();
        await using var db = _place.Host.Database.Read(_place.Ana.Workspace);
        var (id, hash) = await db.Approvals.Select(x => ValueTuple.Create(x.Id, x.ContentHash)).SingleAsync();
        foreach (var actor in (await ActorsAsync()).Where(x => (x.Rights & Rights.Reviewer) == 0))
        {
            var forged = actor with { Rights = Rights.Reviewer, Role = Role.Administrator }; // what the desk is told counts for nothing, what is stored does
            foreach (var asked in (Actor[])[actor, forged])
                Assert.Equal(actor.Person is null ? "person_required" : "forbidden", (await _place.Get<ApprovalDesk>().DecideAsync(id, new Decision { Verb = "approve", ContentHash = hash }, asked, default)).Refusal?.Code);
        }
        Assert.Equal((0L, 0L), (await _place.Host.ScalarAsync("SELECT Status FROM Approvals"), await _place.Host.ScalarAsync("SELECT COUNT(*) FROM ApprovalDecisions")));
        var reviewer = (await ActorsAsync()).Single(x => x.Rights == Rights.Reviewer);
        Assert.Null((await _place.Get<ApprovalDesk>().DecideAsync(id, new Decision { Verb = "approve", ContentHash = hash }, reviewer, default)).Refusal);
    }

    /// <summary>CONTRACT section 5, "Who may".</summary>
    private static bool Allows(Need need, Actor x) => need switch
    {
        Need.Person => x.Person is not null,
        Need.Secret => false,
        Need.Read => x.Person is not null || x.Scopes != ApiKeyScopes.Run,
        Need.Run => x.Person is null ? x.Scopes != ApiKeyScopes.Read : x.Role >= Role.Designer || x.Rights == Rights.Operator,
        Need.Schedule => x.Person is null ? x.Scopes is ApiKeyScopes.Design or ApiKeyScopes.Operate : x.Role >= Role.Designer || x.Rights == Rights.Operator,
        Need.Operate => x.Person is null ? x.Scopes == ApiKeyScopes.Operate : x.Role == Role.Administrator || x.Rights == Rights.Operator,
        Need.Design => x.Person is null ? x.Scopes == ApiKeyScopes.Design : x.Role >= Role.Designer,
        _ => x.Role == Role.Administrator,
    };

    /// <summary>A person of every role and with each right, and a service with each scope; made anew, so that nobody has what another row gave.</summary>
    private async Task<IReadOnlyList<Actor>> ActorsAsync()
    {
        (string Name, Role Role, Rights Rights)[] people = [("viewer", Role.Viewer, Rights.None), ("designer", Role.Designer, Rights.None), ("administrator", Role.Administrator, Rights.None), ("reviewer", Role.Viewer, Rights.Reviewer), ("operator", Role.Viewer, Rights.Operator)];
        var actors = new List<Actor>();
        foreach (var (name, role, rights) in people)
        {
            var mail = $"{name}-{Guid.NewGuid():N}@example.org";
            var member = (await _place.Get<MemberRegister>().AddAsync(new MemberRequest(mail, role, rights, Password), _place.Ana, default)).Value;
            actors.Add(new Actor(_place.Ana.Workspace, mail, (await _place.MembersAsync())[mail].UserId) { Role = role, Rights = rights });
            Assert.NotEqual(default, member);
        }
        foreach (var scope in (ApiKeyScopes[])[ApiKeyScopes.Read, ApiKeyScopes.Run, ApiKeyScopes.Design, ApiKeyScopes.Operate]) actors.Add(new Actor(_place.Ana.Workspace, scope + "-service", null) { Scopes = scope });
        return actors;
    }

    private async Task<string> RowsAsync() => JsonSerializer.Serialize(await _place.Host.QueryAsync("""
        SELECT (SELECT COUNT(*) FROM AuditEntries), (SELECT COUNT(*) FROM Pipelines), (SELECT COUNT(*) FROM PipelineVersions), (SELECT COUNT(*) FROM DraftSnapshots), (SELECT COUNT(*) FROM Runs), (SELECT COUNT(*) FROM Members),
            (SELECT COUNT(*) FROM AspNetUsers), (SELECT COUNT(*) FROM Invitations), (SELECT COUNT(*) FROM ApiKeys), (SELECT COUNT(*) FROM Connections), (SELECT COUNT(*) FROM StoredFiles), (SELECT COUNT(*) FROM Workspaces),
            (SELECT COUNT(*) FROM Workspaces WHERE SendingPausedAt IS NOT NULL OR MaySendUngated), (SELECT COUNT(*) FROM MailServers), (SELECT COUNT(*) FROM SendExceptions), (SELECT COUNT(*) FROM Mails), (SELECT COUNT(*) FROM Schedules), (SELECT COUNT(*) FROM NoticeChoices), (SELECT COUNT(*) FROM NoticeDigests), (SELECT COUNT(*) FROM Workspaces WHERE Address IS NOT NULL)
        """));

    private static byte[] File => PipelineFile.Named("Made by somebody").Input("text").Output("answer", "{{ input.text }}").Edge("input", "out").ToBytes();

    private static async Task<Refusal?> Of<T>(Task<Answer<T>> verb) => (await verb).Refusal;
}
