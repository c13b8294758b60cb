using System.Text.Json;
using CsvHelper;

namespace PromptDesigner.Runtime.Files;

/// <summary>Rows of a table file: of CSV the objects by its header, of JSONL the values of its lines. Within limits that an upload is judged by.</summary>
internal static class FileRows
{
    private const int MostRows = 100_000;
    private const int MostColumns = 200;
    private const int LongestCell = 100_000;

    private static readonly CsvReaderOptions Csv = new() { HasHeader = false, MaxRecordSize = 8 * 1024 * 1024 };

    /// <summary>What of a table file is beyond a limit or no table; null: nothing.</summary>
    public static string? Wrong(FileKind kind, Stream content)
    {
        if (!IsTable(kind)) return null;
        try
        {
            using var reader = new StreamReader(content);
            var rows = 0;
            foreach (var _ in kind == FileKind.Csv ? ReadCsv(reader).Select(x => x.Count) : ReadLines(reader).Select(x => x.Length))
                if (++rows > MostRows) return $"It has more than {MostRows:N0} rows. Split it.";
            return null;
        }
        catch (CsvFormatException error)
        {
            return $"Near record {error.RecordNumber:N0} it is no CSV, or the record is too large; look for a quote that is never closed.";
        }
        catch (FileRowsException error)
        {
            return error.Message;
        }
    }

    /// <summary>True for kinds that have rows.</summary>
    public static bool IsTable(FileKind kind) => kind == FileKind.Csv || kind == FileKind.JsonLines;

    /// <summary>Writes a table's rows as a JSON list.</summary>
    public static void Write(FileKind kind, string text, Utf8JsonWriter writer)
    {
        using var reader = new StringReader(text);
        writer.WriteStartArray();
        if (kind == FileKind.Csv)
        {
            foreach (var row in ReadCsv(reader))
            {
                writer.WriteStartObject();
                foreach (var (name, value) in row) writer.WriteString(name, value);
                writer.WriteEndObject();
            }
        }
        else
        {
            foreach (var line in ReadLines(reader)) writer.WriteRawValue(line);
        }
        writer.WriteEndArray();
    }

    private static IEnumerable<List<(string Name, string Value)>> ReadCsv(TextReader reader)
    {
        using var csv = CsvReader.Create(reader, Csv, true);
        if (!csv.Read()) yield break;
        var header = Names([.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)]);
        if (header.Count > MostColumns) throw new FileRowsException($"It has more than {MostColumns} columns.");
        while (csv.Read())
        {
            var row = new List<(string, string)>(header.Count);
            for (var i = 0; i < header.Count; i++)
            {
                var cell = csv.GetString(i); // a short row is empty at its end, what is beyond the header is nobody's
                if (cell.Length > LongestCell) throw new FileRowsException($"A cell has more than {LongestCell:N0} characters.");
                row.Add((header[i], cell));
            }
            yield return row;
        }
    }

    /// <summary>A column without a name, or with one that was there before, gets one of its own.</summary>
    private static List<string> Names(string[] header)
    {
        var names = new List<string>(header.Length);
        foreach (var (i, given) in header.Index())
        {
            var name = given.Trim();
            if (name.Length == 0) name = $"column{i + 1}";
            var unique = name;
            for (var n = 2; names.Contains(unique, StringComparer.Ordinal); n++) unique = $"{name}_{n}";
            names.Add(unique);
        }
        return names;
    }

    private static IEnumerable<string> ReadLines(TextReader reader)
    {
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (FileContent.Parse(line) is null) throw new FileRowsException($"Line {number} is no JSON value.");
            yield return line;
        }
    }
}

/// <summary>A table file is no table, or too large a one.</summary>
internal sealed class FileRowsException(string message) : Exception(message);
