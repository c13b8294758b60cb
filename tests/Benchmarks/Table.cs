using System.Text;

namespace PromptDesigner.Benchmarks;

/// <summary>What was measured, a line each.</summary>
internal sealed class Table
{
    private readonly List<(string Work, string Figure)> _rows = [];

    public void Add(string work, string figure)
    {
        _rows.Add((work, figure));
        Console.WriteLine($"{work}: {figure}");
    }

    public override string ToString()
    {
        if (_rows.Count == 0) return "Nothing of that name is measured.";
        var width = _rows.Max(x => x.Work.Length);
        var text = new StringBuilder("| ").Append("work".PadRight(width)).AppendLine(" | measured |");
        text.Append('|').Append('-', width + 2).AppendLine("|---|");
        foreach (var (work, figure) in _rows) text.Append("| ").Append(work.PadRight(width)).Append(" | ").Append(figure).AppendLine(" |");
        return text.ToString();
    }
}
