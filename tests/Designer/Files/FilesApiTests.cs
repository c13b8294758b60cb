using System.Net;
using System.Net.Http.Headers;
using System.Text;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Files;

[Collection(AppCollection.Name)]
public sealed class FilesApiTests(App app)
{
    [Fact]
    public async Task A_file_goes_up_and_comes_down_as_an_attachment()
    {
        var up = await app.Ana.UploadAsync("../Straße \u202E.csv", "a,b\n1,2\n"u8.ToArray());
        Assert.Equal(HttpStatusCode.Created, up.Status);
        Assert.Equal(("Straße .csv", "text/csv", 8), (up.Json.GetProperty("name").GetString(), up.Json.GetProperty("contentType").GetString(), up.Json.GetProperty("size").GetInt32()));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", App.KeyOf(Who.Viewer));
        using var down = await http.GetAsync($"{app.Address}/api/v1/files/{up.Json.GetProperty("id").GetString()}");
        Assert.Equal("a,b\n1,2\n", await down.Content.ReadAsStringAsync());
        Assert.Equal(("text/csv", "attachment", "Straße .csv"), (down.Content.Headers.ContentType!.MediaType, down.Content.Headers.ContentDisposition!.DispositionType, down.Content.Headers.ContentDisposition.FileNameStar));
        Assert.Equal(("nosniff", "sandbox; default-src 'none'"), (down.Headers.GetValues("X-Content-Type-Options").Single(), down.Headers.GetValues("Content-Security-Policy").Single()));
    }

    [Fact]
    public async Task A_run_takes_a_file_by_its_id()
    {
        var pipeline = await app.Ana.PublishAsync(PipelineFile.Named("File").Node("input", "input", new { fields = new[] { new { name = "file", type = "file", required = true } } }).Output("answer", "{{ input.file.rows[0].b }}").Edge("input", "out"));
        var file = (await app.Ana.UploadAsync("a.csv", "a,b\n1,2\n"u8.ToArray())).Ok().GetProperty("id").GetString();
        var run = (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { file } })).Ok();
        Assert.Equal("2", run.GetProperty("outputs").GetProperty("answer").GetString());
        Assert.Equal("input_type", (await app.Ana.PostAsync($"/pipelines/{pipeline}/runs", new { inputs = new { file = Guid.NewGuid() } })).Code);
    }

    [Fact]
    public async Task More_than_the_limit_is_too_large_whether_its_length_is_said_or_not()
    {
        var most = new byte[25 * 1024 * 1024 + 1];
        Array.Fill(most, (byte)'x');
        Assert.Equal("too_large", (await app.Ana.UploadAsync("a.txt", most)).Code);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", App.KeyOf(Who.Designer));
        using var form = new MultipartFormDataContent { { new StreamContent(new MemoryStream(most)), "file", "a.txt" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Address + "/api/v1/files") { Content = form, Headers = { TransferEncodingChunked = true } };
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await app.Ana.UploadAsync("a.txt", most[1..])).Status);
        Assert.Empty(Directory.GetFiles(Path.Combine(app.Folder, "files"), "*.part"));
    }

    [Fact]
    public async Task What_is_no_upload_is_refused()
    {
        Assert.Equal("unsupported_media_type", (await app.Ana.UploadAsync("a.zip", "PK"u8.ToArray())).Code);
        Assert.Equal("unsupported_media_type", (await app.Ana.PostAsync("/files", new { })).Code);
        Assert.Equal("unsupported_media_type", (await app.Ana.PostAsync("/files", ""u8.ToArray(), ("Content-Type", "multipart/form-data"))).Code);
        Assert.Equal("request_invalid", (await app.Ana.UploadAsync("a.txt", "x"u8.ToArray(), "other")).Code);
        Assert.Equal("bad_query", (await app.Ana.PostAsync("/files", Encoding.UTF8.GetBytes("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\ncut"), ("Content-Type", "multipart/form-data; boundary=b"))).Code);
        Assert.Equal("not_found", (await app.Ana.GetAsync("/files/none")).Code);
        Assert.Equal("not_found", (await app.Ana.GetAsync($"/files/{Guid.NewGuid()}")).Code);
    }
}
