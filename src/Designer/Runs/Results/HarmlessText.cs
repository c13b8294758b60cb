using System.Globalization;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>Text that no spreadsheet takes for a formula, whatever it begins with. An apostrophe in front says that a cell is text; <see cref="Original"/> takes it away again.</summary>
public static class HarmlessText
{
    private const char Mark = '\'';

    /// <summary>The text, marked where a spreadsheet might compute it.</summary>
    public static string Of(string text) => IsFormula(text) ? Mark + text : text;

    /// <summary>What a cell was made from.</summary>
    public static string Original(string cell) => cell.StartsWith(Mark) && IsFormula(cell) ? cell[1..] : cell;

    /// <summary>True where the text may be computed: after marks, quotes and what nobody sees it begins with <c>=</c>, <c>+</c>, <c>-</c> or <c>@</c> of any width, or it begins with what ends a cell.</summary>
    public static bool IsFormula(ReadOnlySpan<char> text)
    {
        text = text.TrimStart(Mark); // as many as there are, so that a marked text is told from one that was marked by its writer
        if (text.Length > 0 && text[0] is '\t' or '\r' or '\n') return true;
        foreach (var letter in text)
            if (!IsPassedOver(letter)) return letter is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' or '﹦' or '﹢' or '﹣' or '﹫' or '−';
        return false;
    }

    private static bool IsPassedOver(char letter) =>
        letter is '"' or Mark || char.IsWhiteSpace(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
