using PromptDesigner.Runtime.Schedules;

namespace PromptDesigner.Runtime.Tests.Schedules;

/// <summary>Lines that cannot be are refused with the field and what it takes; lines that can be are read aloud.</summary>
public sealed class CronLineTests
{
    [Theory]
    [InlineData("", "Choose when it should run.")]
    [InlineData("   ", "Choose when it should run.")]
    [InlineData("* * * *", "The line has 4 fields. Write five")]
    [InlineData("0 0 12 * * ? 2027 9", "The line has 8 fields. Write five")]
    [InlineData("60 * * * *", "The minute '60' cannot be: minute takes 0 to 59.")]
    [InlineData("0 24 * * *", "The hour '24' cannot be: hour takes 0 to 23.")]
    [InlineData("0 0 0 * *", "The day of the month '0' cannot be: day of the month takes 1 to 31.")]
    [InlineData("0 0 1 13 *", "The month '13' cannot be: month takes 1 to 12 or JAN to DEC.")]
    [InlineData("0 0 * * 8", "The day of the week '8' cannot be: day of the week takes 0 to 7 or SUN to SAT.")]
    [InlineData("0 0 0 ? * 0", "The day of the week '0' cannot be: day of the week takes 1 to 7 or SUN to SAT.")]
    [InlineData("0 0 25 * * ?", "The hour '25' cannot be: hour takes 0 to 23.")]
    [InlineData("0 */0 * * * ?", "The minute '*/0' steps by '0'; a step is 1 to 59.")]
    [InlineData("0/61 * * * *", "The minute '0/61' steps by '61'; a step is 1 to 59.")]
    [InlineData("1//2 * * * *", "The minute '1//2' has more than one '/'.")]
    [InlineData("30-10 * * * *", "The minute '30-10' runs backwards.")]
    [InlineData("1-2-3 * * * *", "The minute '1-2-3' has more than one '-'.")]
    [InlineData("1,,2 * * * *", "The minute has an empty part: a comma stands where a value is missing.")]
    [InlineData("0 8 * * MONDAY", "The day of the week 'MONDAY' cannot be")]
    [InlineData("🙂 * * * *", "The minute '🙂' cannot be: minute takes 0 to 59.")]
    [InlineData("H 3 * * *", "The minute 'H' cannot be")]
    [InlineData("@daily", "'@daily' is a short form that is not read here.")]
    [InlineData("0 0 0 31 2 ?", "This schedule would never run: no day is like that.")]
    [InlineData("0 0 0 1 1 ? 1990", "This schedule would never run: no day is like that.")]
    [InlineData("* * * * * ?", "It would run every 1 second; the shortest interval is 5 seconds.")]
    [InlineData("0,3 0 8 * * ?", "It would run every 3 seconds; the shortest interval is 5 seconds.")]
    [InlineData("0,58 * * * * ?", "It would run every 2 seconds; the shortest interval is 5 seconds.")]
    [InlineData("0 0 ? * MON#7", "The day of the week 'MON#7' cannot be")]
    [InlineData("-5 * * * *", "The minute '' cannot be: minute takes 0 to 59.")]
    public void A_wrong_line_is_refused_with_what_is_wrong_where(string line, string sentence)
    {
        var parsed = CronLine.Parse(line);
        Assert.Equal("schedule_invalid", parsed.Refusal?.Code);
        Assert.StartsWith(sentence, parsed.Refusal!.Message, StringComparison.Ordinal);
        Assert.Equal("/cron", parsed.Refusal.Errors![0].Path);
    }

    [Fact]
    public void A_line_of_ten_thousand_stars_is_refused_at_once()
    {
        Assert.Contains("are the most", CronLine.Parse(string.Join(' ', Enumerable.Repeat("*", 5)) + new string(' ', 10_000)).Refusal!.Message, StringComparison.Ordinal);
        Assert.Contains("10000 fields", CronLine.Parse(string.Join(' ', Enumerable.Repeat("*", 10_000))).Refusal!.Message.Replace("characters", "fields", StringComparison.Ordinal).Replace("19999", "10000", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30 8 * * 1-5", "Every weekday at 08:30")]
    [InlineData("30 8 * * MON-FRI", "Every weekday at 08:30")]
    [InlineData("0 30 8 ? * MON-FRI", "Every weekday at 08:30")]
    [InlineData("0 9 * * *", "Every day at 09:00")]
    [InlineData("*/15 * * * *", "Every 15 minutes")]
    [InlineData("* * * * *", "Every minute")]
    [InlineData("0 * * * *", "Every hour, on the hour")]
    [InlineData("5 */6 * * *", "Every 6 hours, 5 minutes past")]
    [InlineData("0 18 * * 0,3", "Every Wednesday and Sunday at 18:00")]
    [InlineData("0 9 1 * *", "On day 1 of every month at 09:00")]
    [InlineData("0 9 L * *", "On the last day of every month at 09:00")]
    [InlineData("0,30 8,12 * * *", "Minutes 0, 30 of hours 8, 12")]
    [InlineData("0 8,12 * * *", "At 08:00 and 12:00")]
    [InlineData("0 0 12 ? * FRI#2", "At 12:00 on Friday number 2 of the month")]
    [InlineData("0 0 12 ? * 6L", "At 12:00 on the last Friday of the month")]
    [InlineData("0 0 12 LW * ?", "At 12:00 on the last weekday of the month")]
    [InlineData("0 12 13 * 5", "At 12:00 on day 13 of the month or on Friday")]
    [InlineData("0 0 12 * JAN-MAR ?", "At 12:00 in January to March")]
    [InlineData("0 0 12 1 1 ? 2030", "At 12:00 on day 1 of the month in January in the year 2030")]
    [InlineData("*/10 * * * * ?", "Every 10 seconds")]
    public void A_line_is_read_aloud(string line, string words) => Assert.Equal(words, CronWords.Of(CronLine.Parse(line).Value!));

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("")]
    [InlineData("UTC+25")]
    [InlineData("../../etc/passwd")]
    [InlineData("Europe/Berlin; DROP TABLE")]
    [InlineData("/usr/share/zoneinfo/Europe/Berlin")]
    public void A_zone_that_is_none_is_refused(string zone)
    {
        var found = TimeZones.Find(zone);
        Assert.Equal("time_zone_unknown", found.Refusal?.Code);
        Assert.Equal("/timeZone", found.Refusal!.Errors![0].Path);
    }

    [Theory]
    [InlineData("Europe/Berlin", "Europe/Berlin")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    [InlineData("Europe/Kyiv", "Europe/Kyiv")]
    [InlineData("UTC", "UTC")]
    public void A_zone_is_known_by_its_place_and_by_its_Windows_name(string name, string id) => Assert.Equal(id, TimeZones.Find(name).Value!.Id);

    [Fact]
    public void A_zone_that_is_nearly_right_is_proposed() => Assert.Contains("Did you mean Europe/Berlin?", TimeZones.Find("berlin").Refusal!.Message, StringComparison.Ordinal);
}
