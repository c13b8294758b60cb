using System.Reflection;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PromptDesigner.Data.Connections;
using PromptDesigner.Data.Storage;
using PromptDesigner.Runtime.Accounts;
using PromptDesigner.Runtime.Approvals;
using PromptDesigner.Runtime.Connections;
using PromptDesigner.Runtime.Files;
using PromptDesigner.Runtime.ModelCalls;
using PromptDesigner.Runtime.Nodes;
using PromptDesigner.Runtime.Notices;
using PromptDesigner.Runtime.Pipelines;
using PromptDesigner.Runtime.Pipelines.Trials;
using PromptDesigner.Runtime.Runs;
using PromptDesigner.Runtime.Runs.Dispatch;
using PromptDesigner.Runtime.Runs.Execution;
using PromptDesigner.Runtime.Runs.Journal;
using PromptDesigner.Runtime.Runs.Planning;
using PromptDesigner.Runtime.Schedules;
using PromptDesigner.Runtime.Sending;
using Quartz;

namespace PromptDesigner.Runtime;

/// <summary>Registers what happens.</summary>
public static class RuntimeSetup
{
    /// <summary>Adds the engine and the verbs of every feature.</summary>
    public static IServiceCollection AddRuntime(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RunOptions>().Bind(configuration.GetSection("Runs"), strict => strict.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddOptions<ModelOptions>().Bind(configuration.GetSection("Models"), strict => strict.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddOptions<LimitOptions>().Bind(configuration.GetSection("Limits"), strict => strict.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddOptions<BootstrapOptions>().Bind(configuration.GetSection("Bootstrap"), strict => strict.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddOptions<FileStoreOptions>().Bind(configuration.GetSection("Files"), strict => strict.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddOptions<MailOptions>().Bind(configuration.GetSection("Smtp"), strict => strict.ErrorOnUnknownConfiguration = true).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsCheck>();
        services.AddSingleton<IValidateOptions<FileStoreOptions>, FileStoreOptionsCheck>();
        services.AddSingleton<IValidateOptions<RunOptions>, RunOptionsCheck>().AddSingleton<IValidateOptions<ModelOptions>, ModelOptionsCheck>().AddSingleton<IValidateOptions<LimitOptions>, LimitOptionsCheck>()
            .AddSingleton<IValidateOptions<BootstrapOptions>, BootstrapOptionsCheck>();
        services.AddSingleton(new ApplicationAddress(configuration["Urls"]));
        services.AddSingleton(TimeProvider.System).AddSingleton<CrashPoints>().AddSingleton(_ => NodeCatalog.Standard);
        AddModels(services);
        AddRuns(services);
        AddVerbs(services);
        return services;
    }

    private static void AddModels(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("PromptDesigner");
        services.AddOptions<KeyManagementOptions>().Configure<Database>((ring, database) => ring.XmlRepository = new ProtectionKeys(database));
        services.AddSingleton<ConnectionSecrets>().AddSingleton<Prices>().AddOwn<ModelConnections>().AddOwn<SpendCaps>().AddOwn<ModelGateway>().AddOwn<ConnectionBook>();
    }

    private static void AddRuns(IServiceCollection services)
    {
        services.AddSingleton<ReadConnections>().AddSingleton<JournalWriter>().AddSingleton<RunJournal>().AddSingleton<RunFeed>()
            .AddSingleton<RunLoader>().AddSingleton<PlanBuilder>().AddOwn<PlanCache>().AddSingleton<StepModelsFactory>().AddSingleton<StepRunner>()
            .AddSingleton(x => x.GetRequiredService<IOptions<RunOptions>>().Value).AddSingleton<EngineParts>().AddOwn<RunDispatcher>()
            .AddSingleton<RunEngine>().AddHostedService(x => x.GetRequiredService<RunEngine>());
        services.AddSingleton<OutboxSignal>().AddSingleton<MailServers>().AddSingleton<SmtpDelivery>().AddOwn<MailDispatcher>().AddHostedService(x => x.GetRequiredService<MailDispatcher>()); // after the engine too
        services.AddOwn<ScheduleClock>().AddHostedService(x => x.GetRequiredService<ScheduleClock>()); // after the engine too
        services.AddOwn<NoticeDispatcher>().AddHostedService(x => x.GetRequiredService<NoticeDispatcher>()); // likewise
        services.AddSingleton<FileFolder>().AddOwn<FileStore>().AddSingleton<FileSweep>().AddHostedService(x => x.GetRequiredService<FileSweep>()); // after the engine, which opens the journal
        services.AddQuartz(quartz =>
        {
            quartz.UseInMemoryStore();
            quartz.UseJobFactory<EngineJobs>();
            quartz.UseDefaultThreadPool(pool => pool.MaxConcurrency = 10_016); // the dispatcher bounds runs; this only must never be the smaller one
            quartz.ConfigureScheduler(x => x.MaxBatchSize = 64);
        });
    }

    private static void AddVerbs(IServiceCollection services) => services
        .AddSingleton<DraftSnapshots>().AddSingleton<EditCheck>().AddOwn<GraphJudge>().AddSingleton<PipelineEditor>().AddSingleton<PipelineShelf>().AddSingleton<TestInputs>().AddSingleton<Pins>()
        .AddSingleton<MemberRegister>().AddSingleton<Memberships>().AddSingleton<Invitations>().AddSingleton<WorkspaceBook>().AddSingleton<FirstStart>().AddSingleton<AccountBook>().AddSingleton<NoticeBook>().AddSingleton<Bootstrap>()
        .AddSingleton<SendExceptions>().AddOwn<OutboxDesk>().AddOwn<MailServerBook>().AddOwn<RunStarter>().AddOwn<RunControl>().AddOwn<ScheduleDesk>().AddOwn<ApprovalDesk>().AddOwn<KeyRing>();

    /// <summary>A public class whose constructor takes this project's own parts; the container itself calls only public constructors.</summary>
    private static IServiceCollection AddOwn<T>(this IServiceCollection services) where T : class
    {
        var constructor = typeof(T).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single();
        return services.AddSingleton(x => (T)constructor.Invoke([.. constructor.GetParameters().Select(p => x.GetRequiredService(p.ParameterType))]));
    }
}
