using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Data;

/// <summary>Registers what is remembered.</summary>
public static class DataSetup
{
    /// <summary>Adds the database; options are given once at start, since nothing of them can change while it is open.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, DatabaseOptions options) => services
        .AddSingleton(new Database(options))
        .AddSingleton<IDbContextFactory<DesignerDb>>(x => x.GetRequiredService<Database>())
        .AddSingleton<DatabaseStart>();
}
