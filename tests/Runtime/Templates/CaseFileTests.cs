using System.Text;

namespace PromptDesigner.Runtime.Tests.Templates;

public sealed class CaseFileTests
{
    private static readonly string OwnCases = Path.Combine(AppContext.BaseDirectory, "Templates", "cases");

    public static TheoryData<string, string> Own()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(OwnCases, "*.json").Order(StringComparer.Ordinal))
            foreach (var test in CaseJudge.Read(file)) data.Add(Path.GetFileName(file), test.Name);
        return data;
    }

    [Theory]
    [MemberData(nameof(Own))]
    public void Each_of_our_cases_gives_what_it_says(string file, string name)
    {
        var test = CaseJudge.Read(Path.Combine(OwnCases, file)).Single(t => t.Name == name);
        var verdict = CaseJudge.Judge(test);
        Assert.True(verdict.Passed, $"{test.Template}\n  gave     {verdict.Actual}\n  expected {(test.Invalid ? "an error" : string.Join(" or ", test.Results))}");
    }

    /// <summary>Run by judge-cases.sh; without a folder there is nothing to judge.</summary>
    [Fact]
    public void A_folder_of_cases_from_elsewhere_has_no_failure_without_a_reason()
    {
        if (Environment.GetEnvironmentVariable("TEMPLATE_CASES") is not { Length: > 0 } folder) return;
        var judged = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(CaseJudge.Read).Select(test => (Test: test, Verdict: CaseJudge.Judge(test))).ToList();
        var failed = judged.Where(j => !j.Verdict.Passed && j.Verdict.Apart is null).ToList();
        var report = new StringBuilder();
        foreach (var (test, verdict) in failed)
            report.AppendLine($"FAILED {test.Name}\n  template {test.Template}\n  gave     {verdict.Actual}\n  expected {(test.Invalid ? "an error" : string.Join(" or ", test.Results))}");
        foreach (var apart in judged.Where(j => j.Verdict.Apart is not null).GroupBy(j => j.Verdict.Apart).OrderByDescending(g => g.Count()))
        {
            report.AppendLine($"apart {apart.Count(),4}  {apart.Key}");
            if (Environment.GetEnvironmentVariable("TEMPLATE_CASES_LIST") is "1")
                foreach (var (test, verdict) in apart) report.AppendLine($"        {test.Name}: {verdict.Actual}");
        }
        report.AppendLine($"{judged.Count} cases: {judged.Count(j => j.Verdict.Passed)} passed, {failed.Count} failed, {judged.Count(j => j.Verdict.Apart is not null)} apart");
        if (Environment.GetEnvironmentVariable("TEMPLATE_CASES_REPORT") is { Length: > 0 } file) File.WriteAllText(file, report.ToString());
        Assert.True(judged.Count > 0, $"No case found under {folder}.");
        Assert.True(failed.Count == 0, report.ToString());
    }
}
