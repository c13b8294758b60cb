using PromptDesigner.Runtime.Sending;

namespace PromptDesigner.Runtime.Tests.Sending;

public sealed class MailAddressesTests
{
    [Theory]
    [InlineData("anna@example.com", "anna@example.com")]
    [InlineData("  anna@example.com  ", "anna@example.com")]
    [InlineData("a@b.de, c@d.de", "a@b.de|c@d.de")]
    [InlineData("a@b.de;c@d.de;", "a@b.de|c@d.de")]
    [InlineData("a@b.de\r\nc@d.de\n\n", "a@b.de|c@d.de")]
    [InlineData("a@b.de, A@B.DE, a@B.de", "a@b.de")]
    [InlineData("Anna <a@b.de>", "\"Anna\" <a@b.de>")]
    [InlineData("Anna Meier <a@b.de>", "\"Anna Meier\" <a@b.de>")]
    [InlineData("\"Meier, Anna\" <a@b.de>", "\"Meier, Anna\" <a@b.de>")]
    [InlineData("\"Meier; Anna\" <a@b.de>; c@d.de", "\"Meier; Anna\" <a@b.de>|c@d.de")]
    [InlineData("\"Anna (Sales)\" <a@b.de>", "\"Anna (Sales)\" <a@b.de>")]
    [InlineData("\"say \\\"hi\\\"\" <a@b.de>", "\"say \\\"hi\\\"\" <a@b.de>")]
    [InlineData("Jörg Müller <joerg@b.de>", "\"Jörg Müller\" <joerg@b.de>")]
    [InlineData("山田 <y@b.jp>", "\"山田\" <y@b.jp>")]
    [InlineData("<a@b.de>", "a@b.de")]
    [InlineData("a.b+tag@b.de", "a.b+tag@b.de")]
    [InlineData("o'hara@b.de", "o'hara@b.de")]
    [InlineData("a@sub.dom.b.de", "a@sub.dom.b.de")]
    [InlineData("root@localhost", "root@localhost")]
    [InlineData("a@bücher.example", "a@xn--bcher-kva.example")]
    [InlineData("A@BÜCHER.example", "A@xn--bcher-kva.example")]
    [InlineData("a@xn--bcher-kva.example", "a@xn--bcher-kva.example")]
    [InlineData("a@Example.COM", "a@example.com")]
    [InlineData("a_b-c@b-c.de", "a_b-c@b-c.de")]
    public void A_plain_address_is_read(string text, string expected)
    {
        var (addresses, problem) = MailAddresses.Parse(text);
        Assert.Null(problem);
        Assert.Equal(expected, string.Join('|', addresses));
        Assert.Equal(addresses, MailAddresses.Parse(string.Join(", ", addresses)).Addresses);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ,;\r\n")]
    [InlineData("anna")]
    [InlineData("@b.de")]
    [InlineData("anna@")]
    [InlineData("a@b")]
    [InlineData("a@b@c.de")]
    [InlineData("a b@c.de")]
    [InlineData("a@b c.de")]
    [InlineData("a@b.de c@d.de")]
    [InlineData("Team: a@b.de, c@d.de;")]
    [InlineData("Team:;")]
    [InlineData("Undisclosed recipients:")]
    [InlineData("<@x.de:a@b.de>")]
    [InlineData("<@x.de,@y.de:a@b.de>")]
    [InlineData("a@b.de\r\nBcc: victim@x.de")]
    [InlineData("\"a\r\nBcc: victim@x.de\" <a@b.de>")]
    [InlineData("\"a\0b\" <a@b.de>")]
    [InlineData("a\0@b.de")]
    [InlineData("a\t@b.de")]
    [InlineData("\"Anna\u202Emoc.elpmaxe\" <a@b.de>")]
    [InlineData("=?utf-8?q?a=0D=0ABcc:_v@x.de?= <a@b.de>")]
    [InlineData("\"=?utf-8?q?x?=\" <a@b.de>")]
    [InlineData("a@b.de (Anna)")]
    [InlineData("a(x)@b.de")]
    [InlineData("Anna (Sales) <a@b.de>")]
    [InlineData("\"a b\"@b.de")]
    [InlineData("\"a@x.de\"@b.de")]
    [InlineData("jörg@b.de")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@127.0.0.1")]
    [InlineData("a@b..de")]
    [InlineData("a@.b.de")]
    [InlineData("a@b.de.")]
    [InlineData("a@-b.de")]
    [InlineData("a@b_c.de")]
    [InlineData(".a@b.de")]
    [InlineData("a.@b.de")]
    [InlineData("a..b@b.de")]
    [InlineData("Anna <a@b.de")]
    [InlineData("Anna a@b.de>")]
    [InlineData("\"Anna <a@b.de>")]
    [InlineData("Anna <a@b.de> <c@d.de>")]
    [InlineData("\"Anna\\")]
    [InlineData("mailto:a@b.de")]
    [InlineData("a@b.de>\r\nDATA")]
    [InlineData("a@b.de> SIZE=1")]
    public void What_is_not_plainly_an_address_is_named(string text)
    {
        var (addresses, problem) = MailAddresses.Parse("good@example.com, " + text);
        if (text.Trim(' ', ',', ';', '\r', '\n').Length == 0)
        {
            Assert.Contains("No address is named", MailAddresses.Parse(text).Problem, StringComparison.Ordinal);
            return;
        }
        Assert.NotNull(problem);
        Assert.Empty(addresses);
        Assert.DoesNotContain("good@example.com", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(problem, char.IsControl);
        Assert.EndsWith(".", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_are_enough_and_lengths_are_limited()
    {
        var fifty = string.Join('\n', Enumerable.Range(0, 50).Select(x => $"a{x}@b.de"));
        Assert.Equal(50, MailAddresses.Parse(fifty + "\nA7@b.de").Addresses.Count);
        Assert.Contains("more@b.de", MailAddresses.Parse(fifty + "\nmore@b.de").Problem, StringComparison.Ordinal);
        Assert.NotNull(MailAddresses.Parse(new string('a', 65) + "@b.de").Problem);
        Assert.Null(MailAddresses.Parse(new string('a', 64) + "@b.de").Problem);
        Assert.NotNull(MailAddresses.Parse("a@" + new string('b', 64) + ".de").Problem);
        Assert.NotNull(MailAddresses.Parse("a@" + string.Join('.', Enumerable.Repeat(new string('b', 60), 5)) + ".de").Problem);
        Assert.InRange(MailAddresses.Parse(new string('a', 100_000)).Problem!.Length, 50, 300);
    }
}
