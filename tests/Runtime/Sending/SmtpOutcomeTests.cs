using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Sending;

/// <summary>Every moment of a talk, ended in every way: what is known afterwards, and what the server then has.</summary>
public sealed class SmtpOutcomeTests
{
    private static readonly Dictionary<string, SmtpDeed> Deeds = new()
    {
        ["4xx"] = SmtpDeed.Say("451 4.7.1 not now, please"),
        ["421"] = SmtpDeed.SayAndClose("421 4.3.2 closing down"),
        ["5xx"] = SmtpDeed.Say("550 5.7.1 never"),
        ["close"] = SmtpDeed.Close,
        ["break"] = SmtpDeed.Break,
        ["silence"] = SmtpDeed.Silence,
        ["nonsense"] = SmtpDeed.Say("hello there"),
        ["999"] = SmtpDeed.Say("999 what"),
    };

    public static TheoryData<string, string, string> Table()
    {
        var table = new TheoryData<string, string, string>();
        void Row(SmtpMoment moment, string expected)
        {
            foreach (var (deed, outcome) in Deeds.Keys.Zip(expected.Split('|', StringSplitOptions.TrimEntries))) table.Add(moment.ToString(), deed, outcome);
        }
        //                        4xx       | 421       | 5xx         | close     | break     | silence       | nonsense       | 999
        Row(SmtpMoment.Greeting, "Later 451 | Later 421 | Later 550   | Later cut | Later cut | Later silence | Later not_smtp | Later not_smtp");
        Row(SmtpMoment.Hello,    "Later 451 | Later cut | Later 550   | Later cut | Later cut | Later silence | Later not_smtp | Later not_smtp");
        Row(SmtpMoment.StartTls, "Later 451 | Later 421 | Later 550   | Later cut | Later cut | Later silence | Later not_smtp | Later not_smtp");
        Row(SmtpMoment.Login,    "Later 451 | Later 421 | Later login | Later cut | Later cut | Later silence | Later not_smtp | Later login");
        Row(SmtpMoment.Sender,   "Later 451 | Later 421 | Refused 550 | Later cut | Later cut | Later silence | Later not_smtp | Later not_smtp");
        Row(SmtpMoment.Recipient,"Later 451 | Later 421 | Refused 550 | Later cut | Later cut | Later silence | Later not_smtp | Later not_smtp");
        Row(SmtpMoment.Data,     "Later 451 | Later 421 | Refused 550 | Later cut | Later cut | Later silence | Later not_smtp | Later not_smtp");
        Row(SmtpMoment.Dot,      "Later 451 | Later 421 | Refused 550 | Uncertain | Uncertain | Uncertain     | Uncertain      | Uncertain");
        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Whatever_ends_a_talk_has_one_exact_meaning(string moment, string deed, string expected)
    {
        var at = Enum.Parse<SmtpMoment>(moment);
        await using var server = Scripted(at, deed);
        var (security, user) = (at == SmtpMoment.StartTls ? MailSecurity.StartTls : MailSecurity.None, at == SmtpMoment.Login ? "shop" : null);

        var known = await Post.SendAsync(server, Post.Mail(), security, user, "right");

        if (Short(known) == "Later no_connection") Assert.Equal(("Greeting", "break"), (moment, deed)); // the break may be there before the connection is
        else Assert.Equal(expected, Short(known));
        Assert.Empty(server.Delivered);
        Assert.Equal(at == SmtpMoment.Dot ? 1 : 0, server.Taken.Count);
        Assert.Contains($"{(security == MailSecurity.None ? "127.0.0.1" : "localhost")}:{server.Port}", Message(known), StringComparison.Ordinal);
        if (deed is "4xx" or "5xx") Assert.Contains(Deeds[deed].Answer![4..], Message(known), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("close", "Later cut")]
    [InlineData("break", "Later cut")]
    [InlineData("silence", "Later silence")]
    public async Task A_body_that_broke_off_is_certainly_not_sent(string deed, string expected)
    {
        await using var server = Scripted(SmtpMoment.Body, deed);
        Assert.Equal(expected, Short(await Post.SendAsync(server, Post.Large())));
        Assert.Empty(server.Taken);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("break")]
    [InlineData("silence")]
    public async Task A_small_body_leaves_with_its_dot_so_that_nobody_knows_how_much_arrived(string deed)
    {
        await using var server = Scripted(SmtpMoment.Body, deed);
        Assert.Equal("Uncertain", Short(await Post.SendAsync(server, Post.Mail())));
    }

    [Theory]
    [InlineData("4xx", "Later 451")]
    [InlineData("5xx", "Refused 550")]
    [InlineData("close", "Later cut")]
    [InlineData("silence", "Later silence")]
    public async Task A_second_recipient_who_is_refused_keeps_the_mail_from_the_first(string deed, string expected)
    {
        foreach (var offers in (string[][])[["PIPELINING"], []])
        {
            await using var server = new ScriptedSmtpServer((moment, line) => moment == SmtpMoment.Recipient && line.Contains("bert", StringComparison.Ordinal) ? Deeds[deed] : null) { Offers = offers };
            var known = await Post.SendAsync(server, Post.Mail(to: ["anna@example.com", "bert@example.com", "cara@example.com"]));
            Assert.Equal(expected, Short(known));
            if (deed is "4xx" or "5xx") Assert.Contains("bert@example.com", Message(known), StringComparison.Ordinal);
            Assert.DoesNotContain("anna@example.com", Message(known), StringComparison.Ordinal);
            Assert.DoesNotContain("DATA", server.Commands);
            Assert.Empty(server.Taken);
        }
    }

    [Fact]
    public async Task A_recipient_refused_for_good_counts_more_than_one_who_may_come_later()
    {
        await using var server = new ScriptedSmtpServer((moment, line) => moment != SmtpMoment.Recipient ? null : line.Contains("anna", StringComparison.Ordinal) ? Deeds["4xx"] : line.Contains("bert", StringComparison.Ordinal) ? Deeds["5xx"] : null);
        var known = await Post.SendAsync(server, Post.Mail(to: ["anna@example.com"], cc: ["bert@example.com"]));
        Assert.Equal("Refused 550", Short(known));
        Assert.Contains("the recipient bert@example.com:", Message(known), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SmtpMoment.Sender, "503 5.5.1 MAIL first", "451 4.3.0 later", "Later 451")]
    [InlineData(SmtpMoment.Recipient, "530 5.7.0 authentication required", null, "Later login")]
    [InlineData(SmtpMoment.Dot, "200 fine", null, "Sent")]
    [InlineData(SmtpMoment.Dot, "354 more", null, "Uncertain")]
    [InlineData(SmtpMoment.Dot, "554 5.7.1 spam", null, "Refused 554")]
    [InlineData(SmtpMoment.Dot, "530 5.7.0 authentication required", null, "Later login")]
    public async Task An_unusual_answer_is_read_by_what_it_says(SmtpMoment moment, string answer, string? senderAnswer, string expected)
    {
        await using var server = new ScriptedSmtpServer((at, _) => senderAnswer is not null
            ? at == SmtpMoment.Sender ? SmtpDeed.Say(senderAnswer) : at == SmtpMoment.Recipient ? SmtpDeed.Say(answer) : null
            : at == moment ? SmtpDeed.Say(answer) : null);
        Assert.Equal(expected, Short(await Post.SendAsync(server, Post.Mail())));
    }

    [Theory]
    [InlineData(SmtpMoment.Quit, "close", null)]
    [InlineData(SmtpMoment.Quit, "silence", null)]
    [InlineData(SmtpMoment.Reset, "close", "5xx")]
    [InlineData(SmtpMoment.Reset, "silence", "5xx")]
    public async Task A_rude_goodbye_changes_nothing(SmtpMoment moment, string deed, string? dot)
    {
        await using var server = new ScriptedSmtpServer((at, _) => at == moment ? Deeds[deed] : at == SmtpMoment.Dot && dot is not null ? Deeds[dot] : null);
        Assert.Equal(dot is null ? "Sent" : "Refused 550", Short(await Post.SendAsync(server, Post.Mail())));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("\r\n.\r\n..\r\n.")]
    [InlineData("a")]
    [InlineData(".\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.\n.")]
    public async Task Whatever_the_body_its_last_byte_is_known(string body)
    {
        foreach (var html in (string?[])[null, "<p>" + body, Post.Html(10_000)])
        {
            await using var server = new ScriptedSmtpServer((at, _) => at == SmtpMoment.Dot ? SmtpDeed.Break : null) { Offers = ["PIPELINING", "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8", "SIZE 99999999"] };
            Assert.Equal("Uncertain", Short(await Post.SendAsync(server, Post.Mail(text: body, html: html))));
            Assert.Single(server.Taken);
            Assert.DoesNotContain(server.Commands, x => x.StartsWith("BDAT", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_answer_is_quoted_shortly_and_in_one_line()
    {
        await using var server = new ScriptedSmtpServer((at, _) => at == SmtpMoment.Dot ? SmtpDeed.Say("550-first\r\n550-\u001b[31mred\u0007\r\n550 " + new string('x', 2000)) : null);
        var known = await Post.SendAsync(server, Post.Mail());
        Assert.Contains("\"first [31mred xxx", Message(known), StringComparison.Ordinal);
        Assert.InRange(Message(known).Length, 300, 500);
        Assert.DoesNotContain(Message(known), char.IsControl);
    }

    private static ScriptedSmtpServer Scripted(SmtpMoment at, string deed) => new((moment, _) => moment == at ? Deeds[deed] : null)
    {
        Certificate = Post.Certificate,
        Offers = at == SmtpMoment.StartTls ? ["STARTTLS", "PIPELINING"] : ["PIPELINING", "8BITMIME", "AUTH PLAIN"],
    };

    internal static string Short(Delivery known) => known switch
    {
        Delivery.Later x => $"Later {x.Code}",
        Delivery.Refused x => $"Refused {x.Code}",
        _ => known.GetType().Name,
    };

    internal static string Message(Delivery known) => known switch
    {
        Delivery.Later x => x.Message,
        Delivery.Refused x => x.Message,
        Delivery.Uncertain x => x.Message,
        Delivery.Sent x => x.Answer,
        _ => "",
    };
}
