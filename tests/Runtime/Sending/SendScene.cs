using System.Text;
using MimeKit;
using PromptDesigner.Data.Sending;
using PromptDesigner.Runtime.Tests.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>The engine with a mail server on loopback that does what a test says, and questions about its outbox.</summary>
public abstract class SendScene : RunScene
{
    private readonly Lazy<ScriptedSmtpServer> _server;

    protected SendScene() => _server = new Lazy<ScriptedSmtpServer>(() => new ScriptedSmtpServer((moment, line) => Deed(moment, line)));

    /// <summary>What the mail server does at a moment; null: what is right.</summary>
    protected Func<SmtpMoment, string, SmtpDeed?> Deed { get; set; } = (_, _) => null;

    protected ScriptedSmtpServer Server => _server.Value;

    protected override (string Key, string Value)[] Settings => MailSettings(Server.Port);

    protected static (string Key, string Value)[] MailSettings(int port) =>
        [("Smtp:Host", "127.0.0.1"), ("Smtp:Port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Smtp:Security", "none"), ("Smtp:From", "Desk <desk@example.com>")];

    /// <summary>A prompt, a gate that the administrator may pass, a mail.</summary>
    protected static PipelineFile Letter(object? retry = null, string to = "{{ input.to }}") => PipelineFile.Named("Letter").Input("to", "text")
        .Node("write", "prompt", new { prompt = "Answer {{ input.text }}", model = "stub/m" }).Node("check", "approval", new { subject = "{{ write }}", allowSelf = true })
        .Node("send", "email", new { to, subject = "About {{ input.text }}", text = "{{ check }}", retry = retry ?? new { attempts = 3, delaySeconds = 0 } })
        .Output("sent", "{{ send.delivery }}").Edge("input", "write").Edge("write", "check").Edge("check", "send", "approved").Edge("send", "out");

    protected Task<Guid> BeginAsync(PipelineFile? file = null, string text = "the parcel") => StartAsync(file ?? Letter(), new { to = "ana@example.org", text });

    /// <summary>Until a mail of the run stands so.</summary>
    protected Task MailAsync(Guid run, MailStatus status) => WaitAsync(async () => (await MailsAsync(run)).Any(x => x.StartsWith(status.ToString(), StringComparison.Ordinal)));

    /// <summary>Until the run is so.</summary>
    protected Task RunIsAsync(Guid run, string status) => WaitAsync(async () => await StatusAsync(run) == status);

    /// <summary>The run's mails as <c>status code</c>.</summary>
    protected async Task<List<string>> MailsAsync(Guid run) => (await Engine.QueryAsync($"SELECT Status, Code FROM Mails WHERE RunKey = {Key(run)} ORDER BY SortPath")).Select(x => $"{(MailStatus)(long)x[0]!} {x[1]}".Trim()).ToList();

    protected async Task<Guid> MailIdAsync(Guid run) => new((byte[])(await Engine.ScalarAsync($"SELECT Id FROM Mails WHERE RunKey = {Key(run)}"))!, true);

    protected async Task<string?> AnswerAsync(Guid run) => (string?)await Engine.ScalarAsync($"SELECT Answer FROM Mails WHERE RunKey = {Key(run)}");

    protected static MimeMessage Read(TakenMail mail) => MimeMessage.Load(new MemoryStream(mail.Content));

    protected static string TextOf(TakenMail mail) => Read(mail).TextBody!.ReplaceLineEndings("\n").TrimEnd('\n');

    protected static string Ascii(TakenMail mail) => Encoding.ASCII.GetString(mail.Content);
}
