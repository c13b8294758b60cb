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
