using System.Buffers;
using System.Text;

namespace PromptDesigner.Runtime.Files;

/// <summary>Kinds of files that are taken. A name says which one it should be, the bytes must agree.</summary>
internal sealed record FileKind(string ContentType, bool IsText, byte[] Begins)
{
    public static readonly FileKind Text = new("text/plain", true, []);
    public static readonly FileKind Csv = new("text/csv", true, []);
    public static readonly FileKind Json = new("application/json", true, []);
    public static readonly FileKind JsonLines = new("application/jsonl", true, []);

    private static readonly Dictionary<string, FileKind> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".txt"] = Text, [".log"] = Text, [".md"] = new("text/markdown", true, []), [".csv"] = Csv, [".json"] = Json, [".jsonl"] = JsonLines, [".ndjson"] = JsonLines,
        [".png"] = new("image/png", false, [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]), [".jpg"] = new("image/jpeg", false, [0xFF, 0xD8, 0xFF]), [".jpeg"] = new("image/jpeg", false, [0xFF, 0xD8, 0xFF]),
        [".pdf"] = new("application/pdf", false, "%PDF-"u8.ToArray()),
    };

    /// <summary>The kind that a name promises; a name without an extension leaves it to what the caller says; null: none that is taken.</summary>
    public static FileKind? Promised(string name, string? contentType)
    {
        var extension = Path.GetExtension(name);
        if (extension.Length > 1) return ByExtension.GetValueOrDefault(extension);
        var said = contentType?.Split(';')[0].Trim();
        return ByExtension.Values.FirstOrDefault(x => x.ContentType.Equals(said, StringComparison.OrdinalIgnoreCase)) ?? (string.IsNullOrEmpty(said) || said == "application/octet-stream" ? Text : null);
    }

    /// <summary>The kind of a stored file.</summary>
    public static FileKind Of(string contentType) => ByExtension.Values.First(x => x.ContentType == contentType);

    /// <summary>A judge for the bytes of one file as they come.</summary>
    public Judgement Judge() => new(this);

    /// <summary>Looks at a file's bytes piece by piece.</summary>
    internal sealed class Judgement(FileKind kind)
    {
        private static readonly SearchValues<byte> NoText = SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);

        private readonly Decoder _decoder = new UTF8Encoding(false, true).GetDecoder();
        private readonly char[] _characters = new char[16 * 1024];
        private long _seen;

        /// <summary>False once the bytes are not what the name promises.</summary>
        public bool Fits(ReadOnlySpan<byte> piece, bool isLast)
        {
            for (var i = _seen; i < kind.Begins.Length && i - _seen < piece.Length; i++)
                if (piece[(int)(i - _seen)] != kind.Begins[i]) return false;
            _seen += piece.Length;
            if (isLast && _seen < kind.Begins.Length) return false;
            return !kind.IsText || (!piece.ContainsAny(NoText) && IsUtf8(piece, isLast));
        }

        private bool IsUtf8(ReadOnlySpan<byte> piece, bool isLast)
        {
            try
            {
                do
                {
                    _decoder.Convert(piece, _characters, isLast, out var used, out _, out _);
                    piece = piece[used..];
                }
                while (piece.Length > 0);
                return true;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }
}
