using System.Text.Json;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime.Pipelines.Trials;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>What is remembered for trying: inputs for everybody, pins for one, and what the nodes gave last.</summary>
public sealed class TrialTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private Guid _pipeline;

    private TestInputs Inputs => _screen.Host.Get<TestInputs>();

    private Pins Pins => _screen.Host.Get<Pins>();

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        _pipeline = await _screen.Host.PublishAsync(PipelineFile.Chain(2, "stub/m"));
    }

    public async Task DisposeAsync() => await _screen.DisposeAsync();

    [Fact]
    public async Task Inputs_are_kept_for_all_replaced_by_name_and_forgotten()
    {
        var ben = await _screen.MemberAsync(Role.Designer);
        await Inputs.SaveAsync(_pipeline, " An angry customer ", Json(new { text = "No!" }), _screen.Ana, CancellationToken.None);
        await Inputs.SaveAsync(_pipeline, "An angry customer", Json(new { text = "Never!" }), ben, CancellationToken.None);
        var kept = Assert.Single(await Inputs.ListAsync(_pipeline, _screen.Ana, CancellationToken.None));
        Assert.Equal(("An angry customer", """{"text":"Never!"}""", ben.Name), (kept.Name, kept.Inputs, kept.CreatedBy));
        Assert.Equal(kept.Inputs, (await Inputs.RemoveAsync(_pipeline, kept.Name, ben, CancellationToken.None)).Value);
        Assert.Null((await Inputs.RemoveAsync(_pipeline, kept.Name, ben, CancellationToken.None)).Value);
        Assert.Empty(await Inputs.ListAsync(_pipeline, ben, CancellationToken.None));
    }

    [Theory]
    [InlineData("", "{}", "request_invalid")]
    [InlineData("List", "[]", "request_invalid")]
    public async Task Wrong_inputs_are_refused_in_words(string name, string inputs, string code) =>
        Assert.Equal(code, (await Inputs.SaveAsync(_pipeline, name, JsonDocument.Parse(inputs).RootElement, _screen.Ana, CancellationToken.None)).Refusal?.Code);

    [Fact]
    public async Task What_is_too_large_or_elsewhere_is_refused()
    {
        Assert.Equal("limit", (await Inputs.SaveAsync(_pipeline, "Large", Json(new { text = new string('x', 1_100_000) }), _screen.Ana, CancellationToken.None)).Refusal?.Code);
        Assert.Equal("request_invalid", (await Inputs.SaveAsync(_pipeline, new string('n', 81), Json(new { }), _screen.Ana, CancellationToken.None)).Refusal?.Code);
        Assert.Equal("not_found", (await Inputs.SaveAsync(Guid.NewGuid(), "Lost", Json(new { }), _screen.Ana, CancellationToken.None)).Refusal?.Code);
        Assert.Equal("limit", (await Pins.SetAsync(_pipeline, "p1", new KnownOutput(Json(new string('x', 1_100_000)), null), _screen.Ana, CancellationToken.None))?.Code);
        Assert.Equal("not_found", (await Pins.SetAsync(Guid.NewGuid(), "p1", new KnownOutput(Json("x"), null), _screen.Ana, CancellationToken.None))?.Code);
        var vera = await _screen.MemberAsync(Role.Viewer);
        Assert.Equal("forbidden", (await Inputs.SaveAsync(_pipeline, "Mine", Json(new { }), vera, CancellationToken.None)).Refusal?.Code);
        Assert.Equal("forbidden", (await Pins.SetAsync(_pipeline, "p1", null, vera, CancellationToken.None))?.Code);
    }

    [Fact]
    public async Task A_pin_is_one_person_s_and_is_replaced_and_let_go()
    {
        var ben = await _screen.MemberAsync(Role.Designer);
        Assert.Null(await Pins.SetAsync(_pipeline, "p1", new KnownOutput(Json("first"), null), _screen.Ana, CancellationToken.None));
        Assert.Null(await Pins.SetAsync(_pipeline, "p1", new KnownOutput(Json("second"), "error"), _screen.Ana, CancellationToken.None));
        var pin = Assert.Single(await Pins.OfAsync(_pipeline, _screen.Ana, CancellationToken.None));
        Assert.Equal(("p1", "second", "error"), (pin.Key, pin.Value.Output.GetString(), pin.Value.Port));
        Assert.Empty(await Pins.OfAsync(_pipeline, ben, CancellationToken.None));
        Assert.Null(await Pins.SetAsync(_pipeline, "p1", null, _screen.Ana, CancellationToken.None));
        Assert.Empty(await Pins.OfAsync(_pipeline, _screen.Ana, CancellationToken.None));
    }

    [Fact]
    public async Task The_newest_outputs_of_the_last_runs_are_known()
    {
        var outputs = _screen.Host.Get<LastOutputs>();
        var pipeline = await _screen.Host.PublishAsync(PipelineFile.Named("Texts").ListInput("list").Node("t", "text", new { template = "{{ input.list | size }}" })
            .Node("each", "forEach", new { items = "input.list", result = "inner" }).Node("inner", "text", new { template = "{{ item }}!" }, "each").Output("got", "{{ t }}").Edge("input", "t").Edge("t", "each").Edge("each", "out"));
        Assert.Empty(await outputs.ReadAsync(pipeline, _screen.Ana.Workspace, CancellationToken.None));
        foreach (var list in new string[][] { ["a"], ["b", "c"] })
        {
            await _screen.Host.RunAsync(pipeline, new { list });
            await _screen.Host.SettleAsync();
        }
        var known = await outputs.ReadAsync(pipeline, _screen.Ana.Workspace, CancellationToken.None);
        Assert.Equal(["each", "inner", "input", "out", "t"], known.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("2", "c!", """{"got":"2"}""", """["b!","c!"]"""), (known["t"].Output.GetString(), known["inner"].Output.GetString(), known["out"].Output.GetRawText(), known["each"].Output.GetRawText()));
        Assert.Empty(await outputs.ReadAsync(pipeline, _screen.Ana.Workspace + 1, CancellationToken.None));
    }

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);
}
