using System.Text.Json;
using Bunit;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Tests.Screens;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Pipelines.Drafts;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Pipelines;

/// <summary>A send without an approval in the inspector: an administrator lets it go for a reason and takes that back; nobody else is offered it.</summary>
public sealed class SendPermissionTests : IAsyncLifetime
{
    private Screen _screen = null!;
    private DraftSeat _seat = null!;

    public async Task InitializeAsync()
    {
        _screen = await Screen.OpenAsync();
        var pipeline = await _screen.Host.PublishAsync(PipelineFile.Chain(2, "stub/m"));
        _seat = (await _screen.Host.Get<DraftRooms>().EnterAsync(pipeline, _screen.Ana, CancellationToken.None)).Value!;
        var mail = new AddNode(JsonSerializer.SerializeToElement(new { id = "send", kind = "email", position = new { x = 0, y = 0 }, settings = new { to = "a@example.org", subject = "S", text = "x" } }));
        Assert.Null((await _seat.ApplyAsync([mail, new AddEdge(new DraftEdge("p1", "send"))], null, CancellationToken.None)).Refusal);
    }

    public async Task DisposeAsync()
    {
        await _seat.DisposeAsync();
        await _screen.DisposeAsync();
    }

    [Fact]
    public async Task An_administrator_lets_it_go_for_a_reason_and_takes_that_back()
    {
        var form = Show(_screen.Ana);
        await form.Find("[data-action=allow-send]").ClickAsync(new());
        await form.Find("[data-asks=allow-send]").SubmitAsync();
        Assert.Contains("reason must have 1 to", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await form.Find("#send-reason").ChangeAsync(new() { Value = "A receipt <b>that</b> nobody has to read" });
        await form.Find("[data-asks=allow-send]").SubmitAsync();
        await ToldAsync(() => _seat.Allowed.Count == 1);
        form = Show(_screen.Ana);
        Assert.Contains("A receipt <b>that</b> nobody has to read", form.Find("[data-send-allowed]").TextContent, StringComparison.Ordinal);
        Assert.Contains(_screen.Ana.Name, form.Find("[data-send-allowed]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(_seat.Problems, x => x.Code == "ungated_send");
        await form.Find("[data-action=forbid-send]").ClickAsync(new());
        await ToldAsync(() => _seat.Allowed.Count == 0);
        Assert.Contains(_seat.Problems, x => x.Code == "ungated_send");
        Assert.NotEmpty(Show(_screen.Ana).FindAll("[data-action=allow-send]"));
    }

    [Fact]
    public async Task Who_is_no_administrator_reads_who_can_and_is_offered_nothing()
    {
        var bea = await _screen.MemberAsync(Role.Designer);
        var form = Show(bea);
        Assert.Contains("An administrator can", form.Markup, StringComparison.Ordinal);
        Assert.Empty(form.FindAll("[data-action=allow-send]"));
        var asked = Show(_screen.Ana);
        await asked.Find("[data-action=allow-send]").ClickAsync(new());
        await asked.Find("#send-reason").ChangeAsync(new() { Value = "A receipt" });
        await asked.Find("[data-asks=allow-send]").SubmitAsync();
        await ToldAsync(() => _seat.Allowed.Count == 1);
        form = Show(bea);
        Assert.Contains("A receipt", form.Find("[data-send-allowed]").TextContent, StringComparison.Ordinal);
        Assert.Empty(form.FindAll("[data-action=forbid-send]"));
    }

    [Fact]
    public void A_step_that_sends_nothing_is_offered_nothing() => Assert.Equal("", _screen.Show<SendPermission>(_screen.Ana, x => x.Add(y => y.Seat, _seat).Add(y => y.Node, "p1")).Markup.Trim());

    private IRenderedComponent<SendPermission> Show(Actor actor) => _screen.Show<SendPermission>(actor, x => x.Add(y => y.Seat, _seat).Add(y => y.Node, "send"));

    /// <summary>The room reads the exceptions anew after they were stored, and tells the seat.</summary>
    private async Task ToldAsync(Func<bool> holds)
    {
        var told = new TaskCompletionSource();
        _seat.OnChanged = () =>
        {
            if (holds()) told.TrySetResult();
            return Task.CompletedTask;
        };
        if (holds()) told.TrySetResult();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
