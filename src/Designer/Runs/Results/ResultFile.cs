using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using CsvHelper;
using PromptDesigner.Designer.Shell;

namespace PromptDesigner.Designer.Runs.Results;

/// <summary>Results as files, a run a row, written while they are read.</summary>
public static class ResultFile
{
    private const int FlushedAt = 64 * 1024;

    private static readonly string[] OfRun = ["run", "status", "version", "trigger", "startedBy", "account", "try", "practice", "createdAt", "startedAt", "finishedAt", "cost", "currency", "errorCode", "error"];
    private static readonly CsvWriterOptions Csv = new() { WriteByteOrderMark = true }; // without it Excel reads UTF-8 as the machine's own code page
    private static readonly JsonWriterOptions Lines = new() { Encoder = Problems.Json.Encoder, SkipValidation = true };

    /// <summary>CSV with one column for each input and output. No cell is a formula (<see cref="HarmlessText"/>); numbers stay numbers, and values that are neither are JSON.</summary>
    public static async Task WriteCsvAsync(Stream to, ResultSelection results, string currency, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(to, Csv, leaveOpen: true);
        foreach (var name in OfRun.Concat(results.Columns.Select(x => x.Key))) csv.WriteField(HarmlessText.Of(name));
        await csv.EndRecordAsync(cancel);
        await foreach (var row in results.Rows.WithCancellation(cancel))
        {
            foreach (var cell in Cells(row, currency)) csv.WriteField(cell);
            var (inputs, outputs) = (ResultValue.Fields(row.Inputs), ResultValue.Fields(row.Outputs));
            foreach (var column in results.Columns) csv.WriteField(Cell(column.Of(inputs, outputs)));
            await csv.EndRecordAsync(cancel);
        }
        await csv.FlushAsync(cancel);
    }

    /// <summary>One JSON object a line; inputs and outputs are passed on as they are stored.</summary>
    public static async Task WriteLinesAsync(Stream to, ResultSelection results, string currency, CancellationToken cancel)
    {
        var pipe = PipeWriter.Create(to, new StreamPipeWriterOptions(leaveOpen: true));
        await using var writer = new Utf8JsonWriter(pipe, Lines);
        await foreach (var row in results.Rows.WithCancellation(cancel))
        {
            Write(writer, row, currency);
            writer.Flush();
            writer.Reset();
            pipe.GetSpan(1)[0] = (byte)'\n';
            pipe.Advance(1);
            if (pipe.UnflushedBytes > FlushedAt) await pipe.FlushAsync(cancel);
        }
        await pipe.FlushAsync(cancel);
        await pipe.CompleteAsync();
    }

    /// <summary>A value as a cell of CSV.</summary>
    public static string Cell(ResultValue? value) => value is not { } there ? "" : there.Kind == JsonValueKind.Number ? there.Text : HarmlessText.Of(there.Text);

    private static IEnumerable<string> Cells(ResultRow x, string currency) =>
    [
        x.Id.ToString(), x.Status.ToString(), x.Version?.ToString(CultureInfo.InvariantCulture) ?? "draft", Trigger(x), HarmlessText.Of(x.StartedBy), HarmlessText.Of(x.Account ?? ""), Flag(x.Try), Flag(x.Practice),
        Time(x.CreatedAt)!, Time(x.StartedAt) ?? "", Time(x.FinishedAt) ?? "", StepView.Money(x.Cost)!, HarmlessText.Of(currency), HarmlessText.Of(x.ErrorCode ?? ""), HarmlessText.Of(x.ErrorMessage ?? ""),
    ];

    private static void Write(Utf8JsonWriter writer, ResultRow x, string currency)
    {
        writer.WriteStartObject();
        writer.WriteString("run", x.Id);
        writer.WriteString("status", x.Status.ToString());
        if (x.Version is { } version) writer.WriteNumber("version", version);
        else writer.WriteString("version", "draft");
        writer.WriteString("trigger", Trigger(x));
        writer.WriteString("startedBy", x.StartedBy);
        writer.WriteString("account", x.Account);
        writer.WriteBoolean("try", x.Try);
        writer.WriteBoolean("practice", x.Practice);
        writer.WriteString("createdAt", Time(x.CreatedAt));
        writer.WriteString("startedAt", Time(x.StartedAt));
        writer.WriteString("finishedAt", Time(x.FinishedAt));
        writer.WriteString("cost", StepView.Money(x.Cost));
        writer.WriteString("currency", currency);
        writer.WritePropertyName("error");
        if (x.ErrorCode is null) writer.WriteNullValue();
        else
        {
            writer.WriteStartObject();
            writer.WriteString("code", x.ErrorCode);
            writer.WriteString("message", x.ErrorMessage);
            writer.WriteString("step", x.ErrorStep);
            writer.WriteEndObject();
        }
        WriteStored(writer, "inputs", x.Inputs);
        WriteStored(writer, "outputs", x.Outputs);
        writer.WriteEndObject();
    }

    private static void WriteStored(Utf8JsonWriter writer, string name, string? json)
    {
        writer.WritePropertyName(name);
        if (json is null) writer.WriteNullValue();
        else if (json.AsSpan().ContainsAny('\n', '\r')) JsonSerializer.Deserialize<JsonElement>(json).WriteTo(writer); // a line is a line
        else writer.WriteRawValue(json, skipInputValidation: true);
    }

    private static string Trigger(ResultRow x) => x.Trigger.ToString().ToLowerInvariant();

    private static string Flag(bool flag) => flag ? "true" : "false";

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
