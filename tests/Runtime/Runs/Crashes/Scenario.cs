using System.Text.Json;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Runs.Crashes;

/// <summary>A small graph, what a driver does with its run, and how the run must end.</summary>
/// <param name="Name">For messages.</param>
/// <param name="File">The pipeline.</param>
/// <param name="Inputs">The run's inputs.</param>
/// <param name="Decisions">What a reviewer decides about the first, second, … approval of each gate: a verb, or <c>hold</c>, or <c>undo</c> (hold, undo, then approve).</param>
/// <param name="Status">The run's status at the end.</param>
/// <param name="Retries">How often the driver retries a run that failed.</param>
/// <param name="Cancels">The driver cancels the run when it waits.</param>
/// <param name="Attempts">How many requests one owner may make for a step; those of an owner that dies die with it.</param>
/// <param name="Script">What the model does, by how often the step was called before.</param>
public sealed record Scenario(
    string Name, PipelineFile File, object Inputs, string[] Decisions, string Status, int Retries = 0, bool Cancels = false, int Attempts = 1, Func<ScriptedRequest, int, ScriptedReply>? Script = null)
{
    private static ScriptedReply Broken => new() { Status = 400, Body = "{}"u8.ToArray() };

    /// <summary>Every scenario, by name.</summary>
    public static IReadOnlyDictionary<string, Scenario> All { get; } = new Scenario[]
    {
        new("chain", PipelineFile.Chain(2, "stub/m"), new { text = "x" }, [], "Succeeded"),
        new("fan", Fan(), new { text = "x" }, [], "Succeeded"),
        new("list", List(), new { list = new[] { "a", "b", "c" } }, [], "Succeeded"),
        new("repeat", Repeat(), new { text = "x" }, [], "Succeeded", Script: (x, _) => new ScriptedReply { Text = x.Step.StartsWith("again[1]", StringComparison.Ordinal) ? "ok" : "more" }),
        new("gate", Gate("approval", null), new { text = "x" }, ["approve"], "Succeeded"),
        new("held", Gate("approval", null), new { text = "x" }, ["hold"], "Succeeded"),
        new("undone", Gate("approval", null), new { text = "x" }, ["undo"], "Succeeded"),
        new("rejected", Gate("approval", null), new { text = "x" }, ["reject"], "Rejected"),
        new("revised", Gate("approval", "p"), new { text = "x" }, ["requestChanges", "approve"], "Succeeded"),
        new("gates", ListOfGates(), new { list = new[] { "a", "b" } }, ["approve"], "Succeeded"),
        new("wait", Waits(), new { text = "x" }, [], "Succeeded"),
        new("retry", PipelineFile.Chain(2, "stub/m"), new { text = "x" }, [], "Succeeded", Retries: 1, Script: (x, before) => x.Step == "p2" && before == 0 ? Broken : new ScriptedReply()),
        new("again", Patient(), new { text = "x" }, [], "Succeeded", Attempts: 2, Script: (x, before) => before == 0 ? new ScriptedReply { Status = 500, Body = "{}"u8.ToArray() } : new ScriptedReply()),
        new("cancel", Gate("approval", null), new { text = "x" }, [], "Cancelled", Cancels: true),
    }.ToDictionary(x => x.Name, StringComparer.Ordinal);

    private static PipelineFile Fan() => PipelineFile.Named("Fan").Input("text").Node("a", "prompt", new { prompt = "a {{ input.text }}", model = "stub/m" })
        .Node("b", "prompt", new { prompt = "b {{ input.text }}", model = "stub/m" }).Node("join", "text", new { template = "{{ a }} {{ b }}" })
        .Node("last", "prompt", new { prompt = "{{ join }}", model = "stub/m" }).Output("got", "{{ last }}")
        .Edge("input", "a").Edge("input", "b").Edge("a", "join").Edge("b", "join").Edge("join", "last").Edge("last", "out");

    private static PipelineFile List() => PipelineFile.Named("List").ListInput("list").Node("each", "forEach", new { items = "input.list", concurrency = 2, result = "p" })
        .Node("p", "prompt", new { prompt = "{{ item }}", model = "stub/m" }, "each").Output("got", "{{ each }}").Edge("input", "each").Edge("each", "out");

    private static PipelineFile Repeat() => PipelineFile.Named("Repeat").Input("text")
        .Node("again", "repeat", new { until = new { all = new[] { new { left = "p", op = "equals", right = "ok" } } }, feedback = "not {{ p }}", result = "p" })
        .Node("p", "prompt", new { prompt = "{{ attempt }} {{ feedback }}", model = "stub/m" }, "again").Output("got", "{{ again }}").Edge("input", "again").Edge("again", "out");

    private static PipelineFile Gate(string kind, string? revise) => PipelineFile.Named("Gate").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m" })
        .Node("gate", kind, revise is null ? new { subject = "{{ p }}", allowSelf = true } : new { subject = "{{ p }}", allowSelf = true, revise })
        .Node("send", "prompt", new { prompt = "send {{ gate }}", model = "stub/m" }).Output("got", "{{ send }}")
        .Edge("input", "p").Edge("p", "gate").Edge("gate", "send", "approved").Edge("send", "out");

    private static PipelineFile ListOfGates() => PipelineFile.Named("Gates").ListInput("list").Node("each", "forEach", new { items = "input.list", concurrency = 1, result = "send" })
        .Node("gate", "approval", new { subject = "{{ item }}", allowSelf = true }, "each").Node("send", "prompt", new { prompt = "send {{ gate }}", model = "stub/m" }, "each")
        .Output("got", "{{ each }}").Edge("input", "each").Edge("gate", "send", "approved").Edge("each", "out");

    private static PipelineFile Waits() => PipelineFile.Named("Wait").Input("text").Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m" })
        .Node("pause", "wait", new Dictionary<string, object> { ["for"] = "PT0.05S" }).Node("q", "prompt", new { prompt = "{{ p }}", model = "stub/m" })
        .Output("got", "{{ q }}").Edge("input", "p").Edge("p", "pause").Edge("pause", "q").Edge("q", "out");

    private static PipelineFile Patient() => PipelineFile.Named("Patient").Input("text")
        .Node("p", "prompt", new { prompt = "{{ input.text }}", model = "stub/m", retry = new { attempts = 3, delaySeconds = 0.001 } })
        .Output("got", "{{ p }}").Edge("input", "p").Edge("p", "out");
}
