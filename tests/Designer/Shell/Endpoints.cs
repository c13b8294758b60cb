namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>What an endpoint asks of its caller.</summary>
public enum Need { Nothing, Read, Design, Run, Schedule, Operate, Decide, Person, Administer }

/// <summary>One endpoint with a request that reaches its rules.</summary>
/// <param name="Method">The method.</param>
/// <param name="Route">As the OpenAPI document writes it.</param>
/// <param name="Need">Who may.</param>
/// <param name="Path">The route with names of the scene.</param>
/// <param name="Body">JSON with names of the scene.</param>
public sealed record Endpoint(string Method, string Route, Need Need, string? Path = null, string? Body = null)
{
    private const string Api = "/api/v1";
    private const string Yearly = """{"pipeline":"{pipeline}","inputs":{"text":"x"},"cron":"0 0 1 1 *","timeZone":"UTC"}""";

    /// <summary>All of them; an endpoint that is missing here fails a test.</summary>
    public static IReadOnlyList<Endpoint> All { get; } =
    [
        new("GET", "/health/live", Need.Nothing),
        new("GET", "/health/ready", Need.Nothing),
        new("GET", Api + "/pipelines", Need.Read),
        new("POST", Api + "/pipelines", Need.Design, null, """{"schemaVersion":1,"name":"By somebody","nodes":[],"edges":[]}"""),
        new("POST", Api + "/pipelines/validate", Need.Read, null, """{"schemaVersion":1,"name":"P","nodes":[],"edges":[]}"""),
        new("GET", Api + "/pipelines/{id}", Need.Read, "/pipelines/{pipeline}"),
        new("PATCH", Api + "/pipelines/{id}", Need.Design, "/pipelines/{pipeline}", """{"tags":["seen"]}"""),
        new("POST", Api + "/pipelines/{id}/duplicate", Need.Design, "/pipelines/{pipeline}/duplicate"),
        new("POST", Api + "/pipelines/{id}/exceptions", Need.Administer, "/pipelines/{pipeline}/exceptions", """{"node":"send","reason":"Because."}"""),
        new("DELETE", Api + "/pipelines/{id}/exceptions/{node}", Need.Administer, "/pipelines/{pipeline}/exceptions/send"),
        new("GET", Api + "/pipelines/{id}/draft", Need.Read, "/pipelines/{pipeline}/draft"),
        new("PUT", Api + "/pipelines/{id}/draft", Need.Design, "/pipelines/{pipeline}/draft", """{"schemaVersion":1,"name":"P","nodes":[],"edges":[]}"""),
        new("GET", Api + "/pipelines/{id}/versions", Need.Read, "/pipelines/{pipeline}/versions"),
        new("POST", Api + "/pipelines/{id}/versions", Need.Design, "/pipelines/{unpublished}/versions"),
        new("GET", Api + "/pipelines/{id}/versions/{number}", Need.Read, "/pipelines/{pipeline}/versions/1"),
        new("POST", Api + "/pipelines/{id}/versions/{number}/activate", Need.Design, "/pipelines/{pipeline}/versions/1/activate"),
        new("GET", Api + "/pipelines/{id}/results.csv", Need.Read, "/pipelines/{pipeline}/results.csv"),
        new("GET", Api + "/pipelines/{id}/results.jsonl", Need.Read, "/pipelines/{pipeline}/results.jsonl"),
        new("POST", Api + "/pipelines/{id}/runs", Need.Run, "/pipelines/{pipeline}/runs?wait=30", """{"inputs":{"text":"x"}}"""),
        new("GET", Api + "/runs", Need.Read),
        new("GET", Api + "/runs/{id}", Need.Read, "/runs/{over}"),
        new("GET", Api + "/runs/{id}/steps", Need.Read, "/runs/{over}/steps"),
        new("GET", Api + "/runs/{id}/events", Need.Read, "/runs/{over}/events"),
        new("POST", Api + "/runs/{id}/cancel", Need.Run, "/runs/{over}/cancel"),
        new("POST", Api + "/runs/{id}/retry", Need.Run, "/runs/{over}/retry"),
        new("POST", Api + "/runs/{id}/rerun", Need.Run, "/runs/{over}/rerun"),
        new("POST", Api + "/runs/{id}/resolve", Need.Operate, "/runs/{over}/resolve", """{"path":"p1","as":"sent"}"""),
        new("GET", Api + "/outbox", Need.Read),
        new("GET", Api + "/outbox/{id}", Need.Read, "/outbox/{mail}"),
        new("GET", Api + "/sending", Need.Read),
        new("POST", Api + "/sending/pause", Need.Operate),
        new("POST", Api + "/sending/resume", Need.Operate),
        new("GET", Api + "/schedules", Need.Read),
        new("POST", Api + "/schedules", Need.Schedule, null, Yearly),
        new("GET", Api + "/schedules/preview", Need.Read, "/schedules/preview?timeZone=UTC&cron=0+8+*+*+*"),
        new("GET", Api + "/schedules/{id}", Need.Read, "/schedules/{schedule}"),
        new("PUT", Api + "/schedules/{id}", Need.Schedule, "/schedules/{schedule}", Yearly),
        new("DELETE", Api + "/schedules/{id}", Need.Schedule, "/schedules/{nobody}"),
        new("POST", Api + "/schedules/{id}/pause", Need.Schedule, "/schedules/{schedule}/pause", """{"note":"Because."}"""),
        new("POST", Api + "/schedules/{id}/resume", Need.Schedule, "/schedules/{schedule}/resume"),
        new("POST", Api + "/schedules/{id}/trigger", Need.Schedule, "/schedules/{schedule}/trigger"),
        new("GET", Api + "/schedules/{id}/occurrences", Need.Read, "/schedules/{schedule}/occurrences"),
        new("GET", Api + "/approvals", Need.Read),
        new("GET", Api + "/approvals/{id}", Need.Read, "/approvals/{approval}"),
        new("POST", Api + "/approvals/{id}/decision", Need.Decide, "/approvals/{approval}/decision", """{"decision":"approve","contentHash":"00"}"""),
        new("POST", Api + "/approvals/{id}/undo", Need.Person, "/approvals/{approval}/undo"),
        new("POST", Api + "/files", Need.Run),
        new("GET", Api + "/files/{id}", Need.Read, "/files/{file}"),
        new("GET", Api + "/keys", Need.Administer),
        new("POST", Api + "/keys", Need.Administer, null, """{"name":"k","kind":"service","scopes":["read"]}"""),
        new("DELETE", Api + "/keys/{id}", Need.Administer, "/keys/{nobody}"),
        new("GET", Api + "/members", Need.Administer),
        new("POST", Api + "/members", Need.Administer, null, """{"email":"new@example.org","role":"viewer","password":"weak"}"""),
        new("PUT", Api + "/members/{id}", Need.Administer, "/members/{nobody}", """{"role":"viewer"}"""),
        new("DELETE", Api + "/members/{id}", Need.Administer, "/members/{nobody}"),
    ];

    /// <summary>The address for a client of the API.</summary>
    public string Address => Path ?? (Route.StartsWith(Api, StringComparison.Ordinal) ? Route[Api.Length..] : "!" + Route);

    /// <summary>Whether a caller may, as CONTRACT section 5 says.</summary>
    public bool Allows(Who who) => Need switch
    {
        Need.Nothing => true,
        _ when who == Who.Nobody => false,
        Need.Read => who != Who.RunService,
        Need.Design => who is Who.Designer or Who.Administrator or Who.DesignService or Who.OtherAdministrator,
        Need.Run => who is Who.Designer or Who.Administrator or Who.Operator or Who.RunService or Who.DesignService or Who.OperateService or Who.OtherAdministrator,
        Need.Schedule => who is Who.Designer or Who.Administrator or Who.Operator or Who.DesignService or Who.OperateService or Who.OtherAdministrator,
        Need.Operate => who is Who.Administrator or Who.Operator or Who.OperateService or Who.OtherAdministrator,
        Need.Decide => who is Who.Reviewer or Who.SecondReviewer or Who.OtherAdministrator,
        Need.Person => who is not (Who.ReadService or Who.RunService or Who.DesignService or Who.OperateService),
        _ => who is Who.Administrator or Who.OtherAdministrator,
    };
}
