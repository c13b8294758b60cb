using Microsoft.AspNetCore.Antiforgery;
using PromptDesigner.Runtime;

namespace PromptDesigner.Designer.Shell;

/// <summary>What no endpoint answers: unknown addresses, wrong methods, requests that Kestrel refuses, and bugs.</summary>
public static partial class ApiErrors
{
    /// <summary>Turns exceptions and bare status codes into problem details; no stack, path or text of an exception leaves.</summary>
    public static void UseApiErrors(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ApiErrors));
        app.Use(async (http, next) =>
        {
            try
            {
                await next(http);
            }
            catch (Exception) when (!http.Response.HasStarted && http.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest; // a form that is not from a page of ours, or from before its person signed in or out
            }
            catch (BadHttpRequestException error) when (!http.Response.HasStarted)
            {
                await Problems.WriteAsync(http, error.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? new Refusal("too_large", $"A request has at most {RequestBody.MostBytes / (1024 * 1024)} MB.")
                    : new Refusal("bad_query", "The request could not be read."));
                return;
            }
            catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (!http.Response.HasStarted)
            {
                Failed(log, http.Request.Method, http.Request.Path, http.TraceIdentifier, error);
                if (!SignIn.IsForPrograms(http.Request))
                {
                    await SayAsync(http, StatusCodes.Status500InternalServerError, "This page could not be made", $"It is an error of the server's own; its log has it under {http.TraceIdentifier}. Nothing that you saved is lost.");
                    return;
                }
                await Problems.WriteAsync(http, new Refusal("internal", $"This is an error of the server's own; its log has it under {http.TraceIdentifier}. Nothing was changed by this request, or try it again with the same Idempotency-Key."));
                return;
            }
            if (!SignIn.IsForPrograms(http.Request))
            {
                if (http.Response.StatusCode == StatusCodes.Status400BadRequest && HttpMethods.IsPost(http.Request.Method)) ForeignForm(log, http.Request.Path.ToUriComponent());
                if (http.Response is not { HasStarted: false, StatusCode: StatusCodes.Status400BadRequest, ContentLength: null, ContentType: null }) return;
                await SayAsync(http, StatusCodes.Status400BadRequest, "This form could not be taken", "It was open since before you signed in or out, or is not from this program. Load its page again and fill it in once more.");
                return;
            }
            if (http.Response.HasStarted || http.Response.ContentLength is not null || http.Response.ContentType is not null) return;
            if (http.Response.StatusCode == StatusCodes.Status404NotFound) await Problems.WriteAsync(http, new Refusal("not_found", "There is nothing at this address."));
            else if (http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed) await Problems.WriteAsync(http, new Refusal("method_not_allowed", "This address does not take that method."));
        });
    }

    /// <summary>Answers what no other endpoint does, so that unknown addresses are told apart from known ones only with a key.</summary>
    public static void MapUnknown(this WebApplication app)
    {
        foreach (var root in (string[])["/api", "/openapi", "/hooks", "/health"])
            app.MapFallback(root + "/{**rest}", http => Problems.WriteAsync(http, new Refusal("not_found", "There is nothing at this address."))).ExcludeFromDescription();
    }

    /// <summary>A page of few words for a browser whose page could not be made.</summary>
    private static async Task SayAsync(HttpContext http, int status, string title, string text)
    {
        http.Response.Clear();
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync($"<!DOCTYPE html><html lang=en><title>{title} · PromptDesigner</title><h1>{title}</h1><p>{System.Net.WebUtility.HtmlEncode(text)}<p><a href=\"/\">Go home</a>", http.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A form at {Path} came without its token")]
    private static partial void ForeignForm(ILogger logger, string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed ({Trace})")]
    private static partial void Failed(ILogger logger, string method, PathString path, string trace, Exception error);
}
