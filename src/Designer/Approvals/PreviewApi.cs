using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;

namespace PromptDesigner.Designer.Approvals;

/// <summary>HTML that a model wrote, as its receiver will see it: a document of its own that may run nothing, fetch nothing and reach nothing.</summary>
public static class PreviewApi
{
    /// <summary>Maps the frames' addresses.</summary>
    public static void MapPreview(this WebApplication app)
    {
        app.MapGet("/approvals/{id:guid}/preview", ShowApprovalAsync).ExcludeFromDescription();
        app.MapGet("/outbox/{id:guid}/preview", ShowMailAsync).ExcludeFromDescription();
    }

    /// <summary>The policy of the frame; pictures of other hosts only after somebody asked for them.</summary>
    public static string Policy(bool images) => $"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:{(images ? " https: http:" : "")}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

    private static Task<IResult> ShowApprovalAsync(Guid id, bool? images, HttpContext http, Database database) =>
        ShowAsync(images == true, http, database, async (db, cancel) => await db.Approvals.Where(x => x.Id == id).Select(x => x.Content).SingleOrDefaultAsync(cancel) is { } content ? Html(content) : null);

    private static Task<IResult> ShowMailAsync(Guid id, bool? images, HttpContext http, Database database) =>
        ShowAsync(images == true, http, database, (db, cancel) => db.Mails.Where(x => x.Id == id).Select(x => x.Html).SingleOrDefaultAsync(cancel));

    private static async Task<IResult> ShowAsync(bool images, HttpContext http, Database database, Func<DesignerDb, CancellationToken, Task<string?>> find)
    {
        if (Session.Of(http.User) is not { } session) return Results.NotFound();
        await using var db = database.Read(session.Workspace);
        if (!await db.Members.AnyAsync(x => x.UserId == session.Person, http.RequestAborted)) return Results.NotFound();
        if (await find(db, http.RequestAborted) is not { } html) return Results.NotFound();
        http.Response.Headers.ContentSecurityPolicy = Policy(images);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        return Results.Content("<!DOCTYPE html><meta charset=utf-8><style>body{margin:16px;font:14px/20px system-ui,sans-serif;overflow-wrap:anywhere}</style>" + html, "text/html; charset=utf-8");
    }

    private static string Html(string content)
    {
        var value = JsonSerializer.Deserialize<JsonElement>(content);
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("html", out var html)) value = html;
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : "<pre>" + System.Net.WebUtility.HtmlEncode(value.GetRawText()) + "</pre>";
    }
}
