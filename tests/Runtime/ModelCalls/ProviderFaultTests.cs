using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PromptDesigner.Data.Runs;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.ModelCalls;

/// <summary>What providers do wrong, and what the gateway makes of it: asked whole, streamed, and for JSON.</summary>
public sealed class ProviderFaultTests
{
    private const string Big = "The model's answer is larger than 10 MB";

    private static readonly Dictionary<string, (ScriptedReply Reply, string Code, int Requests, string Part)> Faults = new()
    {
        ["429"] = (new() { Status = 429, Body = "{}"u8.ToArray() }, "provider_rate_limit", 3, "429"),
        ["429 that means the quota"] = (new() { Status = 429, Body = Error("You exceeded your current quota") }, "provider_error", 1, "quota"),
        ["500"] = (new() { Status = 500, Body = Error("boom") }, "provider_error", 3, "internal problem (500)"),
        ["502 with a page"] = (new() { Status = 502, Body = "<html>Bad gateway</html>"u8.ToArray(), ContentType = "text/html" }, "provider_error", 3, "502"),
        ["529"] = (new() { Status = 529, Body = Error("overloaded") }, "provider_error", 3, "529"),
        ["400"] = (new() { Status = 400, Body = Error("maximum context length is 128000 tokens") }, "provider_error", 1, "maximum context length"),
        ["401"] = (new() { Status = 401, Body = Error($"Incorrect API key provided: {GatewayHarness.Key}") }, "provider_auth", 1, "key"),
        ["403"] = (new() { Status = 403, Body = Error("forbidden") }, "provider_auth", 1, "403"),
        ["402"] = (new() { Status = 402, Body = Error("payment required") }, "provider_error", 1, "402"),
        ["404"] = (new() { Status = 404, Body = Error("no such model") }, "provider_error", 1, "404"),
        ["content filter"] = (new() { FinishReason = "content_filter" }, "content_refused", 1, "content filter"),
        ["cut by the token limit"] = (new() { FinishReason = "length" }, "answer_cut", 1, "maxTokens"),
        ["reset before the head"] = (new() { Reset = true }, "provider_error", 3, "could not be reached"),
        ["end in the middle, with a length"] = (new() { CutAfter = 60 }, "provider_error", 3, ""),
        ["end in the middle, without a length"] = (new() { CutAfter = 60, NoLength = true }, "provider_error", 3, ""),
        ["no finish reason"] = (new() { FinishReason = null }, "provider_error", 3, ""),
        ["empty answer"] = (new() { Text = "" }, "provider_error", 3, "empty"),
        ["no choices"] = (new() { Body = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[]}"""u8.ToArray() }, "provider_error", 3, ""),
        ["null content"] = (new() { Body = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}"""u8.ToArray() }, "provider_error", 3, ""),
        ["wrong types"] = (new() { Body = """{"choices":"none"}"""u8.ToArray() }, "provider_error", 3, ""),
        ["broken JSON"] = (new() { Body = "{\"id\":"u8.ToArray() }, "provider_error", 3, ""),
        ["not JSON"] = (new() { Body = "OK"u8.ToArray(), ContentType = "text/plain" }, "provider_error", 3, ""),
        ["empty body"] = (new() { Body = [] }, "provider_error", 3, ""),
        ["204"] = (new() { Status = 204, Body = [] }, "provider_error", 3, ""),
        ["a web page with 200"] = (new() { Body = "<!doctype html><title>Sign in</title>"u8.ToArray(), ContentType = "text/html" }, "provider_error", 3, "web page"),
        ["a redirect to this machine"] = (new() { Status = 302, Body = [], Headers = ["Location: http://127.0.0.1:5432/"] }, "provider_error", 1, "redirect"),
        ["a redirect to a file"] = (new() { Status = 301, Body = [], Headers = ["Location: file:///etc/passwd"] }, "provider_error", 1, "redirect"),
        ["invalid UTF-8"] = (new() { Body = [.. """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a"""u8, 0xC3, 0x28, .. "\"},\"finish_reason\":\"stop\"}]}"u8] }, "provider_error", 3, ""),
        ["a body of 12 MB"] = (new() { Text = new string('x', 12_000_000) }, "provider_error", 1, Big),
        ["a gzip bomb"] = (new() { Body = Gzip(60_000_000), Headers = ["Content-Encoding: gzip"] }, "provider_error", 1, Big),
    };

    public static TheoryData<string, string> Table
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in Faults.Keys)
                foreach (var how in new[] { "whole", "streaming", "JSON" }) data.Add(name, how);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_fault_ends_in_its_code_after_as_many_requests_as_make_sense(string name, string how)
    {
        var (reply, code, requests, part) = Faults[name];
        await using var harness = new GatewayHarness(_ => reply);
        var before = GC.GetTotalAllocatedBytes();
        var outcome = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(Request(how), how == "streaming"));
        Assert.Equal(code, outcome.Code);
        Assert.Equal(requests, harness.Server.Count);
        Assert.Contains(part, outcome.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(GatewayHarness.Key, outcome.Message, StringComparison.Ordinal);
        Assert.Equal(requests, harness.Log.Count);
        Assert.All(harness.Log, row => Assert.Equal((ModelCallStatus.Failed, code), (row.Status, row.ErrorCode)));
        Assert.All(harness.Log, row => Assert.DoesNotContain(GatewayHarness.Key, row.ErrorMessage, StringComparison.Ordinal));
        // While it streams the scripted server itself makes a million events.
        if (how != "streaming") Assert.True(GC.GetTotalAllocatedBytes() - before < 400_000_000, "a body that is too large was read");
    }

    [Theory]
    [InlineData("Retry-After: 2", 2.0)]
    [InlineData("Retry-After: 0", 0.0)]
    [InlineData("Retry-After: 86400", 300.0)]
    [InlineData("Retry-After: Thu, 31 Dec 2099 23:59:59 GMT", 300.0)]
    [InlineData("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", 0.0)]
    [InlineData("Retry-After: 99999999999", null)]
    [InlineData("Retry-After: -1", null)]
    [InlineData("Retry-After: soon", null)]
    public async Task A_wish_for_a_wait_is_honoured_up_to_five_minutes_and_garbage_is_ignored(string header, double? seconds)
    {
        await using var harness = new GatewayHarness(r => r.Number == 1 ? new ScriptedReply { Status = 429, Body = "{}"u8.ToArray(), Headers = [header] } : new ScriptedReply());
        Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(GatewayHarness.Ask("x") with { Retry = new RetrySettings { DelaySeconds = 10, Backoff = Backoff.Constant } }));
        var waits = harness.Clock.Skipped.ToList();
        if (seconds is 0) Assert.Empty(waits);
        else if (seconds is { } wanted) Assert.Equal(wanted, Assert.Single(waits).TotalSeconds, 1.0);
        else Assert.InRange(Assert.Single(waits).TotalSeconds, 5, 15);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silence_in_the_middle_of_an_answer_ends_it(bool streams)
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Text = new string('x', 4_000), SilentAfter = 900 });
        harness.Clock.SkipsSilence = true;
        var outcome = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(streams: streams));
        Assert.Equal("timeout", outcome.Code);
        Assert.Equal(3, harness.Server.Count);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\ndata: [DONE]\n\n")]
    [InlineData("")]
    [InlineData("data: {\"id\":\n\n")]
    public async Task A_stream_that_goes_wrong_after_its_first_words_is_no_answer(string rest)
    {
        const string first = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Half an \"},\"finish_reason\":null}]}\n\n";
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Body = Encoding.UTF8.GetBytes(first + rest), ContentType = "text/event-stream" });
        var failed = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(streams: true));
        Assert.Equal("provider_error", failed.Code);
        Assert.Equal(3, harness.Server.Count);
        Assert.All(harness.Log, row => Assert.Equal(ModelCallStatus.Failed, row.Status));
    }

    [Fact]
    public async Task A_drip_ends_with_the_time_limit_of_the_attempt()
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Drip = TimeSpan.FromMilliseconds(50) });
        var outcome = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync(GatewayHarness.Ask("x") with { Timeout = TimeSpan.FromMilliseconds(400), Retry = new RetrySettings { Attempts = 1 } }));
        Assert.Equal("timeout", outcome.Code);
        Assert.Contains("0.4 s", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_nobody_answers_for_is_unreachable()
    {
        await using var harness = new GatewayHarness(null, ("Models:Connections:stub:Endpoint", "http://127.0.0.1:9/v1"));
        var outcome = Assert.IsType<ModelOutcome.Failed>(await harness.AskAsync());
        Assert.Equal("provider_error", outcome.Code);
        Assert.Contains("could not be reached", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(3, harness.Log.Count);
    }

    [Theory]
    [InlineData("""{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}],"usage":{"prompt_tokens":-4,"completion_tokens":-1,"total_tokens":-5}}""")]
    [InlineData("""{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"fine"},"finish_reason":"stop"}]}""")]
    public async Task Without_usable_usage_tokens_are_counted_here(string body)
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Body = Encoding.UTF8.GetBytes(body) });
        Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync());
        var row = Assert.Single(harness.Log);
        Assert.Equal(1, row.OutputTokens);
        Assert.InRange(row.InputTokens, 1, 20);
        Assert.True(row.Cost > 0);
    }

    [Theory]
    [InlineData("😀 \u202E rtl \u200B é", "😀 \u202E rtl \u200B é")]
    [InlineData("a\u0000b", "ab")]
    public async Task Odd_characters_arrive_whole_and_zeros_are_taken_out(string sent, string read)
    {
        await using var harness = new GatewayHarness(_ => new ScriptedReply { Text = sent });
        Assert.Equal(read, Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync()).Text);
        Assert.Equal(read, Assert.IsType<ModelOutcome.Answered>(await harness.AskAsync(streams: true)).Text);
    }

    private static ModelRequest Request(string how) => how == "JSON"
        ? GatewayHarness.Ask("x") with { Json = true, Schema = JsonDocument.Parse("""{"type":"object"}""").RootElement }
        : GatewayHarness.Ask("x");

    private static byte[] Error(string message) => JsonSerializer.SerializeToUtf8Bytes(new { error = new { message, type = "x", code = "y" } });

    private static byte[] Gzip(int length)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(new byte[length]);
        return packed.ToArray();
    }
}
