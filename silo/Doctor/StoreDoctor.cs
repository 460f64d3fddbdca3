using StepTool.Core.Storage;
using StepTool.Grains.Doctor;
using StepTool.Grains.Hosting;
using StepTool.Silo.Hosting;
using StepTool.Silo.Storage;

namespace StepTool.Silo.Doctor;

/// <summary>Looks at what a silo of the given options would work on, without working on it.</summary>
public static class StoreDoctor
{
    /// <summary>Examines a data directory or a container. Never writes.</summary>
    /// <exception cref="StorageException">It is in use, is not there, or cannot be read at all.</exception>
    public static async Task<Diagnosis> ExamineAsync(SiloOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var store = await OpenAsync(options, cancellationToken);
        return await new Examination(store, new StateSerializer(Wire.State)).RunAsync(cancellationToken);
    }

    private static async Task<IStoredContent> OpenAsync(SiloOptions options, CancellationToken cancellationToken)
    {
        if (options.Storage is not StorageKind.Azure)
        {
            return new DirectoryContent(options.DataDirectory);
        }

        var container = new ContainerContent(options.Azure);
        await container.OpenAsync(cancellationToken);
        return container;
    }
}
