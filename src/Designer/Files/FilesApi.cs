using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using PromptDesigner.Data.Files;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Files;

namespace PromptDesigner.Designer.Files;

/// <summary>Files over HTTP: uploaded as a form's field <c>file</c>, downloaded as an attachment.</summary>
public static class FilesApi
{
    private const int FormAround = 64 * 1024; // the form's own bytes beside the file's

    /// <summary>Maps <c>/files</c>.</summary>
    public static void MapFiles(this IEndpointRouteBuilder api)
    {
        api.MapPost("/files", UploadAsync).WithSummary("Uploads a file (multipart/form-data, field 'file') for inputs of type file; kept for a day, or as long as a run names it.");
        api.MapGet("/files/{id}", DownloadAsync).WithSummary("The file's bytes.");
    }

    private static async Task<IResult> UploadAsync(HttpContext http, FileStore files)
    {
        if (http.Actor().Denies(Operation.Run) is { } denied) return Problems.Refuse(denied);
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
            return Problems.Refuse(new Refusal("unsupported_media_type", "Send a form as multipart/form-data with the file in its field 'file'."));
        if (http.Request.Headers.TryGetValue("Idempotency-Key", out var key) && key.ToString().Length is 0 or > 200) return Problems.Refuse(new Refusal("bad_query", "An Idempotency-Key has 1 to 200 characters."));
        var most = files.MaxBytes + FormAround;
        if (http.Request.ContentLength > most) return Problems.Refuse(TooLarge(files));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = most;
        try
        {
            return await ReadAsync(http, files, boundary, key.Count == 0 ? null : $"{http.KeyId():N}:{key}");
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problems.Refuse(TooLarge(files));
        }
        catch (Exception error) when (error is InvalidDataException || (error is IOException && !http.RequestAborted.IsCancellationRequested))
        {
            return Problems.Refuse(new Refusal("bad_query", "The form could not be read; it is cut or broken."));
        }
    }

    private static async Task<IResult> ReadAsync(HttpContext http, FileStore files, string boundary, string? key)
    {
        var reader = new MultipartReader(boundary, http.Request.Body);
        if (await reader.ReadNextSectionAsync(http.RequestAborted) is not { } section || section.GetContentDispositionHeader() is not { } given || HeaderUtilities.RemoveQuotes(given.Name) != "file" || !given.IsFileDisposition())
            return Problems.Refuse(Invalid("is missing: send one file in the form's field 'file', with its name"));
        var name = HeaderUtilities.RemoveQuotes(given.FileNameStar.HasValue ? given.FileNameStar : given.FileName).ToString();
        var stored = await files.UploadAsync(section.Body, name, section.ContentType, http.Actor(), http.RequestAborted, key);
        return stored.Refusal is { } refusal ? Problems.Refuse(refusal) : Problems.Ok(Show(stored.Value!), StatusCodes.Status201Created);
    }

    private static async Task<IResult> DownloadAsync(string id, HttpContext http, FileStore files)
    {
        if (http.Actor().Denies(Operation.Read) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var file)) return Problems.Refuse(new Refusal("not_found", "There is no such file."));
        var opened = await files.OpenAsync(file, http.Actor(), http.RequestAborted);
        if (opened.Refusal is { } refusal) return Problems.Refuse(refusal);
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'"; // whoever opens it all the same runs nothing of it
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.Stream(opened.Value!.Content, opened.Value.File.ContentType, opened.Value.File.Name); // a name makes it an attachment
    }

    private static Refusal Invalid(string message) => new("request_invalid", $"The request is not right: file {message}.", [new FieldError("/file", message)]);

    private static Refusal TooLarge(FileStore files) => new("too_large", $"A file has {files.MaxBytes:N0} bytes at most (Files:MaxBytes).");

    private static object Show(StoredFile x) => new { id = x.Id, name = x.Name, contentType = x.ContentType, size = x.Size };
}
