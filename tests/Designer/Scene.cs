using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests;

/// <summary>Things that requests can be about, made once: a published pipeline, drafts, a run that is over, one that waits.</summary>
public sealed class Scene
{
    private static readonly SemaphoreSlim Once = new(1, 1);
    private static readonly Dictionary<App, Scene> Made = [];
    private Dictionary<string, string> _names = [];

    /// <summary>The scene of an application.</summary>
    public static async Task<Scene> OfAsync(App app)
    {
        await Once.WaitAsync();
        try
        {
            if (Made.TryGetValue(app, out var scene)) return scene;
            return Made[app] = await MakeAsync(app);
        }
        finally
        {
            Once.Release();
        }
    }

    /// <summary>Puts the scene's ids in place of <c>{names}</c>.</summary>
    public string Fill(string text) => _names.Aggregate(text, (filled, name) => filled.Replace("{" + name.Key + "}", name.Value, StringComparison.Ordinal));

    private static async Task<Scene> MakeAsync(App app)
    {
        var pipeline = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        var unpublished = (await app.Ana.PostAsync("/pipelines", PipelineFile.Chain(1, "stub/m").ToBytes())).Ok().GetProperty("id").GetString()!;
        var broken = (await app.Ana.PostAsync("/pipelines", PipelineFile.Named("Broken").Input("text").Output("x", "{{ nobody }}").Edge("input", "out").ToBytes())).Ok().GetProperty("id").GetString()!;
        var archived = await app.Ana.PublishAsync(PipelineFile.Chain(1, "stub/m"));
        (await app.Ana.SendAsync(HttpMethod.Patch, $"/pipelines/{archived}", new { archived = true })).Ok();
        var over = (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "hello" } })).Ok().GetProperty("id").GetString()!;
        var held = await app.HeldAsync(App.Gate("Held"));
        var cancelled = await app.HeldAsync(App.Gate("Held and cancelled"));
        (await app.Ana.PostAsync($"/runs/{cancelled.Run}/cancel")).Ok();
        var mail = (await app.LetterAsync(app.Ana, "Kept")).Mail;
        var schedule = (await app.Ana.PostAsync("/schedules", new { pipeline, inputs = new { text = "x" }, cron = "0 0 1 1 *", timeZone = "UTC" })).Ok().GetProperty("id").GetString()!;
        var file = (await app.Ana.UploadAsync("scene.txt", "Hello"u8.ToArray())).Ok().GetProperty("id").GetString()!;
        var list = (await app.Ana.GetAsync("/runs?limit=1")).Ok().GetProperty("next").GetString()!;
        (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "once" } }, ("Idempotency-Key", "used"))).Ok();
        return new Scene
        {
            _names = new Dictionary<string, string>
            {
                ["pipeline"] = pipeline, ["unpublished"] = unpublished, ["broken"] = broken, ["archived"] = archived, ["over"] = over, ["waiting"] = held.Run, ["approval"] = held.Approval, ["hash"] = held.Hash,
                ["cancelled"] = cancelled.Run, ["withdrawn"] = cancelled.Approval, ["withdrawnHash"] = cancelled.Hash, ["nobody"] = Guid.NewGuid().ToString(), ["runsCursor"] = list, ["file"] = file, ["mail"] = mail, ["schedule"] = schedule,
            },
        };
    }
}
