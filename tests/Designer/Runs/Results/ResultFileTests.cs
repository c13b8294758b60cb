using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using FsCheck;
using FsCheck.Xunit;
using PromptDesigner.Data.Runs;
using PromptDesigner.Designer.Runs.Results;

namespace PromptDesigner.Designer.Tests.Runs.Results;

/// <summary>What stands in a file of results: no formula, every text, numbers as numbers.</summary>
public sealed class ResultFileTests
{
    private const string Triggers = "=+-@＝＋－＠\t\r\n";

    [Property(MaxTest = 500)]
    public void Whatever_a_text_is_no_cell_begins_a_formula_and_the_text_survives(NonNull<string> given, byte before, byte begin)
    {
        string[] fronts = ["", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\ufeff", "\u200b", "\0", "'", "''", "\"", " '\"", "\u202e", "a"];
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(fronts[before % fronts.Length] + (begin % 3 == 0 ? "" : Triggers[begin % Triggers.Length]) + given.Get)); // no half surrogate pairs
        var records = Csv(Row(JsonSerializer.Serialize(new { text, list = new[] { text } }), error: text), new ResultColumn(false, "text"), new ResultColumn(false, "list"), new ResultColumn(true, text));
        Assert.Equal(2, records.Count);
        foreach (var cell in records.SelectMany(x => x)) Assert.False(Computes(cell), JsonSerializer.Serialize(cell));
        Assert.Equal([text, "outputs." + text, text], [HarmlessText.Original(records[1][15]), HarmlessText.Original(records[0][17]), HarmlessText.Original(records[1][14])]);
        Assert.Equal(text, JsonSerializer.Deserialize<string[]>(records[1][16])![0]);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("-5", "'-5")]
    [InlineData("'-5", "''-5")]
    [InlineData("  @SUM(A1)", "'  @SUM(A1)")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\"=1\"", "'\"=1\"")]
    [InlineData("\u200b+1", "'\u200b+1")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void A_text_is_marked_where_it_may_be_computed_and_nowhere_else(string text, string cell)
    {
        Assert.Equal(cell, HarmlessText.Of(text));
        Assert.Equal(text, HarmlessText.Original(cell));
    }

    [Fact]
    public void Numbers_stay_numbers_and_what_is_neither_text_nor_number_is_json()
    {
        const string inputs = """{"n":-5.50,"big":-1e300,"text":"-5","yes":true,"none":null,"empty":"","list":[1,"\u00fc"],"deep":{"a":{"b":"=1"}}}""";
        var names = new[] { "n", "big", "text", "yes", "none", "empty", "list", "deep", "missing" };
        var records = Csv(Row(inputs), [.. names.Select(x => new ResultColumn(false, x))]);
        Assert.Equal(names.Select(x => "inputs." + x), records[0][15..]);
        Assert.Equal(["-5.50", "-1e300", "'-5", "true", "", "", "[1,\"ü\"]", """{"a":{"b":"=1"}}""", ""], records[1][15..]);
    }

    [Fact]
    public void Times_are_utc_and_the_file_says_that_it_is_utf_8()
    {
        var bytes = Bytes(ResultFile.WriteCsvAsync, [Row("{}")]);
        Assert.Equal([0xEF, 0xBB, 0xBF], bytes[..3]);
        var records = Parse(bytes);
        Assert.Equal("run status version trigger startedBy account try practice createdAt startedAt finishedAt cost currency errorCode error", string.Join(' ', records[0]));
        Assert.Equal("00000000-0000-0000-0000-000000000001 Failed 3 api '@ana  true false 2026-11-24T12:05:09.120Z  2026-11-24T12:05:10.000Z 0.0042 USD model_failed It broke.", string.Join(' ', records[1]));
    }

    [Fact]
    public void A_line_is_one_json_object_with_inputs_and_outputs_as_they_are_stored()
    {
        var text = Encoding.UTF8.GetString(Bytes(ResultFile.WriteLinesAsync, [Row("""{"text":"=1+1\u00fc","n":-5.50}"""), Row("{\n\"a\": 1 }") with { Outputs = """{"x":null}""", ErrorCode = null, Version = null }]));
        var lines = text.Split('\n');
        Assert.Equal((3, ""), (lines.Length, lines[2]));
        Assert.Contains("""
            "inputs":{"text":"=1+1\u00fc","n":-5.50},"outputs":null}
            """, lines[0], StringComparison.Ordinal);
        var (first, second) = (JsonSerializer.Deserialize<JsonElement>(lines[0]), JsonSerializer.Deserialize<JsonElement>(lines[1]));
        Assert.Equal("run status version trigger startedBy account try practice createdAt startedAt finishedAt cost currency error inputs outputs", string.Join(' ', first.EnumerateObject().Select(x => x.Name)));
        Assert.Equal("""{"code":"model_failed","message":"It broke.","step":"p1"}""", first.GetProperty("error").GetRawText());
        Assert.Equal(("draft", 1, JsonValueKind.Null, JsonValueKind.Null), (second.GetProperty("version").GetString(), second.GetProperty("inputs").GetProperty("a").GetInt32(), second.GetProperty("error").ValueKind, second.GetProperty("outputs").GetProperty("x").ValueKind));
    }

    [Fact]
    public void A_row_of_megabytes_is_written_whole()
    {
        var text = new string('ü', 3_000_000) + "\r\n\"end\"";
        Assert.Equal(text, Csv(Row(JsonSerializer.Serialize(new { text })), new ResultColumn(false, "text"))[1][15]);
    }

    /// <summary>What spreadsheets do: what nobody sees in front is passed over.</summary>
    private static bool Computes(string cell) => cell.Length > 0 && (Triggers.Contains(cell[0], StringComparison.Ordinal) || cell.FirstOrDefault(x => !char.IsWhiteSpace(x) && !char.IsControl(x) && char.GetUnicodeCategory(x) != UnicodeCategory.Format) is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠');

    private static ResultRow Row(string inputs, string error = "It broke.") => new()
    {
        Key = 1, Id = new Guid("00000000-0000-0000-0000-000000000001"), Version = 3, Status = RunStatus.Failed, Trigger = RunTrigger.Api, StartedBy = "@ana", Try = true, Cost = 0.0042m, ErrorCode = "model_failed", ErrorMessage = error, ErrorStep = "p1",
        CreatedAt = new DateTimeOffset(2026, 11, 24, 14, 5, 9, 120, TimeSpan.FromHours(2)), FinishedAt = new DateTimeOffset(2026, 11, 24, 12, 5, 10, TimeSpan.Zero), Inputs = inputs,
    };

    private static List<string[]> Csv(ResultRow row, params ResultColumn[] columns) => Parse(Bytes(ResultFile.WriteCsvAsync, [row], columns));

    private static byte[] Bytes(Func<Stream, ResultSelection, string, CancellationToken, Task> write, ResultRow[] rows, params ResultColumn[] columns)
    {
        using var to = new MemoryStream();
        var written = write(to, new ResultSelection(columns, rows.ToAsyncEnumerable()), "USD", CancellationToken.None);
        Assert.True(written.IsCompletedSuccessfully, written.Exception?.ToString());
        return to.ToArray();
    }

    private static List<string[]> Parse(byte[] bytes)
    {
        using var reader = CsvReader.Create(new StreamReader(new MemoryStream(bytes)), new CsvReaderOptions { HasHeader = false, MaxRecordSize = 64 * 1024 * 1024 }, false);
        var records = new List<string[]>();
        while (reader.Read()) records.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return records;
    }
}
