using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace PromptDesigner.Support;

/// <summary>The real application as a process of its own, on a free port and a data directory that outlives it.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    /// <summary>The administrator's own key.</summary>
    public const string Key = "test-key-0123456789abcdef";

    /// <summary>The administrator.</summary>
    public const string Administrator = "ana@example.org";

    /// <summary>The administrator's password.</summary>
    public const string Password = "correct horse battery";

    private readonly StringBuilder _output = new();
    private readonly Process _process;

    private AppProcess(Process process, string address)
    {
        _process = process;
        Address = address;
        Api = new ApiClient(address, Key);
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>A client with the administrator's key.</summary>
    public ApiClient Api { get; }

    /// <summary>Memory that it holds, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="dataDirectory">Kept between starts.</param>
    /// <param name="settings">Configuration beside the bootstrap, with colons in keys; null leaves one of the bootstrap out.</param>
    public static async Task<AppProcess> StartAsync(string dataDirectory, params (string Key, string? Value)[] settings)
    {
        var app = Launch(dataDirectory, settings);
        var deadline = Stopwatch.StartNew();
        while (!await app.Api.IsReadyAsync())
        {
            if (app._process.HasExited) throw new InvalidOperationException($"The application ended with {app._process.ExitCode}:\n{app.Output}");
            if (deadline.Elapsed > TimeSpan.FromSeconds(60)) throw new TimeoutException("The application is not ready after 60 s:\n" + app.Output);
            await Task.Delay(10);
        }
        return app;
    }

    /// <summary>Starts it without waiting.</summary>
    public static AppProcess Launch(string dataDirectory, params (string Key, string? Value)[] settings)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [Dll]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        var all = new Dictionary<string, string>
        {
            ["Urls"] = address, ["DataDirectory"] = dataDirectory, ["Bootstrap:AdminEmail"] = Administrator, ["Bootstrap:AdminPassword"] = Password,
            ["Bootstrap:ApiKey"] = Key,
        };
        foreach (var (key, value) in settings)
        {
            if (value is null) all.Remove(key);
            else all[key] = value;
        }
        foreach (var (key, value) in all) start.Environment["PROMPTDESIGNER__" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var app = new AppProcess(Process.Start(start)!, Uri.IsWellFormedUriString(all["Urls"], UriKind.Absolute) ? all["Urls"] : address);
        app._process.OutputDataReceived += app.Take;
        app._process.ErrorDataReceived += app.Take;
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        return app;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop (SIGTERM); the answer is its exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan patience)
    {
        Signal(15);
        using var time = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(time.Token);
        return _process.ExitCode;
    }

    /// <summary>Waits for its end; the answer is its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan patience)
    {
        using var time = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(time.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int number)
    {
        if (SendSignal(_process.Id, number) != 0) throw new InvalidOperationException($"Signal {number} could not be sent.");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Api.Dispose();
        _process.Dispose();
    }

    private static string Dll
    {
        get
        {
            if (Environment.GetEnvironmentVariable("PROMPTDESIGNER_APP") is { } published) return published;
            var here = AppContext.BaseDirectory;
            var configuration = here.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
            var root = new DirectoryInfo(here);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "PromptDesigner.sln"))) root = root.Parent;
            return Path.Combine(root!.FullName, "src", "Designer", "bin", configuration, "net10.0", "PromptDesigner.Designer.dll");
        }
    }

    /// <summary>
    /// A free port below those that the system lends to connections: a process that is killed and started again must find its port free,
    /// also while clients try it in between.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 30_000);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken: another one
            }
        }
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_output) _output.AppendLine(line.Data);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
