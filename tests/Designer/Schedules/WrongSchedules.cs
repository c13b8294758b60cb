using PromptDesigner.Designer.Tests.Shell;

namespace PromptDesigner.Designer.Tests.Schedules;

/// <summary>Requests about schedules that are refused.</summary>
internal static class WrongSchedules
{
    /// <summary>Every row breaks another rule.</summary>
    public static IReadOnlyList<WrongRequest> All { get; } =
    [
        new("A schedule has no pipeline", "POST /schedules", """{"cron":"0 8 * * *","timeZone":"UTC"}""", "422 request_invalid", "/pipeline"),
        new("A schedule has no time zone", "POST /schedules", """{"pipeline":"{pipeline}","cron":"0 8 * * *"}""", "422 request_invalid", "/timeZone"),
        new("A schedule's pipeline is no id", "POST /schedules", """{"pipeline":"5","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "422 request_invalid", "/pipeline"),
        new("A schedule's pipeline is not there", "POST /schedules", """{"pipeline":"{nobody}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "404 not_found", "/pipeline"),
        new("A schedule's pipeline is not published", "POST /schedules", """{"pipeline":"{unpublished}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "409 not_published", "Publish"),
        new("A schedule's pipeline is archived", "POST /schedules", """{"pipeline":"{archived}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "409 not_published", "archived"),
        new("A schedule lacks an input", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{},"cron":"0 8 * * *","timeZone":"UTC"}""", "422 input_missing", "/inputs/text"),
        new("A schedule's inputs are a list", "POST /schedules", """{"pipeline":"{pipeline}","inputs":[],"cron":"0 8 * * *","timeZone":"UTC"}""", "422 input_type", "/inputs"),
        new("A cron line has four fields", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"8 * * *","timeZone":"UTC"}""", "422 schedule_invalid", "4 fields"),
        new("A cron line has a minute beyond the hour", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"61 8 * * *","timeZone":"UTC"}""", "422 schedule_invalid", "/cron"),
        new("A cron line is a short form", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"@daily","timeZone":"UTC"}""", "422 schedule_invalid", "five fields"),
        new("A cron line never runs", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 31 2 *","timeZone":"UTC"}""", "422 schedule_invalid", "never"),
        new("A cron line runs every second", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"* * * * * ?","timeZone":"UTC"}""", "422 schedule_invalid", "5 seconds"),
        new("A cron line and a zone are wrong together", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"8 * * *","timeZone":"Mars/Olympus"}""", "422 schedule_invalid", "/timeZone"),
        new("A time zone is unknown", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"Europe/Berlinn"}""", "422 time_zone_unknown", "/timeZone"),
        new("A time zone is a file", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"../../etc/passwd"}""", "422 time_zone_unknown", "Europe/Berlin"),
        new("A schedule ends before it starts", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","startAt":"2150-01-02T00:00:00Z","endAt":"2150-01-01T00:00:00Z"}""", "422 schedule_invalid", "/endAt"),
        new("A schedule ended already", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","endAt":"2001-01-01T00:00:00Z"}""", "422 schedule_invalid", "/endAt"),
        new("A schedule starts at no time", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","startAt":"tomorrow"}""", "422 request_invalid", "/startAt"),
        new("A schedule starts at the end of all times", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","startAt":"9999-12-31T23:59:59Z"}""", "422 schedule_invalid", "never"),
        new("A policy for missed times is unknown", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","missed":"sometimes"}""", "422 request_invalid", "runOnce"),
        new("A policy for missed times is a number", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","missed":1}""", "422 request_invalid", "/missed"),
        new("A policy for overlaps is unknown", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","overlap":"kill"}""", "422 request_invalid", "queue"),
        new("The grace is negative", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","graceSeconds":-1}""", "422 request_invalid", "/graceSeconds"),
        new("The grace is more than a day", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","graceSeconds":86401}""", "422 request_invalid", "86400"),
        new("The grace is a half second", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","graceSeconds":0.5}""", "422 request_invalid", "/graceSeconds"),
        new("Waiting runs count maybe", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","countWaiting":"yes"}""", "422 request_invalid", "/countWaiting"),
        new("A schedule's account is empty", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","account":""}""", "422 request_invalid", "/account"),
        new("A schedule's owner is given", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC","owner":"ana@example.org"}""", "422 request_invalid", "/owner"),
        new("A viewer schedules", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "403 forbidden", "Designer") { By = Who.Viewer },
        new("A program that starts runs schedules", "POST /schedules", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "403 forbidden", "operate") { By = Who.RunService },
        new("A schedule is not there", "GET /schedules/{nobody}", null, "404 not_found"),
        new("A schedule's id is no id", "GET /schedules/next", null, "404 not_found"),
        new("A schedule to change is not there", "PUT /schedules/{nobody}", """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 8 * * *","timeZone":"UTC"}""", "404 not_found"),
        new("A schedule to delete is not there", "DELETE /schedules/{nobody}", null, "404 not_found"),
        new("A schedule to trigger is not there", "POST /schedules/{nobody}/trigger", null, "404 not_found"),
        new("A schedule is changed by half", "PUT /schedules/{schedule}", """{"cron":"0 9 * * *"}""", "422 request_invalid", "/pipeline"),
        new("A pause has a time", "POST /schedules/{schedule}/pause", """{"until":"2027-01-31T12:00:00Z"}""", "422 request_invalid", "/until"),
        new("A pause's note is too long", "POST /schedules/{schedule}/pause", $$$"""{"note":"{{{new string('x', 501)}}}"}""", "422 request_invalid", "/note"),
        new("A resume says something", "POST /schedules/{schedule}/resume", """{"note":"Go"}""", "422 request_invalid", "/note"),
        new("A trigger has inputs", "POST /schedules/{schedule}/trigger", """{"inputs":{"text":"y"}}""", "422 request_invalid", "/inputs"),
        new("A schedule's state is unknown", "GET /schedules?state=Done", null, "400 bad_query", "state"),
        new("Schedules are sorted by an unknown field", "GET /schedules?sort=cron", null, "400 bad_query", "sort"),
        new("A schedule cursor's place is forged", $"GET /schedules?after={WrongRequest.Cursor("schedules:x")}", null, "400 bad_cursor", "after"),
        new("A cursor of schedules is of another list", "GET /schedules?after={runsCursor}", null, "400 bad_cursor", "after"),
        new("A slot cursor is of another schedule", $"GET /schedules/{{schedule}}/occurrences?after={WrongRequest.Cursor("occurrences:00000000000000000000000000000000.1")}", null, "400 bad_cursor", "after"),
        new("A slot cursor's time is beyond all times", $"GET /schedules/{{schedule}}/occurrences?after={WrongRequest.Cursor("occurrences:999999999999999999")}", null, "400 bad_cursor", "after"),
        new("A preview has no line", "GET /schedules/preview?timeZone=UTC", null, "422 schedule_invalid", "/cron"),
        new("A preview has no zone", "GET /schedules/preview?cron=0+8+*+*+*", null, "422 time_zone_unknown", "/timeZone"),
        new("A preview of no times", "GET /schedules/preview?cron=0+8+*+*+*&timeZone=UTC&count=0", null, "400 bad_query", "count"),
        new("A preview of too many times", "GET /schedules/preview?cron=0+8+*+*+*&timeZone=UTC&count=101", null, "400 bad_query", "100"),
        new("A preview from a time on", "GET /schedules/preview?cron=0+8+*+*+*&timeZone=UTC&from=2001-01-01", null, "400 bad_query", "from"),
    ];
}
