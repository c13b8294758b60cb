using System.Globalization;
using PromptDesigner.Designer.Shared;

namespace PromptDesigner.Designer.Tests.Shared;

public sealed class SayTests
{
    [Theory]
    [InlineData("0", "$0.00")]
    [InlineData("12.3", "$12.30")]
    [InlineData("1234567.891", "$1,234,567.89")]
    [InlineData("0.99999", "$1.00")]
    [InlineData("0.0042", "$0.0042")]
    [InlineData("0.5", "$0.50")]
    [InlineData("0.00001", "$0.00001")]
    [InlineData("0.0000000012", "$0.0000000012")]
    [InlineData("0.000000000001", "$0.000000000001")]
    public void Money_is_short_and_never_nothing_for_what_cost_something(string amount, string expected) => Assert.Equal(expected, Say.Money(decimal.Parse(amount, CultureInfo.InvariantCulture), "USD"));

    [Fact]
    public void Any_cost_shows_a_digit_that_is_not_nought()
    {
        for (var amount = 0.000000000001m; amount < 100; amount *= 1.7m)
            Assert.Contains(Say.Money(amount, "CHF"), x => x is >= '1' and <= '9');
    }

    [Fact]
    public void Money_without_a_price_is_a_dash_and_other_currencies_are_named() => Assert.Equal(("–", "€1.00", "1.00 CHF"), (Say.Money(null, "USD"), Say.Money(1, "EUR"), Say.Money(1, "CHF")));

    [Theory]
    [InlineData(-5, "0 ms")]
    [InlineData(0, "0 ms")]
    [InlineData(340, "340 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(999.9, "1.0 s")]
    [InlineData(8_230, "8.2 s")]
    [InlineData(59_940, "59.9 s")]
    [InlineData(59_970, "1 min")]
    [InlineData(185_000, "3 min 5 s")]
    [InlineData(180_000, "3 min")]
    [InlineData(7_440_000, "2 h 4 min")]
    [InlineData(7_200_000, "2 h")]
    [InlineData(259_200_000, "3 d")]
    public void A_duration_has_two_parts_at_most(double milliseconds, string expected) => Assert.Equal(expected, Say.Duration(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData(0, "now")]
    [InlineData(-3, "now")]
    [InlineData(12, "12 s ago")]
    [InlineData(190, "3 min ago")]
    [InlineData(-2_800, "in 46 min")]
    [InlineData(90_000, "1 d ago")]
    public void A_time_is_said_from_now(int seconds, string expected)
    {
        var now = new DateTimeOffset(2027, 1, 10, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, Say.Ago(now.AddSeconds(-seconds), now));
    }

    [Fact]
    public void Numbers_and_sizes_are_said_in_one_way_on_every_machine()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(("1,204", "-3", "999 bytes", "1.5 KB", "25 MB", "$1,234.50", "8.2 s"),
                (Say.Number(1204), Say.Number(-3), Say.Size(999), Say.Size(1536), Say.Size(25 * 1024 * 1024), Say.Money(1234.5m, "USD"), Say.Duration(TimeSpan.FromSeconds(8.2))));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Plain text,\n\twith äöü, 漢字 and 👩‍💻.", null)]
    [InlineData("pay \u202Eevil", "pay ⟨U+202E⟩evil")]
    [InlineData("a\u200Bb\u2060c\uFEFFd\u00ADe", "a⟨U+200B⟩b⟨U+2060⟩c⟨U+FEFF⟩d⟨U+00AD⟩e")]
    [InlineData("a\u2066b\u2069\u061C", "a⟨U+2066⟩b⟨U+2069⟩⟨U+061C⟩")]
    [InlineData("\u001b[31mred\0", "⟨U+001B⟩[31mred⟨U+0000⟩")]
    [InlineData("\u0085\u2028\u2029", "⟨U+0085⟩⟨U+2028⟩⟨U+2029⟩")]
    [InlineData("hi\U000E0041\U000E007F", "hi⟨U+E0041⟩⟨U+E007F⟩")]
    [InlineData("\u180E\u3164\u115F\u2063", "⟨U+180E⟩⟨U+3164⟩⟨U+115F⟩⟨U+2063⟩")]
    public void What_hides_in_a_text_is_written_out(string text, string? expected) => Assert.Equal(expected ?? text, VisibleText.Of(text));
}
