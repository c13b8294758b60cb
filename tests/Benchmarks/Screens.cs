using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.Benchmarks;

/// <summary>From a click to the changed screen, in a real browser: quiet and while chains run, with many runs stored.</summary>
internal static class Screens
{
    private const int Each = 25;
    private const int Gates = 200;
    private const string Password = "correct horse battery";

    public static async Task RunAsync(Table table, string folder, long stored)
    {
        await using var model = new ScriptedModelServer(latency: TimeSpan.FromMilliseconds(50), keepsLog: false);
        (string, string?)[] settings = [.. EngineHost.Settings(model.Address).Select(x => (x.Key, x.Value)), ("Models:Connections:practice:Kind", "practice"), ("Models:Default", "practice/practice")];
        string chain, triage;
        await using (var first = await AppProcess.StartAsync(folder, settings))
        {
            chain = await first.Api.PublishAsync(PipelineFile.Chain(StoredRuns.Prompts, "stub/m", Work.Before));
            (await first.Api.PostAsync($"/pipelines/{chain}/runs?wait=20", new { inputs = new { text = Work.Text } })).Ok();
            triage = (await first.Api.GetAsync("/pipelines")).Ok().GetProperty("items").EnumerateArray().First(x => x.GetProperty("name").GetString() == "Support triage").GetProperty("id").GetString()!;
            await first.TerminateAsync(TimeSpan.FromSeconds(30));
        }
        await StoredRuns.FillAsync("Data Source=" + Path.Combine(folder, "promptdesigner.db"), stored);
        var since = Stopwatch.StartNew();
        await using var app = await AppProcess.StartAsync(folder, settings);
        using (var http = new HttpClient()) (await http.GetAsync(app.Address + "/sign-in")).EnsureSuccessStatusCode();
        table.Add($"start to first page with {stored:N0} runs stored", $"{since.Elapsed.TotalSeconds:0.00} s");
        for (var i = 0; i < Gates; i++) (await app.Api.PostAsync($"/pipelines/{triage}/runs", new { inputs = new { text = $"I was charged twice for invoice {i}." } })).Ok();

        while ((await app.Api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(20);

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--renderer-process-limit=4"],
        });
        var page = await SignInAsync(browser, app.Address, AppProcess.Administrator);
        await MeasureAsync(table, page, app.Address, "quiet", triage);
        var rate = await RateAsync(app.Api, chain);
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(app.Api, chain, rate / 2, stop.Token);
        await MeasureAsync(table, page, app.Address, $"while {rate / 2:0} chains/s are submitted", triage);
        await stop.CancelAsync();
        await load;
        await CircuitsAsync(table, browser, app, triage);
        await app.TerminateAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Signs in once; the answer is what a new window needs to be signed in.</summary>
    public static async Task<string> SignedInAsync(IBrowser browser, string address)
    {
        var page = await SignInAsync(browser, address, AppProcess.Administrator);
        var state = await page.Context.StorageStateAsync();
        await page.Context.CloseAsync();
        return state;
    }

    private static async Task<IPage> SignInAsync(IBrowser browser, string address, string email)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(address + "/sign-in");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Password);
        await page.ClickAsync("button[type=submit]");
        await page.WaitForSelectorAsync("html[data-ready=on]");
        return page;
    }

    private static async Task MeasureAsync(Table table, IPage page, string address, string when, string triage)
    {
        await page.GotoAsync(address + "/");
        await page.WaitForSelectorAsync("html[data-ready=on]");
        (string Name, string Before, string Click, string Then)[] clicks =
        [
            ("list of pipelines", "a[href='/']", "a[href='/pipelines']", ".page .names"),
            ("list of runs, first page", "a[href='/']", "a[href='/runs']", ".picks [data-run-id]"),
            ("a run's page", "a[href='/runs']", ".picks [data-run-id] a", ".run [data-step-path]"),
            ("the approvals' queue", "a[href='/']", "a[href='/approvals']", ".desk .item [data-action=approve]"),
        ];
        foreach (var (name, before, click, then) in clicks)
        {
            var times = new List<double>();
            for (var i = 0; i < Each; i++)
            {
                await page.ClickAsync($"nav {before}");
                await page.WaitForSelectorAsync(click);
                await page.WaitForFunctionAsync("then => !document.querySelector(then)", then);
                times.Add(await ClickAsync(page, click, then));
            }
            Add(table, $"{name}, {when}", times);
        }
        Add(table, $"runs filtered by 'Failed', {when}", await AddressesAsync(page, address + "/runs", "/runs?status=Failed", ".page .empty, .page .picks"));
        Add(table, $"the form that starts a run, {when}", await AddressesAsync(page, address + $"/pipelines/{triage}", $"/pipelines/{triage}/run", "[data-input=text]", $"a[href='/pipelines/{triage}/run'][data-action=run]"));
    }

    /// <summary>Goes by a link of the page, so that the circuit stays.</summary>
    private static async Task<List<double>> AddressesAsync(IPage page, string from, string to, string then, string? link = null)
    {
        var times = new List<double>();
        for (var i = 0; i < Each; i++)
        {
            await page.GotoAsync(from);
            await page.WaitForSelectorAsync("html[data-ready=on]");
            await page.WaitForSelectorAsync("[data-live=on]");
            if (link is null) await page.EvaluateAsync("to => { const a = document.createElement('a'); a.href = to; a.id = 'go'; a.textContent = 'go'; document.querySelector('main').prepend(a); }", to);
            times.Add(link is null
                ? await page.EvaluateAsync<double>(Timed, new { click = "#go", then = then, address = to })
                : await ClickAsync(page, link, then));
        }
        return times;
    }

    private const string Timed = """
        ({ click, then, address }) => new Promise((done, fail) => {
          const start = performance.now();
          const seen = () => document.querySelector(then) && (!address || location.href.endsWith(address));
          const timer = setTimeout(() => fail(new Error('not seen: ' + then)), 20000);
          const watch = new MutationObserver(() => { if (seen()) { watch.disconnect(); clearTimeout(timer); requestAnimationFrame(() => done(performance.now() - start)); } });
          watch.observe(document.documentElement, { childList: true, subtree: true, attributes: true });
          document.querySelector(click).click();
        })
        """;

    private static Task<double> ClickAsync(IPage page, string click, string then) => page.EvaluateAsync<double>(Timed, new { click, then, address = (string?)null });

    private static void Add(Table table, string name, List<double> times)
    {
        times.Sort();
        table.Add(name + ", p50 / p95", $"{times[times.Count / 2]:0} / {times[(int)(times.Count * 0.95)]:0} ms");
    }

    /// <summary>The highest rate of chains over HTTP, from 400 submitted at once.</summary>
    private static async Task<double> RateAsync(ApiClient api, string chain)
    {
        const int runs = 400;
        var since = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, runs), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) => (await api.PostAsync($"/pipelines/{chain}/runs", new { inputs = new { text = Work.Text } })).Ok());
        while ((await api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(20);
        return runs / since.Elapsed.TotalSeconds;
    }

    private static async Task LoadAsync(ApiClient api, string chain, double perSecond, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        var sent = new List<Task<ApiClient.Reply>>();
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) sent.Add(api.PostAsync($"/pipelines/{chain}/runs", new { inputs = new { text = Work.Text } }));
        }
        catch (OperationCanceledException)
        {
            // measured
        }
        foreach (var reply in await Task.WhenAll(sent)) reply.Ok();
        while ((await api.GetAsync("/runs?status=Queued,Running&limit=1")).Ok().GetProperty("items").GetArrayLength() > 0) await Task.Delay(20, CancellationToken.None);
    }

    /// <summary>Idle pages of runs in 100 and 200 circuits, and how quick another page is beside them.</summary>
    private static async Task CircuitsAsync(Table table, IBrowser browser, AppProcess app, string triage)
    {
        const int eachPerson = 18; // a person may have twenty at once
        var before = app.WorkingSet;
        var open = 0;
        IBrowserContext? person = null;
        foreach (var wanted in new[] { 100, 200 })
        {
            for (; open < wanted; open++)
            {
                if (open % eachPerson == 0)
                {
                    var email = $"person{open}@example.org";
                    (await app.Api.PostAsync("/members", new { email, role = "Viewer", password = Password })).Ok();
                    person = (await SignInAsync(browser, app.Address, email)).Context;
                }
                var page = await person!.NewPageAsync();
                await page.GotoAsync(app.Address + "/runs");
                await page.WaitForSelectorAsync("[data-live=on]");
            }
            table.Add($"memory of an idle circuit, {wanted} open", $"{(app.WorkingSet - before) / (double)wanted / 1024:0} KiB");
            await using var mine = (await SignInAsync(browser, app.Address, AppProcess.Administrator)).Context;
            await MeasureAsync(table, mine.Pages[0], app.Address, $"beside {wanted} circuits", triage);
        }
    }
}
