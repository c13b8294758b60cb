using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>What each address that is no program's answers to whom.</summary>
/// <param name="Route">Method and route as the running application names them.</param>
/// <param name="Address">An address with names of the scene, a method before it where the route takes any.</param>
/// <param name="Expected">The status for each of <see cref="PageMatrixTests.Columns"/>.</param>
public sealed record PageRow(string Route, string Address, string Expected);

[Collection(AppCollection.Name)]
public sealed class PageMatrixTests(App app)
{
    /// <summary>The table's columns; the outsider is an administrator, but of another workspace.</summary>
    public static readonly Who[] Columns = [Who.Nobody, Who.OtherAdministrator, Who.Viewer, Who.Designer, Who.Administrator, Who.Reviewer, Who.Operator];

    private const string Everybody = "200 200 200 200 200 200 200";
    private const string Members = "302 200 200 200 200 200 200";
    private const string OwnMembers = "302 404 200 200 200 200 200";
    private const string Starters = "302 404 403 200 200 403 200";
    private const string Designers = "302 404 403 200 200 403 403";
    private const string Administrators = "302 200 403 403 200 403 403";
    private const string Gone = "410 410 410 410 410 410 410";
    private const string NothingInside = "302 404 404 404 404 404 404";
    private const string NoToken = "400 400 400 400 400 400 400";
    private const string NoTokenInside = "302 400 400 400 400 400 400";
    private const string Programs = "401 401 401 401 401 401 401";

    private static readonly PageRow[] Pages =
    [
        new("GET /", "/", Members),
        new("GET /account", "/account", Members),
        new("GET /account/notices", "/account/notices", Members),
        new("GET /account/password", "/account/password", Members),
        new("GET /approvals", "/approvals", Members),
        new("GET /approvals/{Id:guid}", "/approvals/{approval}", OwnMembers),
        new("GET /approvals/{id:guid}/preview", "/approvals/{approval}/preview", OwnMembers),
        new("GET /invitations/{Secret}", "/invitations/unknown", Gone),
        new("GET /not-found", "/not-found", NothingInside),
        new("GET /outbox", "/outbox", Members),
        new("GET /outbox/{Id:guid}", "/outbox/{mail}", OwnMembers),
        new("GET /outbox/{id:guid}/preview", "/outbox/{mail}/preview", OwnMembers),
        new("GET /pipelines", "/pipelines", Members),
        new("GET /pipelines/{Id:guid}", "/pipelines/{pipeline}", OwnMembers),
        new("GET /pipelines/{Id:guid}/design", "/pipelines/{pipeline}/design", Designers),
        new("GET /pipelines/{Id:guid}/results", "/pipelines/{pipeline}/results", OwnMembers),
        new("GET /pipelines/{Id:guid}/versions", "/pipelines/{pipeline}/versions", OwnMembers),
        new("GET /pipelines/{Id:guid}/run", "/pipelines/{pipeline}/run", Starters),
        new("GET /runs", "/runs", Members),
        new("GET /runs/{Id:guid}", "/runs/{over}", OwnMembers),
        new("GET /runs/{Id:guid}/steps/{*Path}", "/runs/{over}/steps/p1", OwnMembers),
        new("GET /schedules", "/schedules", Members),
        new("GET /schedules/new", "/schedules/new?pipeline={pipeline}", "302 200 403 200 200 403 200"),
        new("GET /schedules/{Id:guid}", "/schedules/{schedule}", OwnMembers),
        new("GET /set-up", "/set-up", Gone),
        new("GET /set-up/models", "/set-up/models", Administrators),
        new("GET /settings", "/settings", "302 302 403 403 302 403 403"),
        new("GET /settings/audit", "/settings/audit", Administrators),
        new("GET /settings/connections", "/settings/connections", Administrators),
        new("GET /settings/keys", "/settings/keys", Administrators),
        new("GET /settings/limits", "/settings/limits", Administrators),
        new("GET /settings/mail", "/settings/mail", Administrators),
        new("GET /settings/members", "/settings/members", Administrators),
        new("GET /settings/workspace", "/settings/workspace", Administrators),
        new("GET /sign-in", "/sign-in", Everybody),
    ];

    /// <summary>An address of each page.</summary>
    public static IEnumerable<string> PageAddresses => Pages.Select(x => x.Address);

    private static readonly PageRow[] Others =
    [
        new("GET /pipelines/{id:guid}/results.csv", "/pipelines/{pipeline}/results.csv", OwnMembers),
        new("GET /pipelines/{id:guid}/results.jsonl", "/pipelines/{pipeline}/results.jsonl", OwnMembers),
        new("POST /account/sign-out", "/account/sign-out", NoToken),
        new("POST /account/workspace", "/account/workspace", NoTokenInside),
        new("* /_blazor/initializers", "/_blazor/initializers", Members),
        new("* /_blazor/negotiate", "POST /_blazor/negotiate?negotiateVersion=1", "401 200 200 200 200 200 200"),
        new("* /_blazor", "/_blazor", "401 400 400 400 400 400 400"),
        new("* /_blazor/disconnect", "POST /_blazor/disconnect", NoTokenInside),
        new("GET /_framework/opaque-redirect", "/_framework/opaque-redirect", "302 400 400 400 400 400 400"),
        new("GET /openapi/{documentName}.json", "/openapi/v1.json", Everybody),
        new("GET /{**path:file}", "/unknown.css", NothingInside),
        new("HEAD /{**path:file}", "/unknown.css", NothingInside),
        new("* /api/{**rest}", "/api/unknown", Programs),
        new("* /openapi/{**rest}", "/openapi/unknown", Programs),
        new("* /hooks/{**rest}", "/hooks/unknown", Programs),
        new("* /health/{**rest}", "/health/unknown", Programs),
    ];

    /// <summary>What nobody has to sign in for; a page that is added here opens a door.</summary>
    private static readonly string[] Open =
    [
        "GET /health/live", "GET /health/ready", "GET /invitations/{Secret}", "GET /openapi/{documentName}.json", "GET /set-up", "GET /sign-in", "POST /account/sign-out", "POST /invitations/{Secret}", "POST /set-up", "POST /sign-in",
    ];

    [Fact]
    public async Task Every_address_of_the_running_application_has_a_row_and_wants_a_person_unless_it_is_listed()
    {
        await using var inside = new InProcess();
        var found = inside.Endpoints.SelectMany(InProcess.Names).Distinct().Order(StringComparer.Ordinal).ToList();
        var rows = Pages.Select(x => x.Route).Concat(Pages.Where(x => !x.Route.EndsWith("/preview", StringComparison.Ordinal)).Select(x => x.Route.Replace("GET", "POST", StringComparison.Ordinal))).Concat(Others.Select(x => x.Route))
            .Concat(Endpoint.All.Select(x => $"{x.Method} {x.Route}")).Distinct().Order(StringComparer.Ordinal).ToList();
        var named = found.Select(x => x.Replace(":int}", "}", StringComparison.Ordinal)).ToList();
        Assert.True(rows.SequenceEqual(named), $"Without a row: {string.Join(", ", named.Except(rows))}. Not there: {string.Join(", ", rows.Except(named))}.");
        Assert.Equal(Open, inside.Endpoints.Where(x => x.Metadata.GetMetadata<IAllowAnonymous>() is not null).SelectMany(InProcess.Names).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(inside.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<AuthorizationOptions>>().Value.FallbackPolicy!.Requirements, x => x is Microsoft.AspNetCore.Authorization.Infrastructure.DenyAnonymousAuthorizationRequirement);
        Assert.All(inside.Files, x => Assert.Equal(["GET", "HEAD"], x.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()!.HttpMethods.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Each_page_answers_whom_the_table_says()
    {
        var scene = await Scene.OfAsync(app);
        var wrong = new List<string>();
        for (var column = 0; column < Columns.Length; column++)
        {
            var browser = await Browser.OfAsync(app, Columns[column]);
            foreach (var row in Pages.Concat(Others))
            {
                Judge(wrong, row, row.Expected.Split(' ')[column], Columns[column].ToString(), await AskAsync(browser, scene, row));
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_key_is_nobody_to_a_page()
    {
        var scene = await Scene.OfAsync(app);
        var wrong = new List<string>();
        using var browser = new Browser(app.Address);
        foreach (var who in (Who[])[Who.ReadService, Who.RunService, Who.DesignService, Who.OperateService, Who.Administrator])
            foreach (var row in Pages.Concat(Others))
                Judge(wrong, row, row.Expected == Programs ? "404" : row.Expected.Split(' ')[0], who + "'s key", await AskAsync(browser, scene, row, ("Authorization", "Bearer " + App.KeyOf(who))));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_cookie_is_no_key()
    {
        var scene = await Scene.OfAsync(app);
        var browser = await Browser.OfAsync(app, Who.Administrator);
        var rows = await app.RowsAsync();
        var wrong = new List<string>();
        foreach (var endpoint in Endpoint.All.Where(x => x.Need != Need.Nothing))
        {
            var answer = await browser.SendAsync(new HttpMethod(endpoint.Method), "/api/v1" + scene.Fill(endpoint.Address), endpoint.Body is { } body ? new StringContent(scene.Fill(body), Encoding.UTF8, "application/json") : null);
            if ((int)answer.Status != 401) wrong.Add($"{endpoint.Method} {endpoint.Route}: {(int)answer.Status}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(rows, await app.RowsAsync());
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused_everywhere()
    {
        var scene = await Scene.OfAsync(app);
        var rows = await app.RowsAsync();
        var wrong = new List<string>();
        foreach (var who in (Who[])[Who.Nobody, Who.Administrator])
        {
            var browser = await Browser.OfAsync(app, who);
            foreach (var address in Pages.Where(x => !x.Route.EndsWith("/preview", StringComparison.Ordinal)).Concat(Others.Where(x => x.Route.StartsWith("POST /account", StringComparison.Ordinal))).Select(x => scene.Fill(x.Address)))
            {
                var answer = await browser.PostAsync(address, ("_handler", "sign-in"), ("Given.Email", "x"), ("everywhere", "true"), ("id", "1"));
                if ((int)answer.Status is not (400 or 302) || ((int)answer.Status == 302 && who != Who.Nobody)) wrong.Add($"{who} POST {address}: {(int)answer.Status}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(rows, await app.RowsAsync());
        Assert.Equal(200, (int)(await (await Browser.OfAsync(app, Who.Administrator)).GetAsync("/")).Status);
    }

    [Fact]
    public async Task A_line_in_an_address_is_no_line_in_the_log()
    {
        var scene = await Scene.OfAsync(app);
        var browser = await Browser.OfAsync(app, Who.Viewer);
        Assert.Equal(400, (int)(await browser.PostAsync(scene.Fill("/runs/{over}/steps/x%0D%0Aforged%20line"))).Status);
        await app.Ana.GetAsync("/runs?q=x%0Aforged%20line");
        Assert.DoesNotContain(app.Output.Split('\n'), x => x.StartsWith("forged line", StringComparison.Ordinal));
        Assert.Contains("forged", app.Output, StringComparison.Ordinal); // it is there, within its line
    }

    [Fact]
    public async Task Opening_pages_changes_no_row()
    {
        var scene = await Scene.OfAsync(app);
        var browser = await Browser.OfAsync(app, Who.Administrator);
        var rows = await app.RowsAsync();
        foreach (var row in Pages) await browser.GetAsync(scene.Fill(row.Address));
        Assert.Equal(rows, await app.RowsAsync());
    }

    private static Task<Browser.Answer> AskAsync(Browser browser, Scene scene, PageRow row, params (string Name, string Value)[] headers)
    {
        var method = row.Address.Contains(' ', StringComparison.Ordinal) ? row.Address.Split(' ')[0] : row.Route.StartsWith('*') ? "GET" : row.Route.Split(' ')[0];
        return browser.SendAsync(new HttpMethod(method), scene.Fill(row.Address.Split(' ')[^1]), null, headers);
    }

    private static void Judge(List<string> wrong, PageRow row, string expected, string who, Browser.Answer answer)
    {
        var status = ((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (status != expected) wrong.Add($"{row.Route} as {who}: {status} {answer.Location} instead of {expected}");
        else if (status == "302" && row.Route != "GET /settings" && answer.Location?.Contains("/sign-in?returnUrl=", StringComparison.Ordinal) != true) wrong.Add($"{row.Route} as {who}: leads to {answer.Location} instead of the sign-in page");
    }
}
