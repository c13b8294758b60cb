using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PromptDesigner.Data.Accounts;
using PromptDesigner.Data.Audit;
using PromptDesigner.Support;

namespace PromptDesigner.Runtime.Tests.Accounts;

/// <summary>The verbs over a database of their own, with a clock that tests set, an administrator, and an administrator of a second workspace.</summary>
public sealed class Workplace : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pd-place-");
    private Func<Task<EngineHost>> _start = null!;

    private Workplace()
    {
    }

    public EngineHost Host { get; private set; } = null!;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2027, 1, 10, 12, 0, 0, TimeSpan.Zero));

    public string Folder => _folder.FullName;

    /// <summary>The administrator.</summary>
    public Actor Ana => Host.Actor with { Address = "192.0.2.7" };

    /// <summary>The administrator of the second workspace.</summary>
    public Actor Zoe { get; private set; } = null!;

    public T Get<T>() where T : notnull => Host.Get<T>();

    /// <summary>Starts the engine; a fake clock stands still until a test moves it.</summary>
    public static async Task<Workplace> StartAsync(bool realTime = false, string? model = null, params (string Key, string Value)[] settings)
    {
        var place = new Workplace();
        place._start = () => EngineHost.StartAsync(place.Folder, model, services =>
        {
            if (!realTime) services.AddSingleton<TimeProvider>(place.Clock);
        }, settings);
        place.Host = await place._start();
        place.Zoe = await place.SecondAsync();
        return place;
    }

    /// <summary>Stops the engine and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Host = await _start();
    }

    /// <summary>Entries of the audit log in the order of writing.</summary>
    public async Task<List<AuditEntry>> AuditAsync(int? workspace = null)
    {
        await using var db = Host.Database.Read(workspace ?? Ana.Workspace);
        return await db.AuditEntries.OrderBy(x => x.Key).ToListAsync();
    }

    /// <summary>Members of a workspace by address.</summary>
    public async Task<Dictionary<string, Member>> MembersAsync(int? workspace = null)
    {
        await using var db = Host.Database.Read(workspace ?? Ana.Workspace);
        return await db.Members.Include(x => x.User).ToDictionaryAsync(x => x.User!.Email!);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Task<Actor> SecondAsync() => Host.Database.WriteAsync(0, async (db, cancel) =>
    {
        var second = new Workspace { Name = "Second", CreatedAt = DateTimeOffset.UnixEpoch };
        db.Workspaces.Add(second);
        await db.SaveChangesAsync(cancel);
        db.Workspace = second.Id;
        var zoe = new User { Id = Guid.CreateVersion7(), UserName = "zoe@example.org", NormalizedUserName = "ZOE@EXAMPLE.ORG", Email = "zoe@example.org", NormalizedEmail = "ZOE@EXAMPLE.ORG", PasswordHash = "x", SecurityStamp = "zoe" };
        db.Members.Add(new Member { Id = Guid.CreateVersion7(), UserId = zoe.Id, User = zoe, Role = Role.Administrator });
        return new Actor(second.Id, zoe.Email, zoe.Id) { Role = Role.Administrator };
    }, CancellationToken.None);
}
