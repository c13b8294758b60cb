using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PromptDesigner.Designer.Tests;

/// <summary>The application inside this process, to ask it what it is made of.</summary>
public sealed class InProcess : WebApplicationFactory<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pd-inside-").FullName;

    /// <summary>Every endpoint that it answers at, files that are only fetched left out.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(x => x.Metadata.GetMetadata<StaticAssetDescriptor>() is null)];

    /// <summary>The files that are only fetched.</summary>
    public IReadOnlyList<RouteEndpoint> Files => [.. Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(x => x.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)];

    /// <summary>An endpoint as tables write it: its methods and its route.</summary>
    public static IEnumerable<string> Names(RouteEndpoint endpoint)
    {
        var route = "/" + (endpoint.RoutePattern.RawText ?? "").Trim('/');
        return (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["*"]).Select(x => $"{x} {route}");
    }

    /// <inheritdoc />
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("DataDirectory", _folder);
        builder.UseSetting("Urls", "http://127.0.0.1:0");
        builder.ConfigureServices(services =>
        {
            foreach (var worker in services.Where(x => x.ServiceType == typeof(IHostedService) && x.ImplementationType?.Name != "GenericWebHostService").ToList()) services.Remove(worker); // nothing runs here
        });
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
