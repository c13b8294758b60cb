using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PromptDesigner.Benchmarks;

/// <summary>Serves React Flow alone with the nodes of a pipeline, bundled from the application's own packages.</summary>
internal sealed class BarePage : IAsyncDisposable
{
    private const string Html = """<!doctype html><meta charset="utf-8"><title>Bare</title><link rel="stylesheet" href="/bare.css"><style>body { margin: 0; } #host { position: absolute; }</style><div id="host"></div><script type="module" src="/bare.js"></script>""";

    private readonly WebApplication _app;

    private BarePage(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>The pipeline file whose nodes are drawn.</summary>
    public string File { get; set; } = "{}";

    public static async Task<BarePage> StartAsync(string root, string folder)
    {
        var client = Path.Combine(root, "src", "Designer", "Client");
        var start = new ProcessStartInfo(Path.Combine(client, "node_modules", ".bin", "esbuild"), [
            Path.Combine(root, "tests", "Benchmarks", "Bare", "bare.tsx"), "--bundle", "--minify", "--format=esm", "--target=es2022", "--jsx=automatic", "--define:process.env.NODE_ENV=\"production\"", $"--outdir={folder}", "--log-level=warning"]);
        start.Environment["NODE_PATH"] = Path.Combine(client, "node_modules");
        using (var bundle = Process.Start(start)!)
        {
            await bundle.WaitForExitAsync();
            if (bundle.ExitCode != 0) throw new InvalidOperationException("The bare page could not be bundled.");
        }
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var page = new BarePage(app);
        app.MapGet("/", () => Results.Content(Html, "text/html"));
        app.MapGet("/graph", () => Results.Text(page.File, "application/json"));
        app.MapGet("/bare.js", () => Results.File(Path.Combine(folder, "bare.js"), "text/javascript"));
        app.MapGet("/bare.css", () => Results.File(Path.Combine(folder, "bare.css"), "text/css"));
        app.MapGet("/favicon.ico", () => Results.NoContent());
        await app.StartAsync();
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
