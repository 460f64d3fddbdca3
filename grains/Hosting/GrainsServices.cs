using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StepTool.Core.Features;
using StepTool.Core.Storage;
using StepTool.Core.Tools;
using StepTool.Core.Tools.Live;
using StepTool.Grains.Engines;
using StepTool.Grains.Policies;
using StepTool.Grains.Tasks;
using StepTool.Grains.Tools;
using StepTool.Grains.Tools.Answers;
using StepTool.Grains.Tools.Limits;
using StepTool.Grains.Tools.Live;
using StepTool.Grains.Training;
using StepTool.Grains.Worlds;

namespace StepTool.Grains.Hosting;

/// <summary>Registers what grains need on a silo, whichever engine hosts them. Blob store, grain storage and the engine come from the host.</summary>
public static class GrainsServices
{
    /// <summary>Registers the grains' services. What the host registered before stays.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="isAtWork">Whether the silo plays episodes, drives runs and trains; false for one that only answers.</param>
    public static IServiceCollection AddStepToolGrains(this IServiceCollection services, bool isAtWork = true)
    {
        services.AddOptions<GrainsOptions>().BindConfiguration(GrainsOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GrainsOptions>, GrainsOptionsValidator>());
        services.AddOptions<ToolsOptions>().BindConfiguration(ToolsOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ToolsOptions>, ToolsOptionsValidator>());
        services.AddOptions<TrainingOptions>().BindConfiguration(TrainingOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TrainingOptions>, TrainingOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(SiloLabels.None);
        services.AddGrainsEngine();
        services.TryAddSingleton<FeatureExtractor>();
        services.TryAddSingleton(provider => (IBlobEraser)provider.GetRequiredService<IBlobStore>()); // a silo's store can do both
        services.TryAddSingleton<IWorldCatalogue, WorldCatalogue>();
        services.TryAddSingleton<IToolCaller, WorldToolCaller>();
        services.TryAddSingleton<ILiveCaller, NoLiveCaller>();
        services.TryAddSingleton<AnswerMemory>();
        services.TryAddSingleton<AnswerStore>();
        services.TryAddSingleton<AnswerCache>();
        services.TryAddSingleton<HostLines>();
        services.TryAddSingleton(provider => new ToolClient(
            provider.GetRequiredService<AnswerMemory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<ToolsOptions>>()));
        services.TryAddSingleton<IPolicySource, PolicySource>();
        services.TryAddSingleton<LearnerHost>();
        services.TryAddSingleton<LearnerThread>();
        services.TryAddSingleton<DamageLog>();
        services.TryAddSingleton<EpisodeSlots>();
        services.TryAddSingleton<EpisodeArchive>();
        services.Configure<GrainsOptions>(options => options.IsAtWork = isAtWork);
        if (isAtWork)
        {
            services.AddHostedService<RolloutPump>();
        }

        return services;
    }
}
