using PromptDesigner.Data.Accounts;
using PromptDesigner.Runtime.Accounts;

namespace PromptDesigner.Runtime.Tests.Accounts;

public sealed class InvitationTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private const string Mail = "bo@example.org";

    private Workplace _place = null!;

    public async Task InitializeAsync() => _place = await Workplace.StartAsync();

    public Task DisposeAsync() => _place.DisposeAsync().AsTask();

    private Invitations Invitations => _place.Get<Invitations>();

    [Fact]
    public async Task An_invitation_makes_a_member_once()
    {
        var made = await InviteAsync();
        Assert.Equal(43, made.Secret!.Length);
        Assert.Equal(_place.Clock.GetUtcNow().AddDays(7), made.ExpiresAt);
        Assert.Equal(("Main", Mail, Role.Designer, Rights.Reviewer, false), (await Invitations.FindAsync(made.Secret, default)) is { } x ? (x.WorkspaceName, x.Email, x.Role, x.Rights, x.HasAccount) : default);

        Assert.Equal("password_weak", (await AcceptAsync(made.Secret, null)).Refusal!.Code);
        Assert.Equal("password_weak", (await AcceptAsync(made.Secret, "short")).Refusal!.Code);
        Assert.Null((await AcceptAsync(made.Secret, Password)).Refusal);
        var bo = (await _place.MembersAsync())[Mail];
        Assert.Equal((Role.Designer, Rights.Reviewer, "Bo"), (bo.Role, bo.Rights, bo.User!.DisplayName));
        Assert.NotNull(bo.User.PasswordHash);

        Assert.Null(await Invitations.FindAsync(made.Secret, default));
        Assert.Equal("not_found", (await AcceptAsync(made.Secret, Password)).Refusal!.Code);
    }

    [Fact]
    public async Task Of_two_who_accept_at_once_one_gets_in()
    {
        var made = await InviteAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => AcceptAsync(made.Secret!, Password))));
        Assert.Single(answers, x => x.Refusal is null);
        Assert.All(answers.Where(x => x.Refusal is not null), x => Assert.Equal("not_found", x.Refusal!.Code));
    }

    [Fact]
    public async Task Used_old_revoked_replaced_and_made_up_links_get_one_answer()
    {
        var replaced = await InviteAsync();
        var revoked = await InviteAsync();
        Assert.Null((await Invitations.RevokeAsync(revoked.Id, _place.Ana, default)).Refusal);
        Assert.Equal("not_found", (await Invitations.RevokeAsync(revoked.Id, _place.Ana, default)).Refusal!.Code);
        var old = await InviteAsync();
        _place.Clock.AdjustTime(_place.Clock.GetUtcNow().AddDays(7));
        var refusals = new List<Refusal>();
        foreach (var secret in (string[])[replaced.Secret!, revoked.Secret!, old.Secret!, "made-up", ""])
        {
            Assert.Null(await Invitations.FindAsync(secret, default));
            refusals.Add((await AcceptAsync(secret, Password)).Refusal!);
        }
        Assert.Single(refusals.Distinct());
        Assert.DoesNotContain(Mail, (await _place.MembersAsync()).Keys);
    }

    [Fact]
    public async Task A_person_with_an_account_joins_a_further_workspace_when_signed_in()
    {
        var made = (await Invitations.InviteAsync(new InvitationRequest("Zoe@example.org", Role.Viewer, Rights.None), _place.Ana, default)).Value!;
        Assert.True((await Invitations.FindAsync(made.Secret!, default))!.HasAccount);
        Assert.Equal("unauthenticated", (await AcceptAsync(made.Secret!, null)).Refusal!.Code);
        Assert.Equal("email_taken", (await AcceptAsync(made.Secret!, Password)).Refusal!.Code);
        Assert.Equal("unauthenticated", (await AcceptAsync(made.Secret!, null, _place.Ana.Person)).Refusal!.Code);
        Assert.Null((await AcceptAsync(made.Secret!, null, _place.Zoe.Person)).Refusal);
        Assert.Equal(Role.Viewer, (await _place.MembersAsync())["zoe@example.org"].Role);
        Assert.Equal((Role.Administrator, "x"), (await _place.MembersAsync(_place.Zoe.Workspace))["zoe@example.org"] is var x ? (x.Role, x.User!.PasswordHash) : default);
        Assert.Equal("email_taken", (await Invitations.InviteAsync(new InvitationRequest("zoe@example.org", Role.Viewer, Rights.None), _place.Ana, default)).Refusal!.Code);
        Assert.Equal("email_taken", (await _place.Get<MemberRegister>().AddAsync(new MemberRequest("zoe@example.org", Role.Viewer, Rights.None, Password), _place.Ana, default)).Refusal!.Code);
    }

    [Fact]
    public async Task Who_is_taken_out_is_out_with_sessions_and_links_and_comes_back_by_invitation()
    {
        var members = _place.Get<MemberRegister>();
        var cy = (await members.AddAsync(new MemberRequest("cy@example.org", Role.Administrator, Rights.None, Password), _place.Ana, default)).Value;
        var row = (await _place.MembersAsync())["cy@example.org"];
        Assert.Null((await members.ChangeAsync(cy, Role.Administrator, Rights.Operator, _place.Ana, default)).Refusal);
        Assert.Equal(row.User!.SecurityStamp, (await _place.MembersAsync())["cy@example.org"].User!.SecurityStamp);
        var link = (await Invitations.InviteAsync(new InvitationRequest("second-self@example.org", Role.Administrator, Rights.None), new Actor(1, "cy@example.org", row.UserId) { Role = Role.Administrator }, default)).Value!;

        Assert.Null((await members.RemoveAsync(cy, _place.Ana, default)).Refusal);
        Assert.Null(await Invitations.FindAsync(link.Secret!, default));
        var back = (await Invitations.InviteAsync(new InvitationRequest("cy@example.org", Role.Viewer, Rights.None), _place.Ana, default)).Value!;
        Assert.False((await Invitations.FindAsync(back.Secret!, default))!.HasAccount);
        Assert.Null((await AcceptAsync(back.Secret!, Password)).Refusal);
        var again = (await _place.MembersAsync())["cy@example.org"].User!;
        Assert.Equal(row.UserId, again.Id);
        Assert.NotEqual(row.User.SecurityStamp, again.SecurityStamp);
    }

    [Fact]
    public async Task Only_administrators_invite_and_only_into_their_own_workspace()
    {
        var designer = new Actor(1, "d@example.org", Guid.NewGuid()) { Role = Role.Designer };
        Assert.Equal("forbidden", (await Invitations.InviteAsync(new InvitationRequest(Mail, Role.Viewer, Rights.None), designer, default)).Refusal!.Code);
        var made = await InviteAsync();
        Assert.Equal("forbidden", (await Invitations.RevokeAsync(made.Id, designer, default)).Refusal!.Code);
        Assert.Equal("not_found", (await Invitations.RevokeAsync(made.Id, _place.Zoe, default)).Refusal!.Code);
        Assert.NotNull((await Invitations.InviteAsync(new InvitationRequest(Mail, Role.Viewer, Rights.None), _place.Zoe, default)).Value);
        Assert.NotNull(await Invitations.FindAsync(made.Secret!, default));
        Assert.Equal("/email", Assert.Single((await Invitations.InviteAsync(new InvitationRequest("no address", Role.Viewer, Rights.None), _place.Ana, default)).Refusal!.Errors!).Path);
    }

    [Fact]
    public async Task The_database_and_the_log_hold_no_secret()
    {
        var made = await InviteAsync();
        foreach (var file in Directory.EnumerateFiles(_place.Folder, "promptdesigner.db*").Where(x => !x.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.DoesNotContain(made.Secret!, System.Text.Encoding.Latin1.GetString(copy.ToArray()), StringComparison.Ordinal);
        }
        var entry = Assert.Single(await _place.AuditAsync());
        Assert.Equal(("member.invited", _place.Ana.Name, "192.0.2.7", Mail), (entry.Action, entry.Actor, entry.Address, entry.TargetName));
    }

    private async Task<InvitationMade> InviteAsync() => (await Invitations.InviteAsync(new InvitationRequest(Mail, Role.Designer, Rights.Reviewer), _place.Ana, default)).Value!;

    private Task<Answer<Guid>> AcceptAsync(string secret, string? password, Guid? signedInAs = null) =>
        Invitations.AcceptAsync(new InvitationAccepted(secret, password, " Bo ", signedInAs, "198.51.100.4"), default);
}
