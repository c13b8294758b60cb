using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PromptDesigner.Designer.Tests;

/// <summary>What the program is built from, and that no secret lies among its sources.</summary>
public sealed partial class SupplyTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_package_has_one_exact_version_and_warnings_about_versions_end_the_build()
    {
        var central = XDocument.Load(Path.Combine(Root, "Directory.Packages.props"));
        Assert.Equal("true", central.Descendants("ManagePackageVersionsCentrally").Single().Value);
        Assert.Equal("true", central.Descendants("CentralPackageTransitivePinningEnabled").Single().Value);
        Assert.All(central.Descendants("PackageVersion"), x => Assert.Matches(Exact(), x.Attribute("Version")!.Value));
        var build = XDocument.Load(Path.Combine(Root, "Directory.Build.props"));
        foreach (var (name, value) in new[] { ("TreatWarningsAsErrors", "true"), ("NuGetAudit", "true"), ("NuGetAuditMode", "all") }) Assert.Equal(value, build.Descendants(name).Single().Value);
        foreach (var project in Sources().Where(x => x.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(Path.Combine(Root, project));
            Assert.All(XDocument.Parse(text).Descendants("PackageReference"), x => Assert.True(x.Attribute("Version") is null && x.Attribute("VersionOverride") is null, $"{project} has a version of its own for {x.Attribute("Include")?.Value}."));
            Assert.DoesNotMatch(@"(NoWarn|WarningsNotAsErrors)>[^<]*NU1", text);
        }
    }

    [Fact]
    public void Every_package_of_the_browser_s_side_is_locked_with_its_hash()
    {
        var folders = Sources().Where(x => Path.GetFileName(x) == "package.json").Select(x => Path.GetDirectoryName(x)!).ToList();
        Assert.NotEmpty(folders);
        foreach (var folder in folders)
        {
            using var wanted = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, folder, "package.json")));
            foreach (var kind in (string[])["dependencies", "devDependencies"])
                if (wanted.RootElement.TryGetProperty(kind, out var packages)) Assert.All(packages.EnumerateObject(), x => Assert.Matches(Exact(), x.Value.GetString()!));
            using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, folder, "package-lock.json")));
            Assert.All(locked.RootElement.GetProperty("packages").EnumerateObject().Where(x => x.Name.Length > 0), x => Assert.StartsWith("sha512-", x.Value.GetProperty("integrity").GetString(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void No_file_holds_a_secret()
    {
        var found = new List<string>();
        foreach (var file in Sources().Where(x => new FileInfo(Path.Combine(Root, x)).Length < 2_000_000))
            found.AddRange(Secret().Matches(File.ReadAllText(Path.Combine(Root, file))).Where(x => !x.Value.Contains("canary", StringComparison.OrdinalIgnoreCase) && !x.Value.Contains("abcdefgh", StringComparison.Ordinal)).Select(x => $"{file}: {x.Value[..Math.Min(12, x.Length)]}…"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("sk", "-proj-abcdefghijklmnopqrstuvwx")]
    [InlineData("AKIA", "IOSFODNN7EXAMPLX")]
    [InlineData("pd_live", "_0123456789012345678901234567890123456789abc")]
    [InlineData("-----BEGIN", " PRIVATE KEY-----")]
    [InlineData("ghp", "_012345678901234567890123456789012345")]
    public void The_search_for_secrets_finds_them(string first, string second) => Assert.Matches(Secret(), "x = \"" + first + second + "\"");

    [Fact]
    public void The_example_of_settings_holds_no_key_and_no_password() =>
        Assert.Empty(Given().Matches(File.ReadAllText(Path.Combine(Root, "appsettings.Example.json"))).Select(x => x.Value));

    [Fact]
    public void Every_proof_that_the_documents_name_is_a_test()
    {
        var tests = string.Join('\n', Sources().Where(x => x.StartsWith("tests/", StringComparison.Ordinal) && x.EndsWith(".cs", StringComparison.Ordinal)).Select(x => File.ReadAllText(Path.Combine(Root, x))));
        var named = Proof().Matches(File.ReadAllText(Path.Combine(Root, "docs", "security.md")) + File.ReadAllText(Path.Combine(Root, "docs", "reliability.md"))).Select(x => x.Groups[1].Value).ToHashSet();
        Assert.True(named.Count > 80);
        Assert.Equal("", string.Join(", ", named.Where(x => !tests.Contains($" {x}(", StringComparison.Ordinal))));
    }

    /// <summary>Everything that belongs to the repository, not what was built from it.</summary>
    private static IEnumerable<string> Sources() => ((string[])["src", "tests", "scripts", "docs"]).Where(x => Directory.Exists(Path.Combine(Root, x)))
        .SelectMany(x => Directory.EnumerateFiles(Path.Combine(Root, x), "*", SearchOption.AllDirectories)).Concat(Directory.EnumerateFiles(Root))
        .Select(x => Path.GetRelativePath(Root, x).Replace('\\', '/'))
        .Where(x => !x.Split('/').Intersect(["bin", "obj", "node_modules", "artifacts", "fonts"]).Any() && !x.EndsWith(".db", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "PromptDesigner.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[a-z0-9.]+)?$")]
    private static partial Regex Exact();

    [GeneratedRegex(@"\bsk-[A-Za-z0-9_-]{20,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bpd_live_[A-Za-z0-9_-]{43}|-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\bAIza[0-9A-Za-z_-]{35}|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}")]
    private static partial Regex Secret();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex Proof();

    [GeneratedRegex("\"(?:ApiKey|Password|AdminPassword|ConnectionString)\"\\s*:\\s*\"[^\"]+\"")]
    private static partial Regex Given();
}
