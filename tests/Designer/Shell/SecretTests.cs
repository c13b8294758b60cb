using System.Text;
using System.Text.RegularExpressions;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.Sending;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Shell;

/// <summary>What is secret goes in and is found nowhere: in nothing that the process wrote, in no file of its data, in no answer but the one that hands it over.</summary>
public sealed partial class SecretTests : IAsyncLifetime
{
    private const string ProviderKey = "sk-canary-provider-key-0123456789";
    private const string ConfiguredKey = "sk-canary-configured-key-0123456789";
    private const string MemberPassword = "canary password of a member";
    private const string MailPassword = "canary password of a mail server";
    private const string WrongPassword = "canary password that is wrong";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pd-secret-");
    private readonly ScriptedModelServer _model = new(x => new ScriptedReply { Status = 401, Body = Encoding.UTF8.GetBytes($$$"""{"error":{"message":"Incorrect API key provided: {{{x.Authorization}}}. It is not valid.","code":"invalid_api_key"}}""") });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _model.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task No_secret_is_in_what_is_written_stored_or_answered()
    {
        string first;
        await using (var engine = await EngineHost.StartAsync(_folder.FullName)) // what a person types into the settings' pages
        {
            await engine.Get<ConnectionBook>().CreateAsync(new ConnectionDraft { Name = "mine", Kind = "openai", Endpoint = _model.Address, Key = ProviderKey }, engine.Actor, default);
            Assert.Null((await engine.Get<MailServerBook>().SaveAsync(new MailServerDraft("mail.example.org", 587, MailSecurity.StartTls, "desk", MailPassword, "desk@example.org"), engine.Actor, default)).Refusal);
            first = (await engine.Get<KeyRing>().IssueAsync(new KeyRequest("first", ApiKeyKind.Person, ApiKeyScopes.None, null), engine.Actor, default)).Value!.Text!;
        }
        var answers = new StringBuilder();
        var secrets = new List<string> { ProviderKey, ConfiguredKey, MailPassword, MemberPassword, WrongPassword, first };
        await using var app = await AppProcess.StartAsync(_folder.FullName,
            ("Models:Connections:given:Kind", "openai"), ("Models:Connections:given:Endpoint", _model.Address), ("Models:Connections:given:ApiKey", ConfiguredKey), ("Models:Connections:practice:Kind", "practice"), ("Logging:LogLevel:Default", "Debug"), ("Logging:LogLevel:Microsoft", "Information"));
        using var browser = new Browser(app.Address);
        Assert.Equal(401, (int)(await browser.SignInAsync(AppProcess.Administrator, WrongPassword)).Status);
        Assert.Equal(302, (int)(await browser.SignInAsync(AppProcess.Administrator, App.Password)).Status);
        secrets.Add(Cookie().Match(browser.Cookies).Groups[1].Value);
        using var api = await KeyAsync(app, first);

        var invited = (await api.Client.PostAsync("/members", new { email = "bo@example.org", role = "viewer" })).Ok().GetProperty("invitation").GetProperty("link").GetString()!;
        using (var bo = new Browser(app.Address))
        {
            Assert.Equal(302, (int)(await bo.SubmitAsync(new Uri(invited).AbsolutePath, "invitation", ("Given.Password", MemberPassword))).Status);
            secrets.Add(Cookie().Match(bo.Cookies).Groups[1].Value);
        }
        foreach (var model in (string[])["mine/m", "given/m"])
        {
            var pipeline = await api.Client.PublishAsync(PipelineFile.Chain(1, model));
            var run = await api.Client.PostAsync($"/pipelines/{pipeline}/runs?wait=30", new { inputs = new { text = "Hello" } });
            Assert.Equal("provider_auth", run.Ok().GetProperty("error").GetProperty("code").GetString());
            answers.Append(run.Text).Append((await browser.GetAsync($"/runs/{run.Json.GetProperty("id").GetString()}/steps/p1")).Text);
        }
        Assert.Contains(ProviderKey, string.Join('\n', _model.Log.Select(x => x.Authorization)), StringComparison.Ordinal); // it was sent, and came back
        foreach (var page in (string[])["/settings/connections", "/settings/mail", "/settings/keys", "/settings/members", "/settings/audit", "/settings/limits", "/runs", "/"]) answers.Append((await browser.GetAsync(page)).Text);
        foreach (var list in (string[])["/keys", "/members", "/runs"]) answers.Append((await api.Client.GetAsync(list)).Text);

        secrets.AddRange([api.Text, api.Text["pd_live_".Length..], new Uri(invited).Segments[^1]]);
        Assert.All(secrets, x => Assert.True(x.Length > 12));
        await app.TerminateAsync(TimeSpan.FromSeconds(30));
        var places = Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories).Select(x => (Name: x, Text: Encoding.Latin1.GetString(File.ReadAllBytes(x)))).Append(("the output", app.Output)).Append(("the answers", answers.ToString()));
        foreach (var (place, text) in places)
            foreach (var secret in secrets) Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{secret} is in {place}: …{Around(text, secret)}…");
        Assert.NotEmpty(app.Output);
    }

    private static async Task<Holder> KeyAsync(AppProcess app, string first)
    {
        using var maker = new ApiClient(app.Address, first);
        var text = (await maker.PostAsync("/keys", new { name = "mine", kind = "person" })).Ok().GetProperty("key").GetString()!;
        return new Holder(new ApiClient(app.Address, text), text);
    }

    private static string Around(string text, string secret) => text.IndexOf(secret, StringComparison.Ordinal) is var at && at < 0 ? "" : text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 20)];

    private sealed record Holder(ApiClient Client, string Text) : IDisposable
    {
        public void Dispose() => Client.Dispose();
    }

    [GeneratedRegex(@"(?:^|; )pd=([^;]+)")]
    private static partial Regex Cookie();
}
