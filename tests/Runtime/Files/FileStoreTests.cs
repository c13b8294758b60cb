using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Files;
using PromptDesigner.Data.Schedules;
using PromptDesigner.Runtime.Files;
using PromptDesigner.Runtime.Tests.Accounts;

namespace PromptDesigner.Runtime.Tests.Files;

public sealed class FileStoreTests : IAsyncLifetime
{
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 1, 2];

    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync(settings: ("Files:MaxBytes", "200000"));

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    private FileStore Store => _place.Get<FileStore>();

    private string Folder => Path.Combine(_place.Folder, "files");

    public static TheoryData<string, string?, string?> Names => new()
    {
        { "a.txt", null, "text/plain" }, { "a.MD", null, "text/markdown" }, { "a.csv", "application/zip", "text/csv" }, { "a.json", null, "application/json" }, { "a.jsonl", null, "application/jsonl" },
        { "a.ndjson", null, "application/jsonl" }, { "notes", null, "text/plain" }, { "notes", "text/csv; charset=utf-8", "text/csv" }, { "notes", "application/zip", null }, { "a.zip", "text/plain", null },
        { "a.exe", null, null }, { "a.csv.exe", null, null }, { "a.html", null, null }, { "a.svg", null, null }, { "a.docx", null, null },
    };

    [Theory, MemberData(nameof(Names))]
    public async Task A_name_says_what_kind_a_file_is_and_whether_it_is_taken(string name, string? said, string? kind)
    {
        var stored = await UploadAsync("1", name, said);
        if (kind is null) Assert.Equal("unsupported_media_type", stored.Refusal!.Code);
        else Assert.Equal((name, kind, 1L), (stored.Value!.Name, stored.Value.ContentType, stored.Value.Size));
    }

    [Fact]
    public async Task Bytes_must_be_what_the_name_promises()
    {
        foreach (var (name, bytes) in ((string, byte[])[])[("a.png", Png), ("a.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), ("a.pdf", "%PDF-1.7"u8.ToArray()), ("a.txt", [0xEF, 0xBB, 0xBF, .. "héé"u8])])
            Assert.Null((await UploadAsync(bytes, name)).Refusal);
        byte[][] wrong = ["MZ\0\u0003"u8.ToArray(), "PK\u0003\u0004"u8.ToArray(), [0xFF, 0xFE, 0x41, 0x00], "caf\u00e9"u8.ToArray()[..^1], [0xE9, 0x74]];
        foreach (var bytes in wrong) Assert.Equal("unsupported_media_type", (await UploadAsync(bytes, "a.csv")).Refusal!.Code);
        foreach (var name in (string[])["a.png", "a.jpg", "a.pdf"]) Assert.Equal("unsupported_media_type", (await UploadAsync("PK\u0003\u0004", name)).Refusal!.Code);
        Assert.Equal("unsupported_media_type", (await UploadAsync(Png[..5], "a.png")).Refusal!.Code);
        Assert.Equal("/file", Assert.Single((await UploadAsync("", "a.txt")).Refusal!.Errors!).Path);
        Assert.Equal(4, Directory.GetFiles(Folder).Length);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\Users\\ana\\list.csv", "list.csv")]
    [InlineData("a\r\nX: y\0\u202Etxt.txt", "aX ytxt.txt")]
    [InlineData("..", "file")]
    [InlineData("\"quoted\".txt", "quoted.txt")]
    public async Task A_name_keeps_no_folder_and_nothing_that_deceives(string given, string kept) => Assert.Equal(kept, (await UploadAsync("x", given)).Value!.Name);

    [Fact]
    public async Task A_file_over_the_limit_leaves_nothing_behind()
    {
        Assert.Equal("too_large", (await UploadAsync(new string('x', 200_001), "a.txt")).Refusal!.Code);
        Assert.Null((await UploadAsync(new string('x', 200_000), "a.txt")).Refusal);
        await Assert.ThrowsAsync<IOException>(() => Store.UploadAsync(new BrokenStream(), "a.txt", null, _place.Ana, default));
        Assert.Single(Directory.GetFiles(Folder));
        Assert.Equal(1L, await _place.Host.ScalarAsync("SELECT COUNT(*) FROM StoredFiles"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    [Fact]
    public async Task A_table_beyond_its_limits_is_refused()
    {
        Assert.Equal("limit", (await UploadAsync(string.Join(',', Enumerable.Range(0, 201)) + "\n1", "a.csv")).Refusal!.Code);
        Assert.Equal("limit", (await UploadAsync("a,b\n1," + new string('x', 100_001), "a.csv")).Refusal!.Code);
        Assert.Contains("Line 2", (await UploadAsync("{}\nnot json", "a.jsonl")).Refusal!.Message, StringComparison.Ordinal);
        Assert.Null((await UploadAsync("a\n" + string.Concat(Enumerable.Repeat("1\n", 90_000)), "a.csv")).Refusal);
    }

    [Fact]
    public async Task The_same_request_twice_stores_once()
    {
        var first = await Store.UploadAsync(new MemoryStream("x"u8.ToArray()), "a.txt", null, _place.Ana, default, "key");
        var again = await Store.UploadAsync(new MemoryStream("x"u8.ToArray()), "a.txt", null, _place.Ana, default, "key");
        Assert.Equal(first.Value!.Id, again.Value!.Id);
        Assert.Equal("idempotency_reused", (await Store.UploadAsync(new MemoryStream("y"u8.ToArray()), "a.txt", null, _place.Ana, default, "key")).Refusal!.Code);
        Assert.Single(Directory.GetFiles(Folder));
        Assert.Equal("file.uploaded", Assert.Single(await _place.AuditAsync()).Action);
    }

    [Fact]
    public async Task A_file_opens_in_its_workspace_alone()
    {
        var file = (await UploadAsync("content", "a.txt")).Value!;
        var opened = (await Store.OpenAsync(file.Id, _place.Ana, default)).Value!;
        using (var reader = new StreamReader(opened.Content)) Assert.Equal("content", await reader.ReadToEndAsync());
        Assert.Equal("not_found", (await Store.OpenAsync(file.Id, _place.Zoe, default)).Refusal!.Code);
        Assert.Equal("not_found", (await Store.OpenAsync(Guid.NewGuid(), _place.Ana, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await Store.UploadAsync(new MemoryStream(), "a.txt", null, _place.Ana with { Role = Role.Viewer, Rights = Rights.None }, default)).Refusal!.Code);
    }

    [Fact]
    public async Task A_day_old_file_goes_unless_a_run_or_a_schedule_names_it()
    {
        var named = (await UploadAsync("named", "a.txt")).Value!;
        var old = (await UploadAsync("old", "b.txt")).Value!;
        var scheduled = (await UploadAsync("scheduled", "d.txt")).Value!;
        await _place.Host.Database.WriteAsync(1, (db, _) =>
        {
            db.RunFiles.Add(new RunFile { RunKey = 1, FileId = named.Id });
            db.Schedules.Add(new Schedule { Id = Guid.NewGuid(), Inputs = $$"""{"file":"{{scheduled.Id}}"}""", Cron = "0 8 1 * *", TimeZone = "UTC", CreatedBy = "ana" }); // it has not run yet
            db.Schedules.Add(new Schedule { Id = Guid.NewGuid(), Inputs = $$"""{"file":"{{old.Id}}"}""", Cron = "0 8 1 * *", TimeZone = "UTC", CreatedBy = "ana", DeletedAt = DateTimeOffset.UnixEpoch });
            return Task.FromResult(0);
        }, default);
        _place.Clock.AdjustTime(_place.Clock.GetUtcNow().AddHours(24));
        var young = (await UploadAsync("young", "c.txt")).Value!;
        _place.Clock.Advance(TimeSpan.FromMinutes(1));
        await File.WriteAllTextAsync(Path.Combine(Folder, Guid.NewGuid().ToString("N") + ".part"), "broke off");
        await File.WriteAllTextAsync(Path.Combine(Folder, Guid.NewGuid().ToString("N")), "no row");
        await File.WriteAllTextAsync(Path.Combine(Folder, "README"), "not ours");
        await _place.Get<FileSweep>().RunAsync(default);
        await using var db = _place.Host.Database.Read(1);
        Assert.Equal(new[] { named.Id, young.Id, scheduled.Id }.Order(), (await db.StoredFiles.Select(x => x.Id).ToListAsync()).Order());
        Assert.Equal(new[] { named.Id.ToString("N"), young.Id.ToString("N"), scheduled.Id.ToString("N"), "README" }.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(x => Path.GetFileName(x)!).Order(StringComparer.Ordinal));
        Assert.Equal("not_found", (await Store.OpenAsync(old.Id, _place.Ana, default)).Refusal!.Code);
    }

    [Theory]
    [InlineData("a.txt", "Hi\n", """{"name":"a.txt","contentType":"text/plain","size":3,"text":"Hi\n"}""")]
    [InlineData("a.json", """{"n":[1]}""", """{"name":"a.json","contentType":"application/json","size":9,"text":"{\"n\":[1]}","json":{"n":[1]}}""")]
    [InlineData("a.json", "{oops", """{"name":"a.json","contentType":"application/json","size":5,"text":"{oops"}""")]
    [InlineData("a.json", "1e999", """{"name":"a.json","contentType":"application/json","size":5,"text":"1e999"}""")]
    [InlineData("a.jsonl", "{\"a\":1}\n\n2\n", """{"name":"a.jsonl","contentType":"application/jsonl","size":11,"text":"{\"a\":1}\n\n2\n","rows":[{"a":1},2]}""")]
    [InlineData("a.csv", "id;name;;name\r\n1;\"x;\"\"y\"\"\";z\r\n2\r\n", """{"name":"a.csv","contentType":"text/csv","size":33,"text":"id;name;;name\r\n1;\"x;\"\"y\"\"\";z\r\n2\r\n","rows":[{"id":"1","name":"x;\"y\"","column3":"z","name_2":""},{"id":"2","name":"","column3":"","name_2":""}]}""")]
    [InlineData("a.csv", "id", """{"name":"a.csv","contentType":"text/csv","size":2,"text":"id","rows":[]}""")]
    public async Task A_file_is_read_as_what_its_kind_offers(string name, string content, string read)
    {
        var file = (await UploadAsync(content, name)).Value!;
        var found = FileContent.Read(file.Name, file.ContentType, file.Size, Path.Combine(Folder, file.Id.ToString("N")));
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(read), found), found.GetRawText());
    }

    private Task<Answer<StoredFile>> UploadAsync(string content, string name, string? contentType = null) => UploadAsync(Encoding.UTF8.GetBytes(content), name, contentType);

    private Task<Answer<StoredFile>> UploadAsync(byte[] content, string name, string? contentType = null) => Store.UploadAsync(new MemoryStream(content), name, contentType, _place.Ana, default);

    /// <summary>Breaks off in the middle.</summary>
    private sealed class BrokenStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_reads++ > 0) throw new IOException("broke off");
            buffer.Span[0] = (byte)'x';
            return new ValueTask<int>(1);
        }
    }
}
