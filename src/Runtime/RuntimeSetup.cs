using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;
using Quartz;

namespace PromptDesigner.Runtime;

/// <summary>Registers what happens.</summary>
public static class RuntimeSetup
{
    /// <summary>Adds the engine and the verbs of every feature.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RunOptions>().Bind(configuration.GetSection("Runs")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ModelOptions>().Bind(configuration.GetSection("Models")).ValidateOnStart();
        services.AddOptions<LimitOptions>().Bind(configuration.GetSection("Limits")).ValidateOnStart();
        services.AddOptions<BootstrapOptions>().Bind(configuration.GetSection("Bootstrap")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelOptions>, ModelOptionsCheck>().AddSingleton<IValidateOptions<LimitOptions>, LimitOptionsCheck>()
            .AddSingleton<IValidateOptions<BootstrapOptions>, BootstrapOptionsCheck>();
        services.AddSingleton(TimeProvider.System).AddSingleton<CrashPoints>().AddSingleton<NodeCatalog>();
        AddModels(services);
        AddRuns(services);
        AddVerbs(services);
        return services;
    }

    private static void AddModels(IServiceCollection services) => services
        .AddSingleton<Prices>().AddSingleton<ModelConnections>()
        .AddSingleton(x => new SpendCaps(x.GetRequiredService<ReadConnections>(), x.GetRequiredService<IOptions<LimitOptions>>(), x.GetRequiredService<Prices>(), x.GetRequiredService<TimeProvider>()))
        .AddSingleton(x => new ModelGateway(x.GetRequiredService<ModelConnections>(), x.GetRequiredService<Prices>(), x.GetRequiredService<SpendCaps>(), x.GetRequiredService<TimeProvider>(), x.GetRequiredService<CrashPoints>()));

    private static void AddRuns(IServiceCollection services)
    {
        services.AddSingleton<ReadConnections>().AddSingleton<JournalWriter>().AddSingleton<RunJournal>().AddSingleton<RunFeed>()
            .AddSingleton<RunLoader>().AddSingleton<PlanBuilder>().AddSingleton<StepModelsFactory>().AddSingleton<StepRunner>()
            .AddSingleton(x => new PlanCache(x.GetRequiredService<RunLoader>(), x.GetRequiredService<PlanBuilder>()))
            .AddSingleton(x => new EngineParts(x.GetRequiredService<RunJournal>(), x.GetRequiredService<StepRunner>(), x.GetRequiredService<RunLoader>(), x.GetRequiredService<RunFeed>(),
                x.GetRequiredService<IOptions<RunOptions>>().Value, x.GetRequiredService<TimeProvider>(), x.GetRequiredService<CrashPoints>()))
            .AddSingleton(x => ActivatorUtilities.CreateInstance<RunDispatcher>(x))
            .AddSingleton<RunEngine>().AddHostedService(x => x.GetRequiredService<RunEngine>());
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore();
            quartz.UseJobFactory<EngineJobs>();
            quartz.UseDefaultThreadPool(pool => pool.MaxConcurrency = 10_016); // the dispatcher bounds runs; this only must never be the smaller one
            quartz.ConfigureScheduler(x => x.MaxBatchSize = 64);
        });
    }

    private static void AddVerbs(IServiceCollection services) => services
        .AddSingleton<DraftSnapshots>().AddSingleton<EditCheck>().AddSingleton<GraphJudge>().AddSingleton<PipelineEditor>().AddSingleton<MemberRegister>().AddSingleton<Bootstrap>()
        .AddSingleton(x => ActivatorUtilities.CreateInstance<RunStarter>(x)).AddSingleton(x => ActivatorUtilities.CreateInstance<RunControl>(x))
        .AddSingleton(x => ActivatorUtilities.CreateInstance<ApprovalDesk>(x)).AddSingleton(x => ActivatorUtilities.CreateInstance<KeyRing>(x));
}
