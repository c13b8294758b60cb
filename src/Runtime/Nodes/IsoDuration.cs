using System.Globalization;
using System.Text.RegularExpressions;

namespace PromptDesigner.Runtime.Nodes;

/// <summary>Durations as settings write them: ISO 8601 without years and months, whose length depends on the calendar.</summary>
public static partial class IsoDuration
{
    /// <summary>True with the duration of a text such as <c>PT10M</c>, <c>P1DT12H</c> or <c>P2W</c>.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        var match = Form().Match(text ?? "");
        if (!match.Success || match.Groups.Values.Skip(1).All(part => !part.Success)) return false;
        var seconds = Part(match, "w") * 604_800 + Part(match, "d") * 86_400 + Part(match, "h") * 3_600 + Part(match, "m") * 60 + Part(match, "s");
        if (!(seconds <= TimeSpan.MaxValue.TotalSeconds / 2)) return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static double Part(Match match, string name) =>
        match.Groups[name].Success ? double.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\AP(?:(?<w>[0-9]{1,9})W)?(?:(?<d>[0-9]{1,9})D)?(?:T(?=[0-9])(?:(?<h>[0-9]{1,9})H)?(?:(?<m>[0-9]{1,9})M)?(?:(?<s>[0-9]{1,9}(?:\.[0-9]{1,7})?)S)?)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
