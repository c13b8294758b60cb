using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Settings;

/// <summary>API keys over HTTP, for administrators.</summary>
public static class KeysApi
{
    /// <summary>Maps <c>/keys</c>.</summary>
    public static void MapKeys(this IEndpointRouteBuilder api)
    {
        api.MapGet("/keys", ListAsync).WithSummary("Keys, without their texts.");
        api.MapPost("/keys", CreateAsync).WithSummary("Makes a key; its text is in this answer and nowhere else.");
        api.MapDelete("/keys/{id}", DeleteAsync).WithSummary("Takes a key back.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, "keys");
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        await using var db = database.Read(http.Actor().Workspace);
        var query = db.ApiKeys.AsQueryable();
        if (paging.Value!.After is { } after)
        {
            if (!Guid.TryParse(after, out var last)) return Problems.Refuse(Paging.BadCursor);
            query = query.Where(x => x.Id.CompareTo(last) > 0);
        }
        var rows = await query.OrderBy(x => x.Id).Take(paging.Value.Limit + 1).ToListAsync(http.RequestAborted);
        return Problems.Ok(paging.Value.Page(rows, "keys", x => x.Id.ToString(), x => Show(x)));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, KeyRing keys, Database database, TimeProvider clock)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var idempotency = body.Value.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var fields = new Fields(given.Value);
        var name = fields.Text("name", required: true, most: 200) ?? "";
        var kind = fields.Choice<ApiKeyKind>("kind", required: true);
        var scopes = fields.Choices<ApiKeyScopes>("scopes");
        var expires = fields.Time("expiresAt");
        if (kind == ApiKeyKind.Service && scopes is null or ApiKeyScopes.None) fields.Report("/scopes", "a service's key needs one scope or more: read, run, design, operate");
        if (kind == ApiKeyKind.Person && scopes is not null) fields.Report("/scopes", "a person's key may do what the person may; leave scopes out");
        if (expires is { } end && end <= clock.GetUtcNow()) fields.Report("/expiresAt", "must lie in the future");
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        var made = await keys.IssueAsync(new KeyRequest(name, kind!.Value, scopes ?? ApiKeyScopes.None, expires) { Idempotency = idempotency.Value }, http.Actor(), http.RequestAborted);
        if (made.Refusal is { } refusal) return Problems.Refuse(refusal);
        await using var db = database.Read(http.Actor().Workspace);
        return Problems.Ok(Show(await db.ApiKeys.SingleAsync(x => x.Id == made.Value!.Id, http.RequestAborted), made.Value!.Text), StatusCodes.Status201Created);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, KeyRing keys)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var key)) return Problems.Refuse(new Refusal("not_found", "There is no such key."));
        var revoked = await keys.RevokeAsync(key, http.Actor(), http.RequestAborted);
        return revoked.Refusal is { } refusal ? Problems.Refuse(refusal) : Results.NoContent();
    }

    private static object Show(ApiKey x, string? text = null) => new
    {
        id = x.Id, name = x.Name, kind = x.Kind.ToString().ToLowerInvariant(),
        scopes = Enum.GetValues<ApiKeyScopes>().Where(s => s != ApiKeyScopes.None && (x.Scopes & s) != 0).Select(s => s.ToString().ToLowerInvariant()).ToList(), tail = x.Tail,
        createdAt = x.CreatedAt, expiresAt = x.ExpiresAt, revokedAt = x.RevokedAt, lastUsedAt = x.LastUsedAt, key = text,
    };
}
