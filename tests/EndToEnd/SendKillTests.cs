using System.Globalization;
using System.Net;
using PromptDesigner.Support;
using Xunit.Abstractions;

namespace PromptDesigner.EndToEnd.Tests;

/// <summary>The real process is killed again and again between approvals and sends; what the mail server received is compared with what is stored.</summary>
[Collection("Processes")] // one after the other, beside those in a browser
public sealed class SendKillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 50;
    private const int Mails = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-sendkill-").FullName;
    private readonly Random _random = new(20_261_127);
    private AppProcess? _app;
    private int _begun;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Forty_mails_survive_fifty_kills_each_received_once_or_left_to_a_person()
    {
        await using var mail = new ScriptedSmtpServer((moment, _) =>
        {
            if (moment == SmtpMoment.Data) Interlocked.Increment(ref _begun);
            if (moment is SmtpMoment.Data or SmtpMoment.Dot) Thread.Sleep(15); // a network: so that kills meet mails on their way
            return null;
        });
        (string, string?)[] settings = [("Smtp:Host", "127.0.0.1"), ("Smtp:Port", mail.Port.ToString(CultureInfo.InvariantCulture)), ("Smtp:Security", "none"), ("Smtp:From", "desk@example.com")];
        var app = _app = await AppProcess.StartAsync(_folder, settings);
        settings = [.. settings, ("Urls", app.Address)];
        var pipeline = await app.Api.PublishAsync(Letter());
        var runs = new List<string>();
        for (var i = 0; i < Mails; i++) runs.Add(await app.Api.StartAsync(pipeline, new { to = $"m{i}@example.org" }));
        foreach (var run in runs) await app.Api.SettledAsync(run);
        for (var kill = 0; kill < Kills; kill++)
        {
            var begun = Volatile.Read(ref _begun);
            var approving = ApproveAsync(app, 1);
            if (kill % 3 > 0) await BeginsAsync(begun, approving); // two of three meet a mail that is about to leave, or leaves
            await Task.Delay(_random.Next(60)); // the moment of the kill: chosen by chance, waits for nothing
            await app.KillAsync();
            await approving;
            await app.DisposeAsync();
            app = _app = await AppProcess.StartAsync(_folder, settings);
        }
        await ApproveAsync(app, Mails);
        var (sent, uncertain) = (0, 0);
        var received = () => mail.Delivered.Where(x => !x.Recipients.Contains(AppProcess.Administrator)).ToList(); // who may approve is told that something waits
        foreach (var run in runs)
        {
            await Wait.UntilAsync("the run is over, or waits for a person to find out", async () => await StateAsync(app, run) is "Succeeded " or "Waiting resolution", seconds: 60);
            var to = $"m{runs.IndexOf(run)}@example.org";
            var times = received().Count(x => x.Recipients.Contains(to));
            if (await StateAsync(app, run) == "Succeeded ")
            {
                sent++;
                Assert.Equal((to, 1), (to, times));
            }
            else
            {
                uncertain++;
                Assert.True(times <= 1, $"{to} was received {times} times");
            }
        }
        var all = received();
        Assert.All(all, x => Assert.Single(x.Recipients));
        Assert.Equal(all.Count, all.Select(x => x.Recipients[0]).Distinct().Count());
        Assert.InRange(uncertain, 0, Kills);
        Assert.True(all.Count >= 30, $"only {all.Count} were received");
        Assert.True(uncertain > 0, "No kill met a mail on its way; the experiment shows nothing.");
        output.WriteLine($"{sent} sent, {uncertain} uncertain of which {all.Count - sent} were received; {_begun} were begun");
    }

    /// <summary>Until one more mail is being handed over, or the approval is answered.</summary>
    private async Task BeginsAsync(int begun, Task approving)
    {
        while (Volatile.Read(ref _begun) == begun && !approving.IsCompleted) await Task.Delay(2);
    }

    /// <summary>Approves as many of the open approvals; the process may die meanwhile.</summary>
    private static async Task ApproveAsync(AppProcess app, int most)
    {
        try
        {
            foreach (var approval in (await app.Api.GetAsync("/approvals?status=pending&limit=200")).Ok().GetProperty("items").EnumerateArray().Take(most))
                await app.Api.PostAsync($"/approvals/{approval.GetProperty("id").GetString()}/decision", new { decision = "approve", contentHash = approval.GetProperty("contentHash").GetString() });
        }
        catch (Exception error) when (error is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            // it was killed; whether the decision was stored shows at the next start
        }
    }

    private static async Task<string> StateAsync(AppProcess app, string run)
    {
        var found = await app.Api.GetAsync($"/runs/{run}");
        return found.Status != HttpStatusCode.OK ? "" : $"{found.Ok().GetProperty("status").GetString()} {(found.Ok().TryGetProperty("waitingFor", out var what) && what.ValueKind == System.Text.Json.JsonValueKind.String ? what.GetString() : "")}";
    }

    private static PipelineFile Letter() => PipelineFile.Named("Letter").Input("to").Node("check", "approval", new { subject = "Hello {{ input.to }}", allowSelf = true })
        .Node("send", "email", new { to = "{{ input.to }}", subject = "Hello", text = "{{ check }}", retry = new { attempts = 20, delaySeconds = 0, backoff = "constant" } })
        .Output("sent", "{{ send.delivery }}").Edge("input", "check").Edge("check", "send", "approved").Edge("send", "out");
}
