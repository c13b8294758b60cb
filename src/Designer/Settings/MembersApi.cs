using Microsoft.EntityFrameworkCore;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Storage;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Designer.Settings;

/// <summary>Members over HTTP, for administrators.</summary>
public static class MembersApi
{
    /// <summary>Maps <c>/members</c>.</summary>
    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        api.MapGet("/members", ListAsync).WithSummary("Who belongs to the workspace.");
        api.MapPost("/members", CreateAsync).WithSummary("Invites a person, or takes one in with a password.");
        api.MapPut("/members/{id}", ChangeAsync).WithSummary("Changes role and rights.");
        api.MapDelete("/members/{id}", DeleteAsync).WithSummary("Takes a member out; that person's keys end.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        var paging = Paging.Of(http, "members");
        if (paging.Refusal is { } wrong) return Problems.Refuse(wrong);
        await using var db = database.Read(http.Actor().Workspace);
        var query = db.Members.Include(x => x.User).AsQueryable();
        if (paging.Value!.After is { } after)
        {
            if (!Guid.TryParse(after, out var last)) return Problems.Refuse(Paging.BadCursor);
            query = query.Where(x => x.Id.CompareTo(last) > 0);
        }
        var rows = await query.OrderBy(x => x.Id).Take(paging.Value.Limit + 1).ToListAsync(http.RequestAborted);
        return Problems.Ok(paging.Value.Page(rows, "members", x => x.Id.ToString(), Show));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, MemberRegister members, Invitations invitations, Database database)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var idempotency = body.Value.Idempotency(http);
        if (idempotency.Refusal is { } badKey) return Problems.Refuse(badKey);
        var fields = new Fields(given.Value);
        var email = fields.Text("email", required: true, most: 254) ?? "";
        var role = fields.Choice<Role>("role", required: true);
        var rights = fields.Choices<Rights>("rights") ?? Rights.None;
        var password = fields.Text("password");
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        if (password is null)
        {
            var invited = await invitations.InviteAsync(new InvitationRequest(email, role!.Value, rights) { Idempotency = idempotency.Value }, http.Actor(), http.RequestAborted);
            return invited.Refusal is { } refusal ? Problems.Refuse(refusal) : Problems.Ok(Show(invited.Value!, email, role.Value, rights, http.Request), StatusCodes.Status201Created);
        }
        var made = await members.AddAsync(new MemberRequest(email, role!.Value, rights, password) { Idempotency = idempotency.Value }, http.Actor(), http.RequestAborted);
        return await ShowAsync(made, http, database, StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, MemberRegister members, Database database)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var member)) return NoSuchMember;
        var body = await RequestBody.ReadAsync(http);
        if (body.Refusal is { } unread) return Problems.Refuse(unread);
        var given = body.Value!.AsObject();
        if (given.Refusal is { } broken) return Problems.Refuse(broken);
        var fields = new Fields(given.Value);
        var role = fields.Choice<Role>("role", required: true);
        var rights = fields.Choices<Rights>("rights") ?? Rights.None;
        if (fields.Done() is { } wrong) return Problems.Refuse(wrong);
        return await ShowAsync(await members.ChangeAsync(member, role!.Value, rights, http.Actor(), http.RequestAborted), http, database, StatusCodes.Status200OK);
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, MemberRegister members)
    {
        if (http.Actor().Denies(Operation.Administer) is { } denied) return Problems.Refuse(denied);
        if (!Guid.TryParse(id, out var member)) return NoSuchMember;
        var removed = await members.RemoveAsync(member, http.Actor(), http.RequestAborted);
        return removed.Refusal is { } refusal ? Problems.Refuse(refusal) : Results.NoContent();
    }

    private static async Task<IResult> ShowAsync(Answer<Guid> done, HttpContext http, Database database, int status)
    {
        if (done.Refusal is { } refusal) return Problems.Refuse(refusal);
        await using var db = database.Read(http.Actor().Workspace);
        return Problems.Ok(Show(await db.Members.Include(x => x.User).SingleAsync(x => x.Id == done.Value, http.RequestAborted)), status);
    }

    private static IResult NoSuchMember => Problems.Refuse(new Refusal("not_found", "There is no such member."));

    private static object Show(Member x) => new { id = x.Id, email = x.User!.Email, role = x.Role.ToString(), rights = Words(x.Rights), createdAt = x.CreatedAt };

    /// <summary>The link is null where the request is a repetition: its secret was in the first answer alone.</summary>
    private static object Show(InvitationMade x, string email, Role role, Rights rights, HttpRequest request) => new
    {
        id = x.Id, email, role = role.ToString(), rights = Words(rights),
        invitation = new { link = x.Secret is null ? null : $"{request.Scheme}://{request.Host}/invitations/{x.Secret}", expiresAt = x.ExpiresAt },
    };

    private static List<string> Words(Rights rights) => Enum.GetValues<Rights>().Where(x => x != Rights.None && (rights & x) != 0).Select(x => x.ToString()).ToList();
}
