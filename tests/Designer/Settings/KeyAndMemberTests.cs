using System.Diagnostics;
using System.Net;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Settings;

[Collection(AppCollection.Name)]
public sealed class KeyAndMemberTests(App app)
{
    [Fact]
    public async Task A_key_that_is_taken_back_is_refused_within_five_seconds()
    {
        var made = (await app.Ana.PostAsync("/keys", new { name = "short life", kind = "service", scopes = new[] { "read", "run" } })).Ok();
        using var holder = new ApiClient(app.Address, made.GetProperty("key").GetString());
        (await holder.GetAsync("/runs")).Ok();
        Assert.Equal(HttpStatusCode.NoContent, (await app.Ana.SendAsync(HttpMethod.Delete, $"/keys/{made.GetProperty("id").GetString()}")).Status);
        await RefusedAsync(holder);
    }

    [Fact]
    public async Task A_key_ends_when_it_expires()
    {
        var made = (await app.Ana.PostAsync("/keys", new { name = "expires", kind = "person", expiresAt = DateTimeOffset.UtcNow.AddSeconds(2) })).Ok();
        using var holder = new ApiClient(app.Address, made.GetProperty("key").GetString());
        (await holder.GetAsync("/runs")).Ok();
        await RefusedAsync(holder);
    }

    [Fact]
    public async Task The_database_and_the_list_hold_no_text_of_a_key()
    {
        var made = (await app.Ana.PostAsync("/keys", new { name = "secret", kind = "service", scopes = new[] { "read" } })).Ok();
        var text = made.GetProperty("key").GetString()!;
        Assert.Equal(51, text.Length);
        Assert.DoesNotContain(text[8..], (await app.Ana.GetAsync("/keys?limit=200")).Text, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(app.Folder, "promptdesigner.db*").Where(x => !x.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.DoesNotContain(text, System.Text.Encoding.Latin1.GetString(copy.ToArray()), StringComparison.Ordinal);
        }
        Assert.DoesNotContain(text, app.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_is_taken_out_has_no_key_left_and_can_come_back()
    {
        var person = new { email = "back@example.org", role = "viewer", password = "correct horse battery" };
        var made = (await app.Ana.PostAsync("/members", person)).Ok();
        Assert.Equal("email_taken", (await app.Ana.PostAsync("/members", person)).Code);
        Assert.Equal(HttpStatusCode.NoContent, (await app.Ana.SendAsync(HttpMethod.Delete, $"/members/{made.GetProperty("id").GetString()}")).Status);
        Assert.Equal("not_found", (await app.Ana.SendAsync(HttpMethod.Delete, $"/members/{made.GetProperty("id").GetString()}")).Code);
        Assert.Equal(HttpStatusCode.Created, (await app.Ana.PostAsync("/members", person)).Status);
        Assert.Equal("email_taken", (await app.As(Who.OtherAdministrator).PostAsync("/members", person)).Code);
    }

    [Fact]
    public async Task A_member_without_a_password_is_invited_with_a_link_that_is_shown_once()
    {
        var body = new { email = "invited@example.org", role = "designer", rights = new[] { "reviewer" } };
        var made = await app.Ana.PostAsync("/members", body, ("Idempotency-Key", "invite"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("""["id","email","role","rights","invitation"]""", System.Text.Json.JsonSerializer.Serialize(made.Json.EnumerateObject().Select(x => x.Name)));
        Assert.Equal(("invited@example.org", "Designer", "Reviewer"), (made.Json.GetProperty("email").GetString(), made.Json.GetProperty("role").GetString(), made.Json.GetProperty("rights")[0].GetString()));
        var link = made.Json.GetProperty("invitation").GetProperty("link").GetString()!;
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(app.Address)}/invitations/[A-Za-z0-9_-]{{43}}$", link);
        Assert.InRange(made.Json.GetProperty("invitation").GetProperty("expiresAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddDays(6.9), DateTimeOffset.UtcNow.AddDays(7.1));
        var again = (await app.Ana.PostAsync("/members", body, ("Idempotency-Key", "invite"))).Ok();
        Assert.Equal(made.Json.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, again.GetProperty("invitation").GetProperty("link").ValueKind);
        Assert.DoesNotContain("invited@example.org", (await app.Ana.GetAsync("/members?limit=200")).Text, StringComparison.Ordinal);
        Assert.Equal("email_taken", (await app.Ana.PostAsync("/members", new { email = App.MailOf(Who.Viewer), role = "viewer" })).Code);
        Assert.Equal(1, await app.ScalarAsync("SELECT COUNT(*) FROM AuditEntries WHERE Action = 'member.invited' AND TargetName = 'invited@example.org' AND Address = '127.0.0.1'"));
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        var other = app.As(Who.OtherAdministrator);
        var members = (await other.GetAsync("/members")).Ok().GetProperty("items").EnumerateArray().Where(x => x.GetProperty("role").GetString() == "Administrator").ToList();
        var last = Assert.Single(members).GetProperty("id").GetString();
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), Short(await other.SendAsync(HttpMethod.Delete, $"/members/{last}")));
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), Short(await other.SendAsync(HttpMethod.Put, $"/members/{last}", new { role = "designer" })));
        (await other.SendAsync(HttpMethod.Put, $"/members/{last}", new { role = "administrator", rights = new[] { "reviewer", "operator" } })).Ok();
    }

    [Fact]
    public async Task Probes_need_no_key_and_say_little()
    {
        Assert.Equal("""{"status":"live"}""", (await app.As(Who.Nobody).GetAsync("!/health/live")).Text);
        Assert.Equal("""{"status":"ready"}""", (await app.As(Who.Nobody).GetAsync("!/health/ready")).Text);
    }

    private static (HttpStatusCode, string?) Short(ApiClient.Reply reply) => (reply.Status, reply.Code);

    private static async Task RefusedAsync(ApiClient holder)
    {
        var clock = Stopwatch.StartNew();
        while ((await holder.GetAsync("/runs")).Status != HttpStatusCode.Unauthorized)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), "The key still works.");
            await Task.Delay(50);
        }
    }
}
