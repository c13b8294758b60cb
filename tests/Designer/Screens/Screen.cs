using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MudBlazor;
using MudBlazor.Services;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Designer.Approvals;
using PromptDesigner.Designer.Pipelines;
using PromptDesigner.Designer.Pipelines.Drafts;
using PromptDesigner.Designer.Pipelines.Inspector;
using PromptDesigner.Designer.Runs;
using PromptDesigner.Designer.Runs.Results;
using PromptDesigner.Designer.Schedules;
using PromptDesigner.Designer.Sending;
using PromptDesigner.Designer.Shell;
using PromptDesigner.Runtime;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Support;

namespace PromptDesigner.Designer.Tests.Screens;

/// <summary>One screen without a browser, over a real engine and database, with a person who is signed in.</summary>
public sealed class Screen : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pd-screen-");
    private readonly BunitContext _bunit = new();
    private bool _hasPopovers;

    private Screen()
    {
    }

    /// <summary>The engine.</summary>
    public EngineHost Host { get; private set; } = null!;

    /// <summary>The first administrator, who is Reviewer and Operator too.</summary>
    public Actor Ana => Host.Actor;

    /// <summary>Screens that listen to lists at this moment.</summary>
    public int Listening => Host.Get<LiveViews>().Listening;

    /// <summary>What toasts say.</summary>
    public string Toasts => string.Join('\n', _bunit.Services.GetRequiredService<ISnackbar>().ShownSnackbars.Select(x => x.Message));

    /// <summary>Menus that are open.</summary>
    public IRenderedComponent<MudPopoverProvider> Popovers { get; private set; } = null!;

    /// <summary>Dialogs that are open.</summary>
    public IRenderedComponent<MudDialogProvider> Dialogs { get; private set; } = null!;

    /// <summary>Toasts as the person sees them, with their buttons.</summary>
    public IRenderedComponent<MudSnackbarProvider> ShowToasts() => _bunit.Render<MudSnackbarProvider>();

    /// <summary>Where the page has led.</summary>
    public string Address => _bunit.Services.GetRequiredService<NavigationManager>().Uri;

    /// <summary>Starts the engine, maybe with a clock that the test sets.</summary>
    public static async Task<Screen> OpenAsync(TimeProvider? clock = null)
    {
        var screen = new Screen();
        screen.Host = await EngineHost.StartAsync(screen._folder.FullName, null, services => (clock is null ? services : services.AddSingleton(clock))
            .AddSingleton<RunReader>().AddSingleton<RunList>().AddSingleton<RunScreen>().AddSingleton<ResultList>().AddSingleton<OutboxList>().AddSingleton<ScheduleList>().AddSingleton<ApprovalQueue>().AddSingleton<ApprovalPresence>().AddSingleton<StarterLibrary>().AddSingleton<LiveViews>().AddSingleton<DraftRooms>().AddSingleton<LastOutputs>().AddSingleton<ChoiceReader>());
        var bunit = screen._bunit;
        bunit.JSInterop.Mode = JSRuntimeMode.Loose;
        bunit.JSInterop.SetupModule("/frame.js").Mode = JSRuntimeMode.Loose;
        bunit.Services.AddMudServices();
        if (clock is not null) bunit.Services.AddSingleton(clock);
        bunit.Services.AddScoped<AuthenticationStateProvider>(_ => screen.Person);
        bunit.Services.AddScoped(x => new CurrentActor(screen.Person, screen.Host.Get<Memberships>(), Options.Create(new IdentityOptions())));
        bunit.Services.AddFallbackServiceProvider(screen.Host.Services);
        return screen;
    }

    /// <summary>Somebody of the workspace with a role and rights.</summary>
    public async Task<Actor> MemberAsync(Role role, Rights rights = Rights.None)
    {
        var mail = $"{role}-{Guid.NewGuid():N}@example.org";
        var id = (await Host.Get<MemberRegister>().AddAsync(new MemberRequest(mail, role, rights, App.Password), Ana, CancellationToken.None)).Value;
        await using var db = Host.Database.Read(Ana.Workspace);
        return new Actor(Ana.Workspace, mail, (await db.Members.SingleAsync(x => x.Id == id)).UserId) { Role = role, Rights = rights };
    }

    /// <summary>Shows a screen to a person. What the person may is asked of the database at every act, whatever <paramref name="actor"/> says.</summary>
    public IRenderedComponent<T> Show<T>(Actor actor, Action<ComponentParameterCollectionBuilder<T>>? parameters = null) where T : IComponent
    {
        Person.Actor = actor;
        if (!_hasPopovers) (Popovers, Dialogs) = (_bunit.Render<MudPopoverProvider>(), _bunit.Render<MudDialogProvider>());
        _hasPopovers = true;
        return _bunit.Render<T>(x =>
        {
            x.AddCascadingValue(actor);
            x.AddCascadingValue(PromptDesigner.Designer.Shared.Zone.Utc);
            parameters?.Invoke(x);
        });
    }

    /// <summary>Leads to an address, as a link does.</summary>
    public void Go(string address) => _bunit.Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    /// <summary>The person leaves the page.</summary>
    public Task LeaveAsync()
    {
        _hasPopovers = false;
        return _bunit.DisposeComponentsAsync();
    }

    /// <summary>A published pipeline with a gate, and a run that waits at it; the answer is pipeline, run and approval.</summary>
    public async Task<(Guid Pipeline, Guid Run, Guid Approval)> HeldAsync()
    {
        var pipeline = await Host.PublishAsync(App.Gate("Held"));
        var run = await Host.RunAsync(pipeline, new { text = "Shown." });
        await Host.SettleAsync();
        await using var db = Host.Database.Read(Ana.Workspace);
        var key = await db.Runs.Where(x => x.Id == run).Select(x => x.Key).SingleAsync();
        return (pipeline, run, await db.Approvals.Where(x => x.RunKey == key).Select(x => x.Id).SingleAsync());
    }

    /// <summary>True while somebody watches the run.</summary>
    public bool IsWatched(Guid run) => Host.Get<RunFeed>().Wants(run, RunInterest.Changes);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _bunit.DisposeAsync();
        await Host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Session Person { get; } = new();

    /// <summary>The session's cookie, as the framework hands it to pages.</summary>
    private sealed class Session : AuthenticationStateProvider
    {
        public Actor Actor { get; set; } = null!;

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, Actor.Person!.Value.ToString()), new Claim(PromptDesigner.Designer.Shell.Session.WorkspaceClaim, Actor.Workspace.ToString(System.Globalization.CultureInfo.InvariantCulture)), new Claim(PromptDesigner.Designer.Shell.Session.SinceClaim, DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture))], "cookie"))));
    }
}
