using StepTool.Client.CommandLine;
using StepTool.Client.Connections;
using StepTool.Core.Chance;
using StepTool.Core.Storage;
using StepTool.Core.Worlds.Catalogues;
using StepTool.Core.Worlds.Catalogues.Imports;

namespace StepTool.Client.Catalogues;

/// <summary>Imports sources into a catalogue and stores it.</summary>
internal static class CatalogueImporter
{
    private const int HashDigits = 16;

    /// <summary>Imports, and returns the catalogue's reference.</summary>
    /// <param name="connection">Where it is stored.</param>
    /// <param name="sources">What to read.</param>
    /// <param name="workFile">Where what is read is kept meanwhile: see <see cref="WorkFile"/>.</param>
    /// <param name="skippedFile">Takes what was left out, a line an entry; null for none.</param>
    /// <param name="terminal">Shows progress.</param>
    /// <param name="cancellationToken">Stops; the same import goes on later.</param>
    /// <exception cref="Refusal">A source cannot be read at all, or nothing can be packed.</exception>
    public static async Task<(string Reference, CatalogueReport Report)> RunAsync(
        Connection connection, IReadOnlyList<IApiSource> sources, string workFile, string? skippedFile, Terminal terminal, CancellationToken cancellationToken)
    {
        var display = new ImportDisplay(terminal, TimeProvider.System);
        var packed = workFile + ".catalogue";
        try
        {
            using var skipped = skippedFile is null ? null : new StreamWriter(skippedFile);
            var import = new CatalogueImport(workFile);
            CatalogueReport report;
            await using (var output = File.Create(CreateFolder(packed)))
            {
                report = await import.RunAsync(sources, output, display, skipped is null ? null : entry => skipped.WriteLine(entry.ToString()), cancellationToken);
            }

            var hash = await connection.Blobs.PutAsync(await File.ReadAllBytesAsync(packed, cancellationToken), cancellationToken);
            import.Complete();
            return ($"catalogue:{hash}", report);
        }
        catch (CatalogueException exception)
        {
            throw Refusal.Failed(exception.Message, exception);
        }
        catch (Exception exception) when (exception is OperationCanceledException or StorageException)
        {
            display.Clear();
            terminal.Complain("What was read is kept: the same command goes on from there.");
            throw;
        }
        finally
        {
            display.Clear();
            File.Delete(packed);
        }
    }

    /// <summary>The work file of an import: the same for the same sources.</summary>
    public static string WorkFile(string dataDirectory, IEnumerable<string> sources, Uri? server) =>
        Path.Combine(dataDirectory, "imports", StableHash.Content($"{string.Join('\n', sources.Select(Path.GetFullPath))}\n{server}")[..HashDigits] + ".work");

    private static string CreateFolder(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
