using Microsoft.Extensions.Options;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Health;

/// <summary>
/// Asks the silo of this machine whether it lives: a container's health check, in an image that holds no other program to ask with. It reads the same
/// configuration as the silo, so it asks where the silo listens.
/// </summary>
internal static class AliveProbe
{
    /// <summary>The argument that asks instead of starting a silo.</summary>
    public const string Command = "alive";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Returns 0 where the silo lives, 1 where it does not, with the reason on <paramref name="errors"/>.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter errors, CancellationToken cancellationToken = default)
    {
        var url = new SiloOptions().Url;
        try
        {
            url = SiloProgram.Configuration(arguments)[$"{SiloOptions.Section}:{nameof(SiloOptions.Url)}"] ?? url;
            using var http = new HttpClient { Timeout = Patience };
            using var answer = await http.GetAsync(Local(new Uri(url)), cancellationToken);
            answer.EnsureSuccessStatusCode();
            return 0;
        }
        catch (OptionsValidationException invalid)
        {
            await errors.WriteLineAsync(invalid.Message);
            return 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or UriFormatException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await errors.WriteLineAsync($"The silo at {url} does not answer {HealthEndpoints.Alive}: {exception.Message}");
            return 1;
        }
    }

    // What listens on every address is asked on loopback.
    private static Uri Local(Uri url) => new UriBuilder(url)
    {
        Host = url.Host is "0.0.0.0" or "[::]" ? "localhost" : url.Host,
        Path = HealthEndpoints.Alive,
    }.Uri;
}
