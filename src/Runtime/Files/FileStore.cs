using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using PromptDesigner.Data.Files;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Audit;

namespace PromptDesigner.Runtime.Files;

/// <summary>Takes files in and gives them out. A file is never changed, and kept as long as a run names it.</summary>
public sealed class FileStore
{
    private const int LongestName = 200;

    private readonly Database _database;
    private readonly FileFolder _folder;
    private readonly FileStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<Guid, byte> _coming = [];

    internal FileStore(Database database, FileFolder folder, IOptions<FileStoreOptions> options, TimeProvider clock)
    {
        _database = database;
        _folder = folder;
        _options = options.Value;
        _clock = clock;
    }

    /// <summary>Most bytes of a file.</summary>
    public long MaxBytes => _options.MaxBytes;

    /// <summary>Stores a file as it comes, piece by piece.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="name">The name that it came with; a folder in it is cut off.</param>
    /// <param name="contentType">What the caller says it is; counts only for a name without an extension.</param>
    /// <param name="actor">Somebody who may start runs.</param>
    /// <param name="cancel">Stops; nothing is kept then.</param>
    /// <param name="idempotencyKey">The caller's idempotency key.</param>
    public async Task<Answer<StoredFile>> UploadAsync(Stream content, string name, string? contentType, Actor actor, CancellationToken cancel, string? idempotencyKey = null)
    {
        if (actor.Denies(Operation.Run) is { } refusal) return refusal;
        name = Sanitised(name);
        if (FileKind.Promised(name, contentType) is not { } kind)
            return Unsupported($"Files like '{name}' are not taken. Upload text, Markdown, CSV, JSON, JSONL, PNG, JPEG or PDF.");
        var now = _clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        _folder.Make();
        _coming.TryAdd(id, 0);
        try
        {
            var received = await ReceiveAsync(content, id, name, kind, cancel);
            if (received.Refusal is { } wrong) return wrong;
            var (size, hash) = received.Value;
            var stored = await _database.WriteAsync<Answer<StoredFile>>(actor.Workspace, async (db, token) =>
            {
                (string, byte[])? idempotency = idempotencyKey is null ? null : (idempotencyKey, hash);
                if (await Idempotency.FindAsync(db, idempotency, now, token) is { } earlier)
                {
                    var known = Guid.Parse(earlier.Answer);
                    return earlier.RequestHash.AsSpan().SequenceEqual(hash) && await db.StoredFiles.SingleOrDefaultAsync(x => x.Id == known, token) is { } same ? same : Idempotency.Reused;
                }
                var made = new StoredFile { Id = id, Name = name, ContentType = kind.ContentType, Size = size, CreatedBy = actor.Name, CreatedAt = now };
                db.StoredFiles.Add(made);
                Idempotency.Add(db, idempotency, 201, id.ToString(), now);
                db.Audit(actor, AuditActions.FileUploaded, (id, name), null, new { contentType = kind.ContentType, size }, now);
                File.Move(_folder.TemporaryOf(id), _folder.Of(id)); // before the commit: a row whose bytes are not there must never be
                return made;
            }, cancel);
            return stored;
        }
        finally
        {
            File.Delete(_folder.TemporaryOf(id));
            _coming.TryRemove(id, out _);
        }
    }

    /// <summary>Opens a file of the actor's workspace; the caller closes it.</summary>
    public async Task<Answer<OpenedFile>> OpenAsync(Guid id, Actor actor, CancellationToken cancel)
    {
        if (actor.Denies(Operation.Read) is { } refusal) return refusal;
        await using var db = _database.Read(actor.Workspace);
        if (await db.StoredFiles.SingleOrDefaultAsync(x => x.Id == id, cancel) is not { } file) return NoSuchFile;
        try
        {
            return new OpenedFile(file, new FileStream(_folder.Of(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, useAsync: true));
        }
        catch (IOException)
        {
            return NoSuchFile; // swept between the two, or lost
        }
    }

    /// <summary>True while an upload of that id goes on.</summary>
    internal bool IsComing(Guid id) => _coming.ContainsKey(id);

    /// <summary>The size, and a hash of name and bytes.</summary>
    private async Task<Answer<(long Size, byte[] Hash)>> ReceiveAsync(Stream content, Guid id, string name, FileKind kind, CancellationToken cancel)
    {
        await using var file = new FileStream(_folder.TemporaryOf(id), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, 1, useAsync: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(name + "\n"));
        var judge = kind.Judge();
        var piece = new byte[64 * 1024];
        long size = 0;
        int read;
        do
        {
            read = await content.ReadAsync(piece, cancel);
            size += read;
            if (size > _options.MaxBytes) return new Refusal("too_large", $"A file has {Shown(_options.MaxBytes)} at most (Files:MaxBytes).");
            if (!judge.Fits(piece.AsSpan(0, read), isLast: read == 0))
                return Unsupported(kind.IsText ? $"'{name}' is no text in UTF-8. Save it as UTF-8 (in a spreadsheet: 'CSV UTF-8') and upload it again." : $"'{name}' is not what its name says; a {kind.ContentType} was expected.");
            hash.AppendData(piece, 0, read);
            await KeepAsync(file, piece.AsMemory(0, read), cancel);
        }
        while (read > 0);
        if (size == 0) return new Refusal("request_invalid", $"'{name}' is empty.", [new FieldError("/file", "must not be empty")]);
        file.Position = 0;
        return FileRows.Wrong(kind, file) is { } wrong ? new Refusal("limit", $"'{name}' cannot be taken as a table. {wrong}") : (size, hash.GetHashAndReset());
    }

    /// <summary>A disk's fault is no fault of the upload, and must not look like one.</summary>
    private async Task KeepAsync(FileStream file, ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        try
        {
            await file.WriteAsync(piece, cancel);
            if (piece.Length == 0) file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw new FileNotKeptException(_folder.Path, error);
        }
    }

    /// <summary>A name without folders, control characters and what looks like another name.</summary>
    private static string Sanitised(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = new string([.. last.Where(x => !char.IsControl(x) && !char.IsSurrogate(x) && char.GetUnicodeCategory(x) is not System.Globalization.UnicodeCategory.Format && x is not ('"' or ':' or '*' or '?' or '<' or '>' or '|'))]).Trim(' ', '.');
        if (clean.Length > LongestName) clean = clean[..(LongestName - Math.Min(10, Path.GetExtension(clean).Length))] + Path.GetExtension(clean)[..Math.Min(10, Path.GetExtension(clean).Length)];
        return clean.Length == 0 ? "file" : clean;
    }

    private static string Shown(long bytes) => bytes >= 1024 * 1024 ? $"{bytes / (1024 * 1024)} MiB" : $"{bytes:N0} bytes";

    private static Refusal Unsupported(string message) => new("unsupported_media_type", message);

    private static Refusal NoSuchFile => new("not_found", "There is no such file.");
}

/// <summary>The data directory did not take a file: the disk is full or broken.</summary>
public sealed class FileNotKeptException(string folder, Exception inner) : Exception($"A file could not be written to {folder} ({inner.Message}). Look at the disk's space and rights.", inner);

/// <summary>A file with its bytes, from their beginning.</summary>
public sealed record OpenedFile(StoredFile File, Stream Content);
