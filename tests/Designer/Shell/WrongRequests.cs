using System.Text;
using PromptDesigner.Designer.Tests.Schedules;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>A request that is refused.</summary>
/// <param name="Rule">What is wrong, as a sentence.</param>
/// <param name="Call">Method and path, with names of the scene.</param>
/// <param name="Body">JSON with names of the scene; null: none.</param>
/// <param name="Answer">Status and code.</param>
/// <param name="Names">What the answer must name.</param>
public sealed record WrongRequest(string Rule, string Call, string? Body, string Answer, string Names = "")
{
    private const string Decide = "POST /approvals/{approval}/decision";
    private const string Change = "PATCH /pipelines/{pipeline}";
    private const string Except = "POST /pipelines/{pipeline}/exceptions";
    private const string Run = "POST /pipelines/{pipeline}/runs";

    /// <summary>Who calls.</summary>
    public Who By { get; init; } = Who.Administrator;

    /// <summary>Header lines.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Bytes instead of <see cref="Body"/>.</summary>
    public Func<byte[]>? Bytes { get; init; }

    /// <summary>Every row breaks another rule.</summary>
    public static IReadOnlyList<WrongRequest> All { get; } =
    [
        new("There is no key", "GET /runs", null, "401 unauthenticated") { By = Who.Nobody },
        new("The key is in the query string", $"GET /runs?key={App.KeyOf(Who.Administrator)}&access_token={App.KeyOf(Who.Administrator)}", null, "401 unauthenticated") { By = Who.Nobody },
        new("The key is wrong", "GET /runs", null, "401 unauthenticated") { By = Who.Nobody, Headers = [("Authorization", "Bearer wrong-key-0123456789abcdef")] },
        new("The scheme is wrong", "GET /runs", null, "401 unauthenticated") { By = Who.Nobody, Headers = [("Authorization", "Basic " + App.KeyOf(Who.Administrator))] },
        new("The address is unknown, without a key", "GET /nothing", null, "401 unauthenticated") { By = Who.Nobody },
        new("The address is unknown", "GET /nothing", null, "404 not_found"),
        new("The method is unknown there", "DELETE /pipelines", null, "404 not_found"),
        new("The scope is missing", "GET /runs", null, "403 forbidden", "read") { By = Who.RunService },
        new("The role is missing", "POST /pipelines", "{}", "403 forbidden", "Designer") { By = Who.Viewer },

        new("A limit is 0", "GET /runs?limit=0", null, "400 bad_query", "limit"),
        new("A limit is negative", "GET /pipelines?limit=-1", null, "400 bad_query", "limit"),
        new("A limit is a word", "GET /approvals?limit=many", null, "400 bad_query", "limit"),
        new("A cursor is forged", "GET /runs?after=forged", null, "400 bad_cursor", "after"),
        new("A cursor is of another list", "GET /pipelines?after={runsCursor}", null, "400 bad_cursor", "after"),
        new("A cursor's place is forged", $"GET /pipelines?after={Cursor("pipelines:abc")}", null, "400 bad_cursor", "after"),
        new("A version cursor's place is forged", $"GET /pipelines/{{pipeline}}/versions?after={Cursor("versions:-1")}", null, "400 bad_cursor", "after"),
        new("An approval cursor's place is forged", $"GET /approvals?after={Cursor("approvals:1")}", null, "400 bad_cursor", "after"),
        new("A key cursor's place is forged", $"GET /keys?after={Cursor("keys:'; DROP TABLE")}", null, "400 bad_cursor", "after"),
        new("A member cursor's place is forged", $"GET /members?after={Cursor("members:")}", null, "400 bad_cursor", "after"),
        new("A list is sorted by an unknown field", "GET /runs?sort=password", null, "400 bad_query", "sort"),
        new("A status is unknown", "GET /runs?status=Done", null, "400 bad_query", "status"),
        new("A status is a number", "GET /runs?status=1", null, "400 bad_query", "status"),
        new("A trigger is a number", "GET /runs?trigger=0", null, "400 bad_query", "trigger"),
        new("A time is none", "GET /runs?from=yesterday", null, "400 bad_query", "from"),
        new("A pipeline's id is none", "GET /runs?pipeline=5", null, "400 bad_query", "pipeline"),
        new("Tries are neither wanted nor not", "GET /runs?tries=maybe", null, "400 bad_query", "tries"),
        new("An approval's status is a number", "GET /approvals?status=0", null, "400 bad_query", "status"),
        new("An approval's status is two", "GET /approvals?status=Pending,Approved", null, "400 bad_query", "status"),
        new("Mine is neither true nor false", "GET /approvals?mine=1", null, "400 bad_query", "mine"),
        new("A step's status is unknown", "GET /runs/{over}/steps?status=9", null, "400 bad_query", "status"),
        new("Results begin at no time", "GET /pipelines/{pipeline}/results.csv?from=yesterday", null, "400 bad_query", "from"),
        new("Results end at no time", "GET /pipelines/{pipeline}/results.jsonl?to=2026-13-01", null, "400 bad_query", "to"),
        new("Results are of a pipeline and a second one", "GET /pipelines/{pipeline}/results.csv?pipeline={nobody}", null, "400 bad_query", "pipeline"),
        new("Results of a status that is unknown", "GET /pipelines/{pipeline}/results.csv?status=Done", null, "400 bad_query", "status"),
        new("Results of a pipeline that is not there", "GET /pipelines/{nobody}/results.csv", null, "404 not_found"),
        new("Results by a key that may not read", "GET /pipelines/{pipeline}/results.jsonl", null, "403 forbidden", "read") { By = Who.RunService },
        new("The wait is too long", Run + "?wait=301", "{}", "400 bad_query", "wait"),
        new("The wait is negative", Run + "?wait=-1", "{}", "400 bad_query", "wait"),

        new("A pipeline's id is no id", "GET /pipelines/1%20OR%201=1", null, "404 not_found"),
        new("A pipeline is not there", "GET /pipelines/{nobody}/draft", null, "404 not_found"),
        new("A version is not there", "GET /pipelines/{pipeline}/versions/7", null, "404 not_found", "7"),
        new("A version is no number", "GET /pipelines/{pipeline}/versions/last", null, "404 not_found"),
        new("A version to activate is not there", "POST /pipelines/{pipeline}/versions/7/activate", null, "404 not_found", "7"),
        new("A run is not there", "GET /runs/{nobody}", null, "404 not_found"),
        new("A run to listen to is not there", "GET /runs/{nobody}/events", null, "404 not_found"),
        new("Steps are under a step that is not there", "GET /runs/{over}/steps?under=nothing[0]", null, "404 not_found", "nothing"),
        new("A step to retry from is not there", "POST /runs/{over}/retry", """{"from":"nothing"}""", "404 not_found", "nothing"),
        new("An approval's id is no id", "GET /approvals/../../etc/passwd", null, "404 not_found"),
        new("An approval to decide is not there", "POST /approvals/{nobody}/decision", """{"decision":"approve","contentHash":"0"}""", "404 not_found"),
        new("A decision to undo was never made", "POST /approvals/{approval}/undo", null, "404 not_found") { By = Who.Reviewer },
        new("A key to take back is not there", "DELETE /keys/{nobody}", null, "404 not_found"),
        new("A member to take out is not there", "DELETE /members/me", null, "404 not_found"),

        new("A draft is replaced without If-Match", "PUT /pipelines/{pipeline}/draft", "{}", "428 revision_required", "If-Match"),
        new("A draft was saved meanwhile", "PUT /pipelines/{pipeline}/draft", """{"schemaVersion":1,"name":"P","nodes":[],"edges":[]}""", "412 revision_stale", "9") { Headers = [("If-Match", "\"9\"")] },
        new("If-Match is no revision", "PUT /pipelines/{pipeline}/draft", "{}", "412 revision_stale") { Headers = [("If-Match", "*")] },
        new("A draft with errors is published", "POST /pipelines/{broken}/versions", null, "422 draft_has_errors", "nobody"),
        new("A note is a number", "POST /pipelines/{pipeline}/versions", """{"note":5}""", "422 request_invalid", "/note"),
        new("A note is too long", "POST /pipelines/{pipeline}/versions", $$$"""{"note":"{{{new string('x', 2_001)}}}"}""", "422 request_invalid", "/note"),
        new("A version's author is given", "POST /pipelines/{pipeline}/versions", """{"createdBy":"Ana"}""", "422 request_invalid", "/createdBy"),
        new("A body where nothing is asked", "POST /pipelines/{pipeline}/versions/1/activate", """{"force":true}""", "422 request_invalid", "/force"),

        new("A tag is too long", Change, $$$"""{"tags":["fine","{{{new string('x', 41)}}}"]}""", "422 request_invalid", "/tags/1"),
        new("A tag is empty", Change, """{"tags":["  "]}""", "422 request_invalid", "/tags/0"),
        new("A tag holds a comma", Change, """{"tags":["one,two"]}""", "422 request_invalid", "comma"),
        new("A tag holds an invisible character", Change, """{"tags":["a\u0000b"]}""", "422 request_invalid", "U+0000"),
        new("Tags are too many", Change, """{"tags":["a","b","c","d","e","f","g","h","i","j","k"]}""", "422 request_invalid", "10"),
        new("Tags are a text", Change, """{"tags":"support"}""", "422 request_invalid", "/tags"),
        new("A tag is a number", Change, """{"tags":[5]}""", "422 request_invalid", "/tags"),
        new("An owner is no member", Change, """{"owner":"otheradministrator@example.org"}""", "422 request_invalid", "/owner"),
        new("An owner is empty", Change, """{"owner":""}""", "422 request_invalid", "/owner"),
        new("Archived is a text", Change, """{"archived":"yes"}""", "422 request_invalid", "/archived"),
        new("A pipeline's name is changed beside its draft", Change, """{"name":"Other"}""", "422 request_invalid", "/name"),
        new("A pipeline is tagged without the role", Change, """{"tags":["a"]}""", "403 forbidden", "Designer") { By = Who.Viewer },
        new("A pipeline of nobody is archived", "PATCH /pipelines/{nobody}", """{"archived":true}""", "404 not_found"),
        new("A copy is asked for with a name", "POST /pipelines/{pipeline}/duplicate", """{"name":"Mine"}""", "422 request_invalid", "/name"),
        new("A pipeline to copy is not there", "POST /pipelines/{nobody}/duplicate", null, "404 not_found"),
        new("An exception has no reason", Except, """{"node":"gate"}""", "422 request_invalid", "/reason"),
        new("An exception's reason is blank", Except, """{"node":"gate","reason":" "}""", "422 request_invalid", "/reason"),
        new("An exception's reason is too long", Except, $$$"""{"node":"gate","reason":"{{{new string('x', 2_001)}}}"}""", "422 request_invalid", "/reason"),
        new("An exception is for a node that sends nothing", Except, """{"node":"gate","reason":"Because."}""", "422 request_invalid", "/node"),
        new("An exception is for a node that is not there", Except, """{"node":"nobody","reason":"Because."}""", "422 request_invalid", "/node"),
        new("An exception names who allows it", Except, """{"node":"gate","reason":"Because.","allowedBy":"me"}""", "422 request_invalid", "/allowedBy"),
        new("An exception is made by a designer", Except, """{"node":"gate","reason":"Because."}""", "403 forbidden") { By = Who.Designer },
        new("An exception of a pipeline that is not there", "POST /pipelines/{nobody}/exceptions", """{"node":"gate","reason":"Because."}""", "404 not_found"),
        new("An exception that is not there is taken back", "DELETE /pipelines/{pipeline}/exceptions/gate", null, "404 not_found"),
        new("Archived is neither wanted nor not", "GET /pipelines?archived=maybe", null, "400 bad_query", "archived"),
        new("An archived pipeline is run", "POST /pipelines/{archived}/runs", """{"inputs":{"text":"a"}}""", "409 not_published", "archived"),
        new("The draft of an archived pipeline is tried", "POST /pipelines/{archived}/runs", """{"version":"draft","inputs":{"text":"a"}}""", "409 not_published", "archived"),

        new("A body is no JSON", Run, "{inputs", "400 not_json", "line 1"),
        new("A body is too deep", Run, $$$"""{"inputs":{"text":{{{new string('[', 5_000)}}}{{{new string(']', 5_000)}}}}}""", "400 not_json"),
        new("A body has NaN", Run, """{"inputs":{"text":NaN}}""", "400 not_json"),
        new("A body has an endless number", Run, """{"inputs":{"text":1e999}}""", "400 not_json", "number"),
        new("A body names a field twice", Run, """{"inputs":{"text":"a"},"inputs":{"text":"b"}}""", "400 not_json"),
        new("A body has half a surrogate pair", Run, """{"inputs":{"text":"\uDFFF"}}""", "400 not_json", "surrogate"),
        new("A body is no UTF-8", Run, null, "400 not_json", "UTF-8") { Bytes = () => [.. "{\"inputs\":{\"text\":\""u8, 0xC3, 0x28, .. "\"}}"u8] },
        new("A body is a list", Run, "[]", "422 request_invalid", "object"),
        new("A body is too large", Run, null, "413 too_large", "6 MB") { Bytes = () => Encoding.UTF8.GetBytes($$$"""{"inputs":{"text":"{{{new string('x', 7_000_000)}}}"}}"""), Headers = [("Expect", "100-continue")] },
        new("A body is compressed", Run, "{}", "415 unsupported_media_type", "uncompressed") { Headers = [("Content-Encoding", "gzip")] },
        new("A body is a form", Run, "text=a", "415 unsupported_media_type", "application/json") { Headers = [("Content-Type", "application/x-www-form-urlencoded")] },
        new("A body is in UTF-16", Run, "{}", "415 unsupported_media_type", "UTF-8") { Headers = [("Content-Type", "application/json; charset=utf-16")] },
        new("An idempotency key is too long", Run, "{}", "400 bad_query", "200") { Headers = [("Idempotency-Key", new string('k', 300))] },
        new("An idempotency key was used for another body", Run, """{"inputs":{"text":"twice"}}""", "409 idempotency_reused") { By = Who.Nobody, Headers = [("Authorization", "Bearer test-key-0123456789abcdef"), ("Idempotency-Key", "used")] },

        new("An input is missing", Run, """{"inputs":{}}""", "422 input_missing", "/inputs/text"),
        new("An input has a wrong type", Run, """{"inputs":{"text":5}}""", "422 input_type", "/inputs/text"),
        new("Inputs are a list", Run, """{"inputs":["text"]}""", "422 input_type", "/inputs"),
        new("An input is unknown", Run, """{"inputs":{"text":"a","tekst":"b"}}""", "422 input_unknown", "/inputs/tekst"),
        new("Inputs are too large", Run, null, "422 limit", "5 MB") { Bytes = () => Encoding.UTF8.GetBytes($$$"""{"inputs":{"text":"{{{new string('x', 5_300_000)}}}"}}""") },
        new("A run's status is given", Run, """{"inputs":{"text":"a"},"status":"Succeeded"}""", "422 request_invalid", "/status"),
        new("A run's workspace is given", Run, """{"inputs":{"text":"a"},"tenantId":2,"workspaceId":2}""", "422 request_invalid", "/workspaceId"),
        new("A priority is unknown", Run, """{"inputs":{"text":"a"},"priority":"urgent"}""", "422 request_invalid", "/priority"),
        new("A priority is a number", Run, """{"inputs":{"text":"a"},"priority":"2"}""", "422 request_invalid", "/priority"),
        new("A version is a word", Run, """{"inputs":{"text":"a"},"version":"latest"}""", "422 request_invalid", "/version"),
        new("A version is 0", Run, """{"inputs":{"text":"a"},"version":0}""", "422 request_invalid", "/version"),
        new("A version to run is not there", Run, """{"inputs":{"text":"a"},"version":9}""", "404 not_found", "9"),
        new("Try is a text", Run, """{"inputs":{"text":"a"},"try":"yes"}""", "422 request_invalid", "/try"),
        new("Nothing is published", "POST /pipelines/{unpublished}/runs", """{"inputs":{"text":"a"}}""", "409 not_published", "publish"),
        new("A draft with errors is run", "POST /pipelines/{broken}/runs", """{"version":"draft","inputs":{"text":"a"}}""", "422 draft_has_errors", "\"node\":\"out\""),
        new("A draft is run without the role", Run, """{"version":"draft","inputs":{"text":"a"}}""", "403 forbidden") { By = Who.Operator },
        new("A run that is over is cancelled", "POST /runs/{over}/cancel", null, "409 run_over"),
        new("A run that succeeded is retried", "POST /runs/{over}/retry", null, "409 not_retryable"),
        new("A run that waits is retried", "POST /runs/{waiting}/retry", "{}", "409 not_retryable", "Waiting"),
        new("A cancelled run is retried", "POST /runs/{cancelled}/retry", """{"from":"gate"}""", "409 not_retryable"),
        new("A retry has an unknown field", "POST /runs/{over}/retry", """{"step":"p1"}""", "422 request_invalid", "/step"),
        new("A rerun has inputs", "POST /runs/{over}/rerun", """{"inputs":{"text":"b"}}""", "422 request_invalid", "/inputs"),
        new("A cancel has a body that is no JSON", "POST /runs/{waiting}/cancel", "no", "400 not_json"),

        new("A mail's status is unknown", "GET /outbox?status=Lost", null, "400 bad_query", "status"),
        new("A mail's status is a number", "GET /outbox?status=4", null, "400 bad_query", "status"),
        new("The outbox of a pipeline that is none", "GET /outbox?pipeline=5", null, "400 bad_query", "pipeline"),
        new("Mails of tries are neither wanted nor not", "GET /outbox?tries=maybe", null, "400 bad_query", "tries"),
        new("The outbox is searched by an unknown field", "GET /outbox?subject=x", null, "400 bad_query", "subject"),
        new("An outbox cursor is of another list", "GET /outbox?after={runsCursor}", null, "400 bad_cursor", "after"),
        new("An outbox cursor's place is forged", $"GET /outbox?after={Cursor("outbox:1.2.3")}", null, "400 bad_cursor", "after"),
        new("An outbox cursor's time is beyond all times", $"GET /outbox?after={Cursor("outbox:999999999999999999." + Guid.Empty)}", null, "400 bad_cursor", "after"),
        new("A mail is not there", "GET /outbox/{nobody}", null, "404 not_found"),
        new("A mail's id is no id", "GET /outbox/latest", null, "404 not_found"),
        new("A send is resolved as nothing known", "POST /runs/{over}/resolve", """{"path":"p1","as":"arrived"}""", "422 request_invalid", "sendAgain"),
        new("A send is resolved as a number", "POST /runs/{over}/resolve", """{"path":"p1","as":"0"}""", "422 request_invalid", "/as"),
        new("A send is resolved without its step", "POST /runs/{over}/resolve", """{"as":"sent"}""", "422 request_invalid", "/path"),
        new("A step that sends nothing is resolved", "POST /runs/{over}/resolve", """{"path":"p1","as":"sent"}""", "404 not_found", "p1"),
        new("A send of no run is resolved", "POST /runs/{nobody}/resolve", """{"path":"p1","as":"sent"}""", "404 not_found"),
        new("A designer resolves", "POST /runs/{over}/resolve", """{"path":"p1","as":"sent"}""", "403 forbidden", "Operator") { By = Who.Designer },
        new("Sending is paused until a time", "POST /sending/pause", """{"until":"2027-01-31T12:00:00Z"}""", "422 request_invalid", "/until"),
        new("A designer pauses sending", "POST /sending/pause", null, "403 forbidden", "Operator") { By = Who.Designer },
        new("A program that starts runs lets sending go on", "POST /sending/resume", null, "403 forbidden", "operate") { By = Who.RunService },

        new("A decision is maybe", Decide, """{"decision":"maybe","contentHash":"{hash}"}""", "422 request_invalid", "/decision") { By = Who.Reviewer },
        new("A decision names no content", Decide, """{"decision":"approve"}""", "422 request_invalid", "/contentHash") { By = Who.Reviewer },
        new("A decision names other content", Decide, """{"decision":"approve","contentHash":"00"}""", "409 content_changed") { By = Who.Reviewer },
        new("A decision names its decider", Decide, """{"decision":"approve","contentHash":"{hash}","decidedBy":"Ana"}""", "422 request_invalid", "/decidedBy") { By = Who.Reviewer },
        new("A decision is held too long", Decide, """{"decision":"approve","contentHash":"{hash}","releaseAfterSeconds":61}""", "422 request_invalid", "/releaseAfterSeconds") { By = Who.Reviewer },
        new("A decision is held a half second", Decide, """{"decision":"approve","contentHash":"{hash}","releaseAfterSeconds":0.5}""", "422 request_invalid", "/releaseAfterSeconds") { By = Who.Reviewer },
        new("A service decides", Decide, """{"decision":"approve","contentHash":"{hash}"}""", "403 person_required") { By = Who.DesignService },
        new("A viewer decides", Decide, """{"decision":"approve","contentHash":"{hash}"}""", "403 forbidden", "Reviewer") { By = Who.Viewer },
        new("An administrator without the right decides", Decide, """{"decision":"approve","contentHash":"{hash}"}""", "403 forbidden", "Reviewer"),
        new("The starter decides", Decide, """{"decision":"approve","contentHash":"{hash}"}""", "403 self_approval") { By = Who.Nobody, Headers = [("Authorization", "Bearer test-key-0123456789abcdef")] },
        new("A rejection says nothing", Decide, """{"decision":"reject","contentHash":"{hash}","comment":"  "}""", "422 comment_required") { By = Who.Reviewer },
        new("Changes are asked for where they are not offered", Decide, """{"decision":"requestChanges","contentHash":"{hash}","comment":"shorter"}""", "422 changes_not_offered") { By = Who.Reviewer },
        new("An edit has another type", Decide, """{"decision":"approve","contentHash":"{hash}","edited":5}""", "422 edit_invalid", "/edited") { By = Who.Reviewer },
        new("An edit is empty", Decide, """{"decision":"approve","contentHash":"{hash}","edited":" "}""", "422 edit_invalid", "/edited") { By = Who.Reviewer },
        new("An edit goes with a rejection", Decide, """{"decision":"reject","contentHash":"{hash}","comment":"no","edited":"x"}""", "422 request_invalid", "/edited") { By = Who.Reviewer },
        new("A withdrawn approval is decided", "POST /approvals/{withdrawn}/decision", """{"decision":"approve","contentHash":"{withdrawnHash}"}""", "409 run_over") { By = Who.Reviewer },
        new("An undo comes after the run's end", "POST /approvals/{withdrawn}/undo", null, "409 run_over") { By = Who.Reviewer },

        new("A key has no name", "POST /keys", """{"kind":"service","scopes":["read"]}""", "422 request_invalid", "/name"),
        new("A key's kind is unknown", "POST /keys", """{"name":"k","kind":"root"}""", "422 request_invalid", "/kind"),
        new("A service's key has no scope", "POST /keys", """{"name":"k","kind":"service","scopes":[]}""", "422 request_invalid", "/scopes"),
        new("A scope is unknown", "POST /keys", """{"name":"k","kind":"service","scopes":["read","admin"]}""", "422 request_invalid", "/scopes"),
        new("A person's key has scopes", "POST /keys", """{"name":"k","kind":"person","scopes":["read"]}""", "422 request_invalid", "/scopes"),
        new("A key ends in the past", "POST /keys", """{"name":"k","kind":"person","expiresAt":"2001-01-01T00:00:00Z"}""", "422 request_invalid", "/expiresAt"),
        new("A key's text is chosen", "POST /keys", """{"name":"k","kind":"person","key":"my own key my own key"}""", "422 request_invalid", "/key"),
        new("A member's address is none", "POST /members", """{"email":"Ana <a@b.c>","role":"viewer","password":"correct horse battery"}""", "422 request_invalid", "/email"),
        new("A member's role is unknown", "POST /members", """{"email":"new@example.org","role":"owner","password":"correct horse battery"}""", "422 request_invalid", "/role"),
        new("A member's role is a number", "POST /members", """{"email":"new@example.org","role":"2","password":"correct horse battery"}""", "422 request_invalid", "/role"),
        new("A member's right is unknown", "POST /members", """{"email":"new@example.org","role":"viewer","rights":["root"],"password":"correct horse battery"}""", "422 request_invalid", "/rights"),
        new("A member is registered already", "POST /members", """{"email":"VIEWER@example.org","role":"viewer","password":"correct horse battery"}""", "422 email_taken"),
        new("A password is short", "POST /members", """{"email":"new@example.org","role":"viewer","password":"short"}""", "422 password_weak", "12"),
        new("A password is the first that anybody tries", "POST /members", """{"email":"new@example.org","role":"viewer","password":"password1234"}""", "422 password_weak"),
        new("A password is the address", "POST /members", """{"email":"new@example.org","role":"viewer","password":"new@example.org!"}""", "422 password_weak"),
        .. WrongSchedules.All,
    ];

    internal static string Cursor(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
