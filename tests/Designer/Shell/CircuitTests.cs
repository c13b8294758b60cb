using System.Net;
using System.Net.WebSockets;
using PromptDesigner.Designer.Shell;

namespace PromptDesigner.Designer.Tests.Shell;

[Collection(AppCollection.Name)]
public sealed class CircuitTests(App app)
{
    private const string Invoke = "BeginInvokeDotNetFromJS";

    [Theory, InlineData(100_000), InlineData(1_000_000), InlineData(5_000_000)]
    public async Task A_text_of_megabytes_typed_into_a_form_comes_through(int size)
    {
        await using var circuit = await StartedAsync();
        await circuit.CallAsync(Invoke, "big", null, "DispatchEventAsync", 99, "[\"" + new string('x', size) + "\"]");
        await circuit.HearAsync("JS.EndInvokeDotNet");
        await circuit.CallAsync(Invoke, "after", null, "DispatchEventAsync", 99, "[]");
        await circuit.HearAsync("JS.EndInvokeDotNet");
    }

    [Fact]
    public async Task What_is_larger_than_any_request_ends_the_page_and_nothing_else()
    {
        await using var circuit = await StartedAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await circuit.CallAsync(Invoke, "big", null, "DispatchEventAsync", 99, "[\"" + new string('x', RequestBody.MostBytes) + "\"]");
            await circuit.HearAsync("JS.EndInvokeDotNet");
        });
        await FineAsync();
    }

    [Fact]
    public async Task Wrong_ids_and_unknown_methods_reach_nothing()
    {
        var rows = await app.RowsAsync();
        await using (var circuit = await StartedAsync())
            foreach (var (assembly, method, target) in (IEnumerable<(string?, string, int)>)[(null, "OnKey", 1), (null, "ApproveAsync", 2), ("PromptDesigner.Designer", "OnKey", 0), ("System.Private.CoreLib", "System.IO.File.Delete", 0), ("PromptDesigner.Runtime", "DecideAsync", 0)])
            {
                await circuit.CallAsync(Invoke, "x", assembly, method, target, "[\"a\"]");
                Assert.DoesNotContain(" at PromptDesigner", await circuit.HearAsync("JS.EndInvokeDotNet"), StringComparison.Ordinal);
            }
        foreach (var message in (byte[][])[[0xc1], [0x96, 1], [.. Enumerable.Repeat((byte)0x91, 1_000)], [0xdd, 0xff, 0xff, 0xff, 0xff], [0x96, 0x01, 0x80, 0xa1, 0x31, 0xa4, 0x4e, 0x6f, 0x70, 0x65, 0x90, 0x90]])
        {
            await using var circuit = await StartedAsync();
            await circuit.SendAsync(message);
        }
        await FineAsync();
        Assert.Equal(rows, await app.RowsAsync());
    }

    [Fact]
    public async Task A_thousand_calls_at_once_leave_the_server_well()
    {
        await using var circuit = await StartedAsync();
        for (var i = 0; i < 1_000; i++) await circuit.CallAsync(Invoke, "x", null, "OnKey", 77, "[\"a\"]");
        await FineAsync();
    }

    [Fact]
    public async Task A_person_has_twenty_pages_open_at_most_and_others_are_not_concerned()
    {
        var browser = await Browser.OfAsync(app, Who.Operator);
        var open = new Stack<Circuit>();
        try
        {
            while (open.Count < RateLimits.PagesPerPerson) open.Push(await Circuit.OpenAsync(app.Address, browser));
            Assert.Contains("429", (await Assert.ThrowsAsync<WebSocketException>(() => Circuit.OpenAsync(app.Address, browser))).Message, StringComparison.Ordinal);
            await using (await Circuit.OpenAsync(app.Address, await Browser.OfAsync(app, Who.Designer))) Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/runs")).Status);
            await open.Pop().DisposeAsync();
            var since = System.Diagnostics.Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    open.Push(await Circuit.OpenAsync(app.Address, browser));
                    return; // the place of the page that was closed
                }
                catch (WebSocketException) when (since.Elapsed < TimeSpan.FromSeconds(10))
                {
                    await Task.Delay(20);
                }
            }
        }
        finally
        {
            foreach (var circuit in open) await circuit.DisposeAsync();
        }
    }

    [Fact]
    public async Task Another_site_s_page_opens_no_circuit_and_nobody_else_does()
    {
        var browser = await Browser.OfAsync(app, Who.Designer);
        foreach (var origin in (string[])["https://evil.example.org", "null", app.Address + ".evil.example.org", "http://127.0.0.1:1"])
            Assert.Contains("403", (await Assert.ThrowsAsync<WebSocketException>(() => Circuit.OpenAsync(app.Address, browser, origin))).Message, StringComparison.Ordinal);
        using var nobody = new Browser(app.Address);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null)).Status);
    }

    private async Task<Circuit> StartedAsync()
    {
        var circuit = await Circuit.OpenAsync(app.Address, await Browser.OfAsync(app, Who.Viewer));
        await circuit.StartAsync(app.Address);
        return circuit;
    }

    private async Task FineAsync()
    {
        await using var circuit = await StartedAsync();
        Assert.Equal("ready", (await app.Ana.GetAsync("!/health/ready")).Ok().GetProperty("status").GetString());
    }
}
