using System.Diagnostics;
using System.Globalization;
using MimeKit;
using PromptDesigner.Data.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>Ten thousand mails to a server that refuses, puts off and breaks off by a seed: how many arrived, and that none arrived twice.</summary>
internal static class Sends
{
    private const int Runs = 100;
    private const int Each = 100;
    private const int Seed = 20_261_128;

    public static async Task RunAsync(Table table, string folder)
    {
        var random = new Random(Seed);
        var faults = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var server = new ScriptedSmtpServer((moment, _) =>
        {
            lock (random)
            {
                var chance = random.NextDouble();
                return moment switch
                {
                    SmtpMoment.Hello when chance < 0.01 => Fault("421 at the greeting", SmtpDeed.SayAndClose("421 4.3.2 too busy")),
                    SmtpMoment.Recipient when chance < 0.02 => Fault("refused for good", SmtpDeed.Say("550 5.1.1 no such person")),
                    SmtpMoment.Recipient when chance < 0.12 => Fault("greylisted", SmtpDeed.Say("451 4.7.1 come back later")),
                    SmtpMoment.Body when chance < 0.01 => Fault("cut in the text", SmtpDeed.Break),
                    SmtpMoment.Dot when chance < 0.02 => Fault("cut after the final dot", SmtpDeed.Close),
                    SmtpMoment.Dot when chance < 0.03 => Fault("put off after the final dot", SmtpDeed.Say("451 4.3.0 not now")),
                    _ => null,
                };
            }

            SmtpDeed Fault(string name, SmtpDeed deed)
            {
                faults[name] = faults.GetValueOrDefault(name) + 1;
                return deed;
            }
        });
        await using var engine = await EngineHost.StartAsync(folder, null, null, ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", server.Port.ToString(CultureInfo.InvariantCulture)), ("Smtp:Security", "none"), ("Smtp:From", "desk@example.com"));
        await engine.QueryAsync("UPDATE Workspaces SET MaySendUngated = 1");
        var pipeline = await engine.PublishAsync(PipelineFile.Named("Letters").ListInput("people")
            .Node("each", "forEach", new { items = "input.people", concurrency = 50, onItemError = "collect", result = "send.delivery" })
            .Node("send", "email", new { to = "{{ item }}", subject = "Hello", text = "A letter", retry = new { attempts = 20, delaySeconds = 0, backoff = "constant" } }, "each")
            .Output("sent", "{{ each }}").Edge("input", "each").Edge("each", "out"));
        var since = Stopwatch.StartNew();
        for (var run = 0; run < Runs; run++) await engine.RunAsync(pipeline, new { people = Enumerable.Range(0, Each).Select(x => $"p{run}-{x}@example.org") });
        while ((long)(await engine.ScalarAsync("SELECT (SELECT COUNT(*) FROM Runs WHERE Status < 2) + (SELECT COUNT(*) FROM Mails WHERE Status < 2)"))! > 0) await Task.Delay(50);
        var seconds = since.Elapsed.TotalSeconds;
        var states = (await engine.QueryAsync("SELECT Status, COUNT(*) FROM Mails GROUP BY Status ORDER BY Status")).ToDictionary(x => (MailStatus)(long)x[0]!, x => (long)x[1]!);
        var ids = server.Taken.Where(x => x.Answer is null or ['2', ..]).Select(x => MimeMessage.Load(new MemoryStream(x.Content)).MessageId).ToList();
        table.Add($"{Runs * Each:N0} mails with faults by seed {Seed}", $"{Runs * Each / seconds:N0} a second");
        table.Add("their faults", string.Join(", ", faults.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => $"{x.Key} {x.Value:N0}")));
        table.Add("what became of them", string.Join(", ", states.Select(x => $"{x.Key} {x.Value:N0}")));
        table.Add("received twice", $"{ids.Count - ids.Distinct(StringComparer.Ordinal).Count()} of {ids.Count:N0}");
    }
}
