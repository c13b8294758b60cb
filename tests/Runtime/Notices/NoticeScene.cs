using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Notices;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Notices;

/// <summary>The engine with a clock that stands still until a test moves it, people, and a mail server on loopback.</summary>
public abstract class NoticeScene : IAsyncLifetime
{
    protected static readonly DateTimeOffset Start = new(2027, 1, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan FarAway = TimeSpan.FromHours(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pd-notices-");
    private ScriptedModelServer _model = null!;

    protected FakeTimeProvider Clock { get; } = new(Start);

    protected EngineHost Host { get; private set; } = null!;

    protected ScriptedSmtpServer Server { get; private set; } = null!;

    protected CrashPoints Places { get; private set; } = new();

    /// <summary>What the mail server does at a moment; null: what is right.</summary>
    protected Func<SmtpMoment, string, SmtpDeed?> Deed { get; set; } = (_, _) => null;

    /// <summary>What the model does.</summary>
    protected Func<ScriptedReply> Reply { get; set; } = () => new ScriptedReply { Text = "a draft" };

    /// <summary>The port of the configured mail server; null: none is configured.</summary>
    protected virtual int? Port => Server.Port;

    /// <summary>The administrator, who starts everything and is Reviewer and Operator too.</summary>
    protected Actor Ana => Host.Actor;

    protected DateTimeOffset Now => Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        Server = new ScriptedSmtpServer((moment, line) => Deed(moment, line));
        _model = new ScriptedModelServer(_ => Reply());
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await _model.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Stops the engine and starts it again on the same data; a process that is dead at a named place is a new one then.</summary>
    protected async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Places = new CrashPoints();
        await StartAsync();
    }

    protected async Task<Actor> MemberAsync(string name, Role role = Role.Viewer, Rights rights = Rights.None)
    {
        var mail = $"{name}@example.org";
        var added = await Host.Get<MemberRegister>().AddAsync(new MemberRequest(mail, role, rights, "correct horse battery"), Ana, CancellationToken.None);
        Assert.Null(added.Refusal);
        await using var db = Host.Database.Read(Ana.Workspace);
        return new Actor(Ana.Workspace, mail, (await db.Members.SingleAsync(x => x.Id == added.Value)).UserId) { Role = role, Rights = rights };
    }

    protected async Task RemoveAsync(Actor person)
    {
        await using var db = Host.Database.Read(Ana.Workspace);
        var member = await db.Members.Where(x => x.UserId == person.Person).Select(x => x.Id).SingleAsync();
        Assert.Null((await Host.Get<MemberRegister>().RemoveAsync(member, Ana, CancellationToken.None)).Refusal);
    }

    protected async Task ChangeAsync(Actor person, Role role, Rights rights)
    {
        await using var db = Host.Database.Read(Ana.Workspace);
        var member = await db.Members.Where(x => x.UserId == person.Person).Select(x => x.Id).SingleAsync();
        Assert.Null((await Host.Get<MemberRegister>().ChangeAsync(member, role, rights, Ana, CancellationToken.None)).Refusal);
    }

    protected async Task ChooseAsync(Actor person, NoticeKind kind, NoticeDelivery delivery, int hour = 8, string zone = "Europe/Berlin") =>
        Assert.Null((await Host.Get<NoticeBook>().ChooseAsync(new NoticePlan(new Dictionary<NoticeKind, NoticeDelivery> { [kind] = delivery }, hour, zone), person, CancellationToken.None)).Refusal);

    protected static PipelineFile Gate(object settings, string name = "Letters") =>
        PipelineFile.Named(name).Input("text").Node("check", "approval", settings).Output("sent", "{{ check }}").Edge("input", "check").Edge("check", "out", "approved");

    /// <summary>A run that waits at its gate.</summary>
    protected async Task<Guid> HeldAsync(PipelineFile? file = null, object? inputs = null)
    {
        var run = await Host.RunAsync(await Host.PublishAsync(file ?? Gate(new { subject = "{{ input.text }}" })), inputs ?? new { text = "the secret content" });
        await Host.SettleAsync();
        return run;
    }

    /// <summary>Decides every open approval.</summary>
    protected async Task DecideAsync(Actor actor, string verb = "approve", int hold = 0)
    {
        foreach (var row in await Host.QueryAsync("SELECT Id, ContentHash FROM Approvals WHERE Status = 0"))
            Assert.Null((await Host.Get<ApprovalDesk>().DecideAsync(new Guid((byte[])row[0]!, true), new Decision { Verb = verb, ContentHash = (string)row[1]!, Comment = "because", ReleaseAfterSeconds = hold }, actor, CancellationToken.None)).Refusal);
        await Host.SettleAsync();
    }

    /// <summary>A unit of the journal.</summary>
    private protected Task WriteAsync(Action<JournalTables> unit) => Host.Get<JournalWriter>().WriteAsync(t =>
    {
        unit(t);
        return true;
    });

    /// <summary>A schedule of a pipeline; the answer is its number and id.</summary>
    protected Task<(int Key, Guid Id)> ScheduleAsync(Guid pipeline, Guid? owner) => Host.Database.WriteAsync(Ana.Workspace, async (db, cancel) =>
    {
        var made = new Data.Schedules.Schedule { Id = Guid.CreateVersion7(), PipelineKey = await db.Pipelines.Where(x => x.Id == pipeline).Select(x => x.Key).SingleAsync(cancel), Inputs = "{}", Cron = "0 8 * * *", TimeZone = "UTC", CreatedBy = "x", OwnerId = owner };
        db.Schedules.Add(made);
        await db.SaveChangesAsync(cancel);
        return (made.Key, made.Id);
    }, CancellationToken.None);

    /// <summary>Every notice as <c>person kind status count</c>, oldest first.</summary>
    protected async Task<List<string>> NoticesAsync()
    {
        await using var db = Host.Database.Read(Ana.Workspace);
        return (await db.Notices.Join(db.Users, x => x.PersonId, x => x.Id, (x, person) => new { x, person.Email }).OrderBy(x => x.x.Id).ToListAsync())
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Email!.Split('@')[0]} {x.x.Kind} {x.x.Status}{(x.x.Code is null ? "" : " " + x.x.Code)} {x.x.Count}")).ToList();
    }

    /// <summary>Moves the clock and waits until nothing is due any more; the dispatcher looks every two seconds of real time.</summary>
    protected async Task PassAsync(TimeSpan time)
    {
        var last = TimeSpan.FromMinutes(1);
        if (time >= FarAway) Clock.AdjustTime(Now + time - last); // of what ticks every two seconds nobody needs each tick of a day
        Clock.Advance(time >= FarAway ? last : time);
        await QuietAsync();
    }

    protected Task QuietAsync() => WaitAsync(async () => (long)(await Host.ScalarAsync($"SELECT COUNT(*) FROM Notices WHERE Status = 1 OR (Status = 0 AND NextTryAt <= {Now.ToUnixTimeMilliseconds()})"))! == 0);

    protected static async Task WaitAsync(Func<Task<bool>> condition)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!await condition())
        {
            if (since.Elapsed > TimeSpan.FromSeconds(30)) throw new TimeoutException();
            await Task.Delay(10);
        }
    }

    /// <summary>Who got how many mails.</summary>
    protected List<string> Received() => Server.Delivered.GroupBy(x => Assert.Single(x.Recipients).Split('@')[0], StringComparer.Ordinal).Select(x => $"{x.Key} {x.Count()}").Order(StringComparer.Ordinal).ToList();

    protected static MimeMessage Read(TakenMail mail) => MimeMessage.Load(new MemoryStream(mail.Content));

    protected static string All(TakenMail mail) => Encoding.UTF8.GetString(mail.Content) + Read(mail).TextBody + Read(mail).HtmlBody;

    protected static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);

    private async Task StartAsync()
    {
        var places = Places;
        Host = await EngineHost.StartAsync(_folder.FullName, _model.Address, services => services.AddSingleton<TimeProvider>(Clock).AddSingleton(places),
            Port is { } port ? [("Smtp:Host", "127.0.0.1"), ("Smtp:Port", port.ToString(CultureInfo.InvariantCulture)), ("Smtp:Security", "none"), ("Smtp:From", "Desk <desk@example.com>"), ("Urls", "http://0.0.0.0:5080;http://[::1]:5081")] : []);
    }
}
