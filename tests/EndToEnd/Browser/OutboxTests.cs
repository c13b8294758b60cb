using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using PromptDesigner.Support;

namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>From an empty mail setting to a mail in somebody's box, on the pages alone, with a mail server that others wrote.</summary>
public sealed class OutboxTests(Chromium chromium, Site site) : BrowserTest(chromium, site)
{
    private static readonly PipelineFile Letter = PipelineFile.Named("Letter").Input("to", "text").Node("gate", "approval", new { subject = "{{ input.text }}", allowSelf = true })
        .Node("send", "email", new { to = "{{ input.to }}", subject = "About your order", text = "{{ gate }}", html = "<p style='color:#333'>{{ gate | escape }}</p>" })
        .Output("sent", "{{ send.delivery }}").Edge("input", "gate").Edge("gate", "send", "approved").Edge("send", "out");

    [Fact]
    public async Task A_mail_is_set_up_tested_approved_with_an_edit_sent_once_and_the_next_one_waits_while_sending_is_paused()
    {
        await using var server = new RealMailServer();
        var app = await StartAsync(NewFolder());
        var pipeline = await app.Api.PublishAsync(Letter);
        var screen = await OpenAsync(app, AppProcess.Administrator);

        await screen.GoAsync("/outbox");
        await screen.Says("[data-notice=no-server]", "nothing leaves until a mail server is set up");
        await screen.ClickAsync("[data-notice=no-server] a");
        await screen.Seen("[data-setting=host]");
        await screen.TypeAsync("[data-setting=host]", "127.0.0.1");
        await screen["[data-setting=security]"].SelectOptionAsync("None");
        await Assertions.Expect(screen["[data-setting=port]"]).ToHaveValueAsync("25");
        await screen.TypeAsync("[data-setting=port]", server.Port.ToString(CultureInfo.InvariantCulture));
        await screen.TypeAsync("[data-setting=from]", "Desk <desk@example.org>");
        await screen.ClickAsync("[data-action=test]");
        await screen.Says("[data-tested=ok]", $"took a mail to {AppProcess.Administrator}");
        Assert.Contains("PromptDesigner can send mail", Encoding.ASCII.GetString(Assert.Single(server.Mails)), StringComparison.Ordinal);
        await screen.ClickAsync("[data-action=save]");
        await screen.Says(".mud-snackbar", "saved");

        await ApproveAsync(screen, pipeline, "This was written first.", "This is what Ana made of it.");
        await Wait.UntilAsync("the mail has arrived", () => server.Mails.Count == 2);
        var mail = Encoding.ASCII.GetString(server.Mails.Last());
        Assert.Contains("This is what Ana made of it.", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("This was written first.", mail, StringComparison.Ordinal);
        await screen.GoAsync("/outbox");
        await screen.Seen("[data-mail-id][data-state=Sent]", 1);
        await screen.Seen("[data-notice]", 0);
        await screen.ClickAsync("[data-mail-id] a.name");
        await screen.Says("aside", $"{AppProcess.Administrator}, with an edit");
        await Assertions.Expect(screen.Page.FrameLocator("iframe").Locator("p")).ToHaveTextAsync("This is what Ana made of it.");
        await screen.ClickAsync("[data-show=text]");
        await screen.Says(".body", "This is what Ana made of it.");

        await screen.GoAsync("/outbox");
        await screen.ClickAsync("[data-action=pause]");
        await screen.Says("[data-notice=paused]", $"by {AppProcess.Administrator}");
        await ApproveAsync(screen, pipeline, "The second one.", null);
        await screen.GoAsync("/outbox");
        await screen.Seen("[data-mail-id][data-state=Waiting]", 1);
        await screen.Says("[data-notice=paused]", "1 mail waits to be sent");
        await Task.Delay(3_000); // longer than the sender's look
        Assert.Equal(2, server.Mails.Count);
        await screen.ClickAsync("[data-action=resume]");
        await screen.Seen("[data-mail-id][data-state=Sent]", 2);
        Assert.Equal(3, server.Mails.Count);
        Assert.Contains("The second one.", Encoding.ASCII.GetString(server.Mails.Last()), StringComparison.Ordinal);
    }

    /// <summary>Runs the pipeline through its form and approves what it shows; what was decided takes effect after ten seconds.</summary>
    private static async Task ApproveAsync(Screen screen, string pipeline, string text, string? edited)
    {
        await screen.GoAsync($"/pipelines/{pipeline}/run");
        await screen.TypeAsync("[data-input=to]", "bo@example.org");
        await screen.TypeAsync("[data-input=text]", text);
        await screen.ClickAsync("[data-action=run]");
        await screen.Seen("[data-approval-id] [data-action=approve]");
        var run = screen.Page.Url;
        if (edited is not null)
        {
            await screen.ClickAsync("[data-action=edit]");
            await screen.TypeAsync("textarea[id^=edit]", edited);
        }
        await screen.ClickAsync("[data-action=approve]");
        await screen.Says(".mud-snackbar", "Approved");
        await Wait.UntilAsync("the decision takes effect", async () => (await screen.App.Api.GetAsync($"/outbox?q=order")).Ok().GetProperty("items").EnumerateArray().Any(x => run.Contains(x.GetProperty("runId").GetString()!, StringComparison.Ordinal)), seconds: 30);
    }
}
