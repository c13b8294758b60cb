using System.Globalization;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>The application with the practice model, its starters, and people of every role and right.</summary>
public sealed class Site : IAsyncLifetime
{
    public const string Viewer = "vera@example.org";
    public const string Reviewer = "rita@example.org";
    public const string Operator = "otto@example.org";
    public const string Designer = "dora@example.org";
    public const string DesigningReviewer = "ben@example.org";
    public const string Manager = "mona@example.org";

    private readonly string _folder = Directory.CreateTempSubdirectory("pd-site-").FullName;
    private readonly Dictionary<string, string> _members = [];
    private int _made;

    public AppProcess App { get; private set; } = default!;

    /// <summary>The starter Support triage.</summary>
    public string Triage { get; private set; } = "";

    /// <summary>The starter Review intelligence.</summary>
    public string Reviews { get; private set; } = "";

    public async Task InitializeAsync()
    {
        App = await AppProcess.StartAsync(_folder);
        await AddAsync(Viewer, "Viewer");
        await AddAsync(Reviewer, "Viewer", "Reviewer");
        await AddAsync(Operator, "Viewer", "Operator");
        await AddAsync(Designer, "Designer");
        await AddAsync(DesigningReviewer, "Designer", "Reviewer");
        await AddAsync(Manager, "Administrator");
        var pipelines = (await App.Api.GetAsync("/pipelines")).Ok().GetProperty("items").EnumerateArray().ToDictionary(x => x.GetProperty("name").GetString()!, x => x.GetProperty("id").GetString()!);
        (Triage, Reviews) = (pipelines["Support triage"], pipelines["Review intelligence"]);
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Takes a person in.</summary>
    public async Task AddAsync(string email, string role, params string[] rights) =>
        _members[email] = (await App.Api.PostAsync("/members", new { email, role, rights, password = AppProcess.Password })).Ok().GetProperty("id").GetString()!;

    /// <summary>A person whom one test alone knows.</summary>
    public async Task<string> NewPersonAsync(string role, params string[] rights)
    {
        var email = string.Create(CultureInfo.InvariantCulture, $"person{++_made}@example.org");
        await AddAsync(email, role, rights);
        return email;
    }

    /// <summary>Gives and takes roles and rights.</summary>
    public async Task ChangeAsync(string email, string role, params string[] rights) => (await App.Api.SendAsync(HttpMethod.Put, $"/members/{_members[email]}", new { role, rights })).Ok();

    /// <summary>A pipeline whose gate shows what comes in.</summary>
    public Task<string> GateAsync(string name, object gate) => App.Api.PublishAsync(Gate(name, gate));

    /// <summary>The file of such a pipeline.</summary>
    public static PipelineFile Gate(string name, object gate) => PipelineFile.Named(name)
        .Node("input", "input", new { fields = new[] { new { name = "content", type = "json", required = true } } })
        .Node("gate", "approval", gate).Output("sent", "{{ gate }}").Edge("input", "gate").Edge("gate", "out", "approved");
}
