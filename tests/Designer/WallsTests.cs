using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PromptDesigner.Designer.Tests;

/// <summary>The walls of the house, read from its sources.</summary>
public sealed partial class WallsTests
{
    private static readonly string Root = FindRoot();
    private static readonly IReadOnlyList<string> Sources = Files("src");

    [Theory]
    [InlineData("Data", "")]
    [InlineData("Runtime", "Data")]
    [InlineData("Designer", "Data, Runtime")]
    public void A_project_references_only_what_lies_below_it(string project, string allowed)
    {
        var file = XDocument.Load(Path.Combine(Root, "src", project, $"PromptDesigner.{project}.csproj"));
        var found = file.Descendants("ProjectReference").Select(x => Path.GetFileNameWithoutExtension(x.Attribute("Include")!.Value.Replace('\\', '/')).Replace("PromptDesigner.", "", StringComparison.Ordinal));
        Assert.Equal(allowed, string.Join(", ", found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Runtime_and_data_know_no_screen()
    {
        foreach (var project in (string[])["Data", "Runtime"])
            Assert.DoesNotContain("MudBlazor", File.ReadAllText(Path.Combine(Root, "src", project, $"PromptDesigner.{project}.csproj")), StringComparison.Ordinal);
        None(Sources.Where(x => !x.StartsWith("src/Designer/", StringComparison.Ordinal)), MudBlazor());
    }

    [Fact]
    public void Designer_saves_nothing_itself() => None(Sources.Where(x => x.StartsWith("src/Designer/", StringComparison.Ordinal)), Saving());

    [Fact]
    public void No_folder_is_named_after_a_pattern()
    {
        string[] forbidden = ["Services", "Helpers", "Models", "Extensions", "Handlers", "Utils", "Utilities", "Managers", "Common", "Core", "Interfaces", "Dtos", "Repositories", "Controllers", "Components", "Pages", "Infrastructure", "Misc"];
        var folders = Sources.Concat(Files("tests")).Select(x => Path.GetDirectoryName(x)!).Distinct();
        var wrong = folders.Where(x => x.Split('/').Intersect(forbidden, StringComparer.OrdinalIgnoreCase).Any()).ToList();
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_file_is_longer_than_a_person_reads()
    {
        Assert.Empty(Sources.Where(x => !x.Contains("/Migrations/", StringComparison.Ordinal) && Lines(x) > (x.EndsWith(".razor", StringComparison.Ordinal) ? 200 : 250)).Select(x => $"{x}: {Lines(x)}"));
        Assert.Empty(Files("tests").Where(x => Lines(x) > 350).Select(x => $"{x}: {Lines(x)}"));
    }

    [Fact]
    public void The_start_is_a_table_of_contents() => Assert.InRange(Lines("src/Designer/Program.cs"), 1, 80);

    [Fact]
    public void A_node_kind_is_a_folder_with_its_two_files()
    {
        var folders = Directory.GetDirectories(Path.Combine(Root, "src/Runtime/Nodes")).Select(x => Path.GetFileName(x)!).ToList();
        Assert.NotEmpty(folders);
        var missing = folders.SelectMany(kind => new[] { $"src/Runtime/Nodes/{kind}/{kind}Node.cs", $"src/Runtime/Nodes/{kind}/{kind}Settings.cs" }).Except(Sources).ToList();
        Assert.Empty(missing);
    }

    [Fact]
    public void Time_is_asked_of_the_clock_that_tests_can_set() => None(Sources, WallClock());

    [Fact]
    public void Nobody_blocks_on_a_task_or_forgets_one() => None(Sources, Blocking());

    [Fact]
    public void Nothing_is_dynamic() => None(Sources, Dynamic());

    [Fact]
    public void The_filter_of_workspaces_is_passed_by_in_listed_files_only() => None(Sources, PastTheFilter(),
        "src/Runtime/Accounts/Bootstrap.cs", "src/Runtime/Accounts/Invitations.cs", "src/Runtime/Accounts/MemberRegister.cs", "src/Runtime/Accounts/Memberships.cs");

    [Fact]
    public void Sql_is_written_in_listed_places_only() => None(Sources.Where(x => !x.StartsWith("src/Data/", StringComparison.Ordinal) && !x.StartsWith("src/Runtime/Runs/", StringComparison.Ordinal)), RawSql(),
        "src/Runtime/Accounts/Bootstrap.cs", "src/Runtime/Accounts/KeyRing.cs", "src/Runtime/Approvals/DecisionUnit.cs", "src/Runtime/Approvals/EditCheck.cs", "src/Runtime/Audit/AuditLog.cs", "src/Runtime/Files/FileSweep.cs", "src/Runtime/ModelCalls/ModelConnections.cs", "src/Runtime/ModelCalls/SpendCaps.cs", "src/Runtime/Pipelines/GraphJudge.cs",
        "src/Runtime/Notices/NoticeClaims.cs", "src/Runtime/Notices/NoticeDispatcher.cs", "src/Runtime/Notices/NoticeUnits.cs", "src/Runtime/Schedules/ScheduleClock.cs", "src/Runtime/Schedules/ScheduleDesk.cs", "src/Runtime/Schedules/SlotUnits.cs", "src/Runtime/Sending/MailServers.cs", "src/Runtime/Sending/MailUnits.cs", "src/Runtime/Sending/OutboxDesk.cs");

    [Fact]
    public void Markup_is_made_from_text_in_listed_files_only() => None(Sources, Markup(), "src/Designer/Shared/Icon.razor", "src/Designer/Shared/Markdown.razor");

    private static void None(IEnumerable<string> files, Regex wrong, params string[] allowed)
    {
        var found = new List<string>();
        foreach (var file in files.Except(allowed))
            foreach (var (line, text) in File.ReadLines(Path.Combine(Root, file)).Index())
                if (wrong.IsMatch(text) && !text.TrimStart().StartsWith("//", StringComparison.Ordinal)) found.Add($"{file}:{line + 1}: {text.Trim()}");
        Assert.Empty(found);
    }

    private static int Lines(string file) => File.ReadLines(Path.Combine(Root, file)).Count();

    private static List<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.*", SearchOption.AllDirectories)
        .Select(x => Path.GetRelativePath(Root, x).Replace('\\', '/'))
        .Where(x => x.EndsWith(".cs", StringComparison.Ordinal) || x.EndsWith(".razor", StringComparison.Ordinal))
        .Where(x => !x.Split('/').Intersect(["bin", "obj", "node_modules"]).Any()).Order(StringComparer.Ordinal).ToList();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "PromptDesigner.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    [GeneratedRegex("MudBlazor")]
    private static partial Regex MudBlazor();

    [GeneratedRegex(@"\b(SaveChanges\w*|ExecuteUpdate\w*|ExecuteDelete\w*|WriteAsync<|EnterWriteAsync)|[dD]atabase\.WriteAsync")]
    private static partial Regex Saving();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b|Stopwatch\.StartNew|new Stopwatch")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"(Async\([^()]*\)|[tT]ask)\.Result\b|\.Wait\(\)|GetAwaiter\(\)\.GetResult|async void|Thread\.Sleep")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"\bdynamic\b(?!"")")]
    private static partial Regex Dynamic();

    [GeneratedRegex("MarkupString|AddMarkupContent|innerHTML")]
    private static partial Regex Markup();

    [GeneratedRegex("IgnoreQueryFilters")]
    private static partial Regex PastTheFilter();

    [GeneratedRegex(@"FromSql|SqlQuery|ExecuteSql|CommandText|""(SELECT|INSERT|UPDATE|DELETE) |_read\.ReadAsync|read\.ReadAsync")]
    private static partial Regex RawSql();
}
