using System.Text;
using System.Text.RegularExpressions;

namespace PromptDesigner.Designer.Tests.Shell;

[Collection(AppCollection.Name)]
public sealed partial class RoleMatrixTests(App app)
{
    public static TheoryData<Who> Everybody => [.. Enum.GetValues<Who>()];

    [Theory, MemberData(nameof(Everybody))]
    public async Task Each_endpoint_lets_in_whom_the_table_says(Who who)
    {
        var scene = await Scene.OfAsync(app);
        var wrong = new List<string>();
        foreach (var endpoint in Endpoint.All)
        {
            var before = await app.RowsAsync();
            var answer = await app.As(who).SendAsync(new HttpMethod(endpoint.Method), scene.Fill(endpoint.Address), endpoint.Body is { } body ? Encoding.UTF8.GetBytes(scene.Fill(body)) : null,
                endpoint.Method == "PUT" ? [("If-Match", "\"99\"")] : []);
            var status = (int)answer.Status;
            var allowed = endpoint.Allows(who);
            var right = !allowed ? status == (who == Who.Nobody ? 401 : 403) && before == await app.RowsAsync()
                : who == Who.OtherAdministrator && endpoint.Address.Contains("/{", StringComparison.Ordinal) ? status == 404
                : status is not (401 or 403 or 500);
            if (!right) wrong.Add($"{endpoint.Method} {endpoint.Route}: {(allowed ? "allowed" : "denied")}, answered {status} {answer.Code}");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task The_table_and_the_document_have_every_endpoint_of_the_sources()
    {
        var document = (await app.As(Who.Nobody).GetAsync("!/openapi/v1.json")).Ok();
        var documented = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(x => $"{x.Name.ToUpperInvariant()} {path.Name}")).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Endpoint.All.Select(x => $"{x.Method} {x.Route}").Order(StringComparer.Ordinal), documented);

        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "PromptDesigner.sln"))) root = root.Parent;
        var mapped = Directory.EnumerateFiles(Path.Combine(root.FullName, "src", "Designer"), "*.cs", SearchOption.AllDirectories).Where(x => !x.Contains("/obj/", StringComparison.Ordinal))
            .Where(x => Path.GetFileName(x) is not ("SessionsApi.cs" or "PreviewApi.cs" or "ResultDownloads.cs")) // of the pages, not of the API
            .SelectMany(File.ReadLines).SelectMany(x => Mapped().Matches(x)).Select(x => $"{x.Groups[1].Value.ToUpperInvariant()} {x.Groups[2].Value.Replace(":int", "", StringComparison.Ordinal)}").ToList();
        Assert.Equal(documented.Select(x => x.Replace("/api/v1", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reading_changes_no_row()
    {
        var scene = await Scene.OfAsync(app);
        var before = await app.RowsAsync();
        foreach (var endpoint in Endpoint.All.Where(x => x.Method == "GET")) (await app.Ana.GetAsync(scene.Fill(endpoint.Address))).Ok();
        Assert.Equal(before, await app.RowsAsync());
    }

    [GeneratedRegex(@"\.Map(Get|Post|Put|Delete|Patch)\(""([^""]+)""")]
    private static partial Regex Mapped();
}
