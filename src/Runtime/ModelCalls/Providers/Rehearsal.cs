using System.Globalization;

namespace PromptDesigner.Runtime.ModelCalls.Providers;

/// <summary>Trouble that a practice connection is told to make, so that people can rehearse what their pipeline does then.</summary>
internal sealed record Rehearsal(TimeSpan Slow, double Fail, double InvalidJson)
{
    /// <summary>Parses <c>slow=300,fail=0.1,invalidJson=0.2</c>; null and empty mean none.</summary>
    public static bool TryParse(string? text, out Rehearsal rehearsal)
    {
        rehearsal = new Rehearsal(TimeSpan.Zero, 0, 0);
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2 || !double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) || value < 0) return false;
            switch (pair[0])
            {
                case "slow" when value <= 600_000:
                    rehearsal = rehearsal with { Slow = TimeSpan.FromMilliseconds(value) };
                    break;
                case "fail" when value <= 1:
                    rehearsal = rehearsal with { Fail = value };
                    break;
                case "invalidJson" when value <= 1:
                    rehearsal = rehearsal with { InvalidJson = value };
                    break;
                default:
                    return false;
            }
        }
        return true;
    }
}
