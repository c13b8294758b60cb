using PromptDesigner.Runtime.Notices;

namespace PromptDesigner.Runtime.Tests.Notices;

public sealed class NoticeTimesTests
{
    [Theory]
    [InlineData("2026-03-28T12:00Z", 8, "Europe/Berlin", "2026-03-29T06:00Z")] // summer time begins in the night
    [InlineData("2026-03-27T12:00Z", 8, "Europe/Berlin", "2026-03-28T07:00Z")]
    [InlineData("2026-10-24T12:00Z", 8, "Europe/Berlin", "2026-10-25T07:00Z")] // and ends
    [InlineData("2026-03-28T12:00Z", 2, "Europe/Berlin", "2026-03-29T01:00Z")] // there is no two o'clock: clocks jump over it
    [InlineData("2026-10-24T12:00Z", 2, "Europe/Berlin", "2026-10-25T00:00Z")] // two o'clock comes twice: the first
    [InlineData("2026-10-25T00:00Z", 2, "Europe/Berlin", "2026-10-26T01:00Z")] // and not the second too
    [InlineData("2026-06-01T06:00Z", 8, "Europe/Berlin", "2026-06-02T06:00Z")] // this very moment is not after itself
    [InlineData("2026-06-01T05:59:59Z", 8, "Europe/Berlin", "2026-06-01T06:00Z")]
    [InlineData("2026-06-01T20:00Z", 23, "America/New_York", "2026-06-02T03:00Z")]
    [InlineData("2026-06-01T05:00Z", 8, "Asia/Kolkata", "2026-06-02T02:30Z")]
    [InlineData("2026-06-01T05:00Z", 8, "No/Where", "2026-06-01T08:00Z")]
    public void The_day_s_mail_leaves_when_clocks_show_the_hour(string now, int hour, string zone, string next) => Assert.Equal(DateTimeOffset.Parse(next, null), NoticeTimes.NextDigest(DateTimeOffset.Parse(now, null), hour, zone));

    [Theory]
    [InlineData("https://prompts.example.com/", "https://prompts.example.com")]
    [InlineData(" http://10.0.0.7:5080 ", "http://10.0.0.7:5080")]
    [InlineData("https://example.com/prompts/", "https://example.com/prompts")]
    [InlineData("prompts.example.com", null)]
    [InlineData("ftp://example.com", null)]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("https://ana:secret@example.com", null)]
    [InlineData("https://example.com/?next=1", null)]
    [InlineData("https://example.com/?", null)]
    [InlineData("https://example.com/#top", null)]
    [InlineData("https://example.com/\r\nBcc: eve@example.org", null)]
    [InlineData("https://exa mple.com", null)]
    public void An_address_of_the_application_is_absolute_and_holds_no_more_than_that(string typed, string? stored) => Assert.Equal(stored, ApplicationAddress.Read(typed).Address);

    [Theory]
    [InlineData(null, "http://127.0.0.1:5080")]
    [InlineData("http://0.0.0.0:80;http://[::]:81", "http://localhost:80")]
    [InlineData("http://*:5080", "http://localhost:5080")]
    public void Without_one_links_lead_to_where_it_listens(string? urls, string link) => Assert.Equal(link + "/runs", new ApplicationAddress(urls).Link(null, "/runs"));
}
