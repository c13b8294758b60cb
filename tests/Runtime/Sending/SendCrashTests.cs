using Microsoft.Extensions.DependencyInjection;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>The process dies at every place between the approval and the end of a run that sends: a mail is received at most once, and where nobody knows it says so.</summary>
public sealed class SendCrashTests
{
    [Fact]
    public async Task Wherever_it_dies_a_mail_arrives_at_most_once()
    {
        var hits = await RunAsync(int.MaxValue);
        Assert.True(hits > 10, $"{hits} places");
        for (var at = 1; at <= hits; at++) await RunAsync(at);
    }

    /// <summary>Approves and lets the process die at a hit after that; the answer is how many there were.</summary>
    private static async Task<int> RunAsync(int deathAt)
    {
        await using var mail = new ScriptedSmtpServer();
        await using var model = new ScriptedModelServer(_ => new ScriptedReply(), keepsLog: false);
        var folder = Directory.CreateTempSubdirectory("pd-send-").FullName;
        var settings = new (string, string)[] { ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", mail.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("Smtp:Security", "none"), ("Smtp:From", "desk@example.com") };
        var (counts, dead, hits) = (false, false, 0);
        var places = new CrashPoints
        {
            OnHit = place =>
            {
                if (!Volatile.Read(ref counts)) return;
                if (Volatile.Read(ref dead)) throw new SimulatedCrashException(place);
                if (Interlocked.Increment(ref hits) != deathAt) return;
                Volatile.Write(ref dead, true);
                throw new SimulatedCrashException(place);
            },
        };
        Guid run;
        await using (var first = await EngineHost.StartAsync(folder, model.Address, x => x.AddSingleton(places), settings))
        {
            run = await first.RunAsync(await first.PublishAsync(Letter()), new { text = "x" });
            await first.SettleAsync();
            var open = (await first.QueryAsync("SELECT Id, ContentHash FROM Approvals"))[0];
            var decided = first.Get<ApprovalDesk>();
            Volatile.Write(ref counts, true);
            try
            {
                await decided.DecideAsync(new Guid((byte[])open[0]!, true), new Decision { Verb = "approve", ContentHash = (string)open[1]! }, first.Actor, CancellationToken.None);
            }
            catch (SimulatedCrashException)
            {
                // it died before it could answer
            }
            await EndsAsync(first, () => Volatile.Read(ref dead));
            Volatile.Write(ref counts, false);
            if (Volatile.Read(ref dead)) await first.QueryAsync("SELECT 1"); // what a dead process has committed stays
        }
        await using var second = await EngineHost.StartAsync(folder, model.Address, null, settings);
        await EndsAsync(second, () => false);
        var status = (long)(await second.ScalarAsync("SELECT Status FROM Runs"))!;
        var stored = await second.QueryAsync("SELECT Status FROM Mails");
        var received = mail.Delivered.Count();
        Assert.True(received <= 1, $"death at {deathAt}: received {received} times");
        var approved = (long)(await second.ScalarAsync("SELECT COUNT(*) FROM Approvals WHERE Status = 1"))! == 1;
        if (!approved) Assert.Equal((0, 0), (received, stored.Count));
        else if ((long)stored.Single()[0]! == 4) Assert.Equal(2L, status); // uncertain: it waits for a person
        else Assert.Equal((1, 3L, 2L), (received, status, (long)stored.Single()[0]!));
        Directory.Delete(folder, recursive: true);
        return hits;
    }

    private static async Task EndsAsync(EngineHost engine, Func<bool> isDead)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!isDead())
        {
            if (since.Elapsed > TimeSpan.FromSeconds(30)) throw new TimeoutException();
            var run = (await engine.QueryAsync("SELECT Status, WaitingFor FROM Runs"))[0];
            var isOpen = (long)(await engine.ScalarAsync("SELECT COUNT(*) FROM Approvals WHERE Status = 0"))! > 0;
            if ((long)run[0]! > 2 || ((long)run[0]! == 2 && ((long)run[1]! == 3 || isOpen))) return;
            await Task.Delay(5);
        }
    }

    private static PipelineFile Letter() => PipelineFile.Named("Letter").Input("text").Node("check", "approval", new { subject = "{{ input.text }}", allowSelf = true })
        .Node("send", "email", new { to = "ana@example.org", subject = "x", text = "{{ check }}", retry = new { attempts = 2, delaySeconds = 0 } })
        .Output("sent", "{{ send.delivery }}").Edge("input", "check").Edge("check", "send", "approved").Edge("send", "out");
}
