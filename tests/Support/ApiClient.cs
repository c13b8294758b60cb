using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace PromptDesigner.Support;

/// <summary>A program that calls the HTTP API.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>A client of an application at an address, with a key.</summary>
    public ApiClient(string address, string? key)
        : this(new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(120) }, key)
    {
    }

    /// <summary>A client over one that exists.</summary>
    public ApiClient(HttpClient http, string? key)
    {
        _http = http;
        if (key is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>An answer: status, JSON where it is some, headers.</summary>
    public sealed record Reply(HttpStatusCode Status, JsonElement Json, string Text, HttpResponseHeaders Headers)
    {
        /// <summary>The stable code of a refusal.</summary>
        public string? Code => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("code", out var code) ? code.GetString() : null;

        /// <summary>The answer, where it is a success; a failure is thrown with its text.</summary>
        public JsonElement Ok() => (int)Status < 300 ? Json : throw new InvalidOperationException($"{(int)Status}: {Text}");
    }

    /// <summary>Sends a request below <c>/api/v1</c>; a path that begins with <c>!</c> is taken from the root.</summary>
    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('!') ? path[1..] : "/api/v1" + path);
        if (body is not null)
        {
            var bytes = body switch
            {
                byte[] raw => raw,
                string text => Encoding.UTF8.GetBytes(text),
                _ => JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web),
            };
            request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }
        foreach (var (name, value) in headers)
        {
            if (!name.StartsWith("Content-", StringComparison.Ordinal)) request.Headers.TryAddWithoutValidation(name, value);
            else if (request.Content!.Headers.Remove(name) | true) request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true && answer.Length > 0;
        return new Reply(response.StatusCode, isJson ? JsonSerializer.Deserialize<JsonElement>(answer) : default, answer, response.Headers);
    }

    /// <summary>Reads.</summary>
    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Writes.</summary>
    public Task<Reply> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    /// <summary>Uploads a file as a form's field <c>file</c>.</summary>
    public Task<Reply> UploadAsync(string name, byte[] content, string field = "file", params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, "/files",
        (byte[])[.. Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"), .. content, .. "\r\n--b--\r\n"u8],
        [("Content-Type", "multipart/form-data; boundary=b"), .. headers]);

    /// <summary>True once <c>/health/ready</c> says so.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await GetAsync("!/health/ready")).Status == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or System.Net.Sockets.SocketException) // a connection that breaks while it is set up comes as it is
        {
            return false;
        }
    }

    /// <summary>Makes a pipeline and publishes it; the answer is its id.</summary>
    public async Task<string> PublishAsync(PipelineFile file)
    {
        var made = (await PostAsync("/pipelines", file.ToBytes())).Ok();
        var id = made.GetProperty("id").GetString()!;
        (await PostAsync($"/pipelines/{id}/versions", new { note = "first" })).Ok();
        return id;
    }

    /// <summary>Starts a run; the answer is its id.</summary>
    public async Task<string> StartAsync(string pipeline, object inputs) =>
        (await PostAsync($"/pipelines/{pipeline}/runs", new { inputs })).Ok().GetProperty("id").GetString()!;

    /// <summary>Reads a run until it is over or waiting.</summary>
    public async Task<JsonElement> SettledAsync(string run, TimeSpan? patience = null)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var found = (await GetAsync($"/runs/{run}")).Ok();
            if (found.GetProperty("status").GetString() is not ("Queued" or "Running")) return found;
            if (since.Elapsed > (patience ?? TimeSpan.FromSeconds(30))) throw new TimeoutException($"Run {run} is not settled: {found}");
            await Task.Delay(15);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();
}
