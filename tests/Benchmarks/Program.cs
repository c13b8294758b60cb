using System.Diagnostics;
using System.Text.Json;
using PromptDesigner.Benchmarks;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

// One command measures everything: dotnet run -c Release --project tests/Benchmarks [part of a name], and "canvas paint" only how soon the canvas is drawn
var only = args.FirstOrDefault() ?? "";
var table = new Table();
var folder = Directory.CreateTempSubdirectory("pd-bench-").FullName;
await using var model = new ScriptedModelServer(keepsLog: false);

bool Wanted(string name) => name.Contains(only, StringComparison.OrdinalIgnoreCase);

double loopChains = 0, loopSingles = 0;
if (Wanted("chains") || Wanted("singles") || Wanted("starter"))
{
    var file = Path.Combine(folder, "loop.db");
    await using (var loop = new Loop(model.Address, file))
    {
        await loop.RunAsync(500, 5, Work.Text, 64);
        loopChains = 2_000 / (await loop.RunAsync(2_000, 5, Work.Text, 64)).TotalSeconds;
        loopSingles = 10_000 / (await loop.RunAsync(10_000, 1, Work.Text, 64)).TotalSeconds;
    }
    table.Add("the loop, chains of five prompts", $"{loopChains:N0} runs/s");
    table.Add("the loop, single prompts", $"{loopSingles:N0} runs/s");
}
if (Wanted("starter")) await Throughput.StarterAsync(table, Path.Combine(folder, "starter"), model.Address, loopChains);
if (Wanted("chains") || Wanted("singles")) await Throughput.HttpAsync(table, Path.Combine(folder, "http"), model.Address, loopChains, loopSingles);
if (Wanted("overhead")) await Latency.RunAsync(table, Path.Combine(folder, "latency"), model.Address);
if (Wanted("parallel")) await Latency.ParallelAsync(table, Path.Combine(folder, "parallel"));
if (Wanted("size")) await Size.RunAsync(table, Path.Combine(folder, "size"), model.Address);
if (Wanted("waiting")) await Waiting.RunAsync(table, Path.Combine(folder, "waiting"), model.Address);
if (Wanted("start")) await Footprint.RunAsync(table, Path.Combine(folder, "start"), model.Address);
if (Wanted("scale")) await Scale.RunAsync(table, Path.Combine(folder, "scale"), model.Address);
if (Wanted("growth")) await Growth.RunAsync(table, Path.Combine(folder, "growth"), model.Address);
if (Wanted("sends")) await Sends.RunAsync(table, Path.Combine(folder, "sends"));
if (Wanted("schedules")) await SlotDelays.RunAsync(table, Path.Combine(folder, "schedules"));
if (Wanted("screens")) await Screens.RunAsync(table, Path.Combine(folder, "screens"), args.Length > 1 ? long.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
if (Wanted("canvas")) await CanvasSpeed.RunAsync(table, Path.Combine(folder, "canvas"), paintsOnly: args.Contains("paint"));
Console.WriteLine();
Console.WriteLine(table);
Directory.Delete(folder, recursive: true);
