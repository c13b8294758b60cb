using System.Collections.Concurrent;
using System.Net;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>What a model may write to harm whoever reads it: nothing of it runs, nothing is fetched, nothing leaves its place.</summary>
public sealed class HostileOutputTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private const string Filler = "A harmless sentence. ";

    [Theory]
    [InlineData("text")]
    [InlineData("markdown")]
    [InlineData("html")]
    [InlineData("json")]
    [InlineData("email")]
    public async Task Nothing_that_a_model_writes_runs_or_fetches(string preview)
    {
        using var canary = new Canary();
        var pipeline = await Site.GateAsync($"Shown as {preview}", new { subject = "input.content", context = "input.content", preview, editable = true });
        var screen = await OpenAsync(Site.Reviewer);
        var answered = new List<string>();
        screen.Page.Context.Response += (_, x) =>
        {
            if (!x.Url.StartsWith(Site.App.Address, StringComparison.Ordinal) && !x.Url.StartsWith("data:", StringComparison.Ordinal) && !x.Url.StartsWith("blob:", StringComparison.Ordinal)) answered.Add(x.Url);
        };
        if (preview is "html" or "email") screen.Expect("(?i)blocked|refused|violates|sandbox|policy"); // what the frame's policy stopped
        foreach (var content in Contents(canary.Address))
        {
            object value = preview == "email" ? new { to = "a@example.org\r\nBcc: b@example.org", subject = content.Length > 5_000 ? "Long" : content, html = content } : content;
            var run = await Site.App.Api.StartAsync(pipeline, new { content = value });
            var approval = await ApprovalOfAsync(Site.App, run);
            foreach (var path in new[] { $"/approvals/{approval}", $"/runs/{run}", $"/runs/{run}/steps/input" })
            {
                await screen.GoAsync(path);
                await screen.Seen(path.StartsWith("/approvals", StringComparison.Ordinal) ? ".middle" : "section.right *");
                foreach (var frame in screen.Page.Frames.Skip(1)) await frame.WaitForLoadStateAsync(LoadState.Load);
                Assert.True(await screen.Page.EvaluateAsync<bool>("() => typeof window.pwned === 'undefined'"));
                Assert.True(await screen.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path + " scrolls sideways: " + content[..Math.Min(80, content.Length)]);
                Assert.Equal(0, await screen["main a[href^='javascript' i], main script, main form, main [onerror], main [onclick], main img[src^=http], main iframe:not([sandbox=''])"].CountAsync());
            }
        }
        Assert.Empty(answered);
        Assert.Equal(0, canary.Requests);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("markdown")]
    public async Task Each_of_many_payloads_alone_runs_and_fetches_nothing(string preview)
    {
        using var canary = new Canary();
        var payloads = HostilePayloads.All(canary.Address);
        Assert.InRange(payloads.Count, 130, 200); // one page of approvals
        var app = await StartAsync(NewFolder());
        var pipeline = await app.Api.PublishAsync(Site.Gate("Shown as " + preview, new { subject = "input.content", preview }));
        var content = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(payloads, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (x, _) => content[await app.Api.StartAsync(pipeline, new { content = x })] = x);
        foreach (var run in content.Keys) Assert.Equal("Waiting", (await app.Api.SettledAsync(run)).GetProperty("status").GetString());
        var approvals = (await app.Api.GetAsync("/approvals?status=pending&limit=200")).Ok().GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(payloads.Count, approvals.Count);

        var screen = await OpenAsync(app, AppProcess.Administrator);
        screen.Expect("(?i)blocked|refused|violates|sandbox|policy|unsafe attempt"); // what the frame's policy stopped
        await screen.GoAsync("/"); // not the queue, which would have the first one open already
        foreach (var approval in approvals)
        {
            var id = approval.GetProperty("id").GetString();
            var framed = preview == "html" ? screen.Page.WaitForResponseAsync(x => x.Url.Contains($"/approvals/{id}/preview", StringComparison.Ordinal)) : null;
            await screen.Page.EvaluateAsync("to => Blazor.navigateTo(to)", $"/approvals/{id}");
            await screen.Seen($".item[data-approval-id='{id}'] .middle");
            if (framed is not null) await (await framed).FinishedAsync(); // not the frame's load: what is refused in it never loads
            var wrong = await screen.Page.EvaluateAsync<string>(Wrong);
            Assert.True(wrong.Length == 0, $"{wrong}: {content[approval.GetProperty("runId").GetString()!]}");
            Assert.True(canary.Requests == 0, "fetched: " + content[approval.GetProperty("runId").GetString()!]);
        }
        await screen.GoAsync("/"); // whatever was late has had its time
        Assert.Equal(0, canary.Requests);
    }

    private const string Wrong = """
        () => [
          typeof window.pwned === 'undefined' ? '' : 'it ran',
          document.documentElement.scrollWidth <= document.documentElement.clientWidth ? '' : 'the page scrolls sideways',
          document.elementFromPoint(10, 10).closest('.nav') ? '' : 'something lies over the page',
          document.querySelector("main a[href^='javascript' i], main script, main form, main style, main [onerror], main [onclick], main img[src^=http], main iframe:not([sandbox=''])") ? 'it is in the page' : '',
        ].filter(x => x).join(', ')
        """;

    private static IEnumerable<string> Contents(string canary)
    {
        string[] payloads =
        [
            "<script>window.pwned=1</script><script src='CANARY/s.js'></script>", "<img src=x onerror='window.pwned=1'><img src='CANARY/i.png'><svg onload='window.pwned=1'><image href='CANARY/v.png'/></svg>",
            "<style>@import 'CANARY/c.css'; body{background:url(CANARY/b.png)}</style><link rel=stylesheet href='CANARY/l.css'><div style='position:fixed;inset:0;z-index:9999;background:url(CANARY/f.png)'>over all</div>",
            "<form action='CANARY/form'><input name=q autofocus onfocus='window.pwned=1'><button>Send</button></form><meta http-equiv=refresh content='0;url=CANARY/m'><base href='CANARY/'>",
            "<iframe src='CANARY/frame'></iframe><iframe srcdoc='<script>parent.pwned=1</script>'></iframe><object data='CANARY/o'></object><embed src='CANARY/e'><video src='CANARY/v' autoplay></video>",
            "<a href='javascript:window.pwned=1'>one</a> [two](javascript:window.pwned=1) [three](JaVaScRiPt:alert(1)) [four](data:text/html,<script>alert(1)</script>) ![five](CANARY/md.png) <javascript:alert(1)> [six][x]\n\n[x]: javascript:alert(1)",
            "</textarea></iframe></div></main><script>window.pwned=1</script><!-- <math><mtext></table><img src=x onerror=window.pwned=1>", "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} @(window.pwned=1) %00 \\u003cscript\\u003ewindow.pwned=1\\u003c/script\\u003e",
        ];
        yield return string.Join("\n\n", payloads).Replace("CANARY", canary, StringComparison.Ordinal);
        yield return payloads[6].Replace("CANARY", canary, StringComparison.Ordinal);
        yield return "\u202eevil\u202c \u2066abc\u2069 Z\u0351\u036b\u0343\u036aa\u0363\u0364lg" + string.Concat(Enumerable.Repeat("\u0315\u031b\u0360", 200)) + " \u001b[31mred\u001b[0m \u001b]8;;http://x\u0007 " + new string('W', 4_000) + "\n" + string.Concat(Enumerable.Repeat("| a ", 300)) + "\n" + string.Concat(Enumerable.Repeat("|---", 300));
        yield return string.Concat(Enumerable.Repeat(Filler, 1_000_000 / Filler.Length));
    }

    /// <summary>A server that nobody may ask.</summary>
    private sealed class Canary : IDisposable
    {
        private readonly HttpListener _listener = new();
        private int _requests;

        public Canary()
        {
            while (true)
            {
                Address = $"http://127.0.0.1:{Random.Shared.Next(30_000, 32_000)}";
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add(Address + "/");
                try
                {
                    _listener.Start();
                    break;
                }
                catch (HttpListenerException)
                {
                    // taken: another one
                }
            }
            _ = CountAsync();
        }

        public string Address { get; }

        public int Requests => Volatile.Read(ref _requests);

        public void Dispose() => _listener.Close();

        private async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    Interlocked.Increment(ref _requests);
                    context.Response.Close();
                }
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // closed
            }
        }
    }
}
