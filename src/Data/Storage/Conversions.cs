using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace PromptDesigner.Data.Storage;

/// <summary>Times as milliseconds since 1970 in UTC: SQLite orders numbers, not offsets.</summary>
public sealed class UnixMilliseconds() : ValueConverter<DateTimeOffset, long>(x => x.ToUnixTimeMilliseconds(), x => DateTimeOffset.FromUnixTimeMilliseconds(x));

/// <summary>Ids as 16 bytes, most significant first, so that ids made one after another lie one after another.</summary>
public sealed class OrderedGuid() : ValueConverter<Guid, byte[]>(x => x.ToByteArray(true), x => new Guid(x, true));

/// <summary>Money as whole trillionths, so that sums are exact.</summary>
public sealed class PicoMoney() : ValueConverter<decimal, long>(x => ToPico(x), x => FromPico(x))
{
    /// <summary>Whole trillionths.</summary>
    public static long ToPico(decimal money) => (long)(money * 1_000_000_000_000m);

    /// <summary>Money without trailing zeros.</summary>
    public static decimal FromPico(long pico) => pico / 1_000_000_000_000m;
}
