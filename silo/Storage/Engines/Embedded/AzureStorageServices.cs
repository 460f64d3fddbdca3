namespace StepTool.Silo.Storage;

/// <summary>The embedded engine is one process, so that it owns its container alone.</summary>
public static partial class AzureStorageServices
{
    static partial void AddForEngine(IServiceCollection services) => services.AddHostedService<AzureOwnership>();
}
