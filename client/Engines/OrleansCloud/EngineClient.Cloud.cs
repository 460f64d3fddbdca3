using Microsoft.Extensions.Configuration;
using Orleans.Hosting;
using StepTool.Client.CommandLine;
using StepTool.Silo.Cluster;
using StepTool.Silo.Engines;
using StepTool.Silo.Hosting;

namespace StepTool.Client.Engines;

/// <summary>Certificates for the console, named in its environment as they are in a silo's.</summary>
internal static partial class EngineClient
{
    private const string Section = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.Tls)}";

    static partial void Secure(IClientBuilder client, Uri silo, ref bool isSecure)
    {
        var files = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(Section).Get<CertificateOptions>() ?? new CertificateOptions();
        if (!files.IsGiven)
        {
            var prefix = Section.Replace(":", "__", StringComparison.Ordinal);
            throw Refusal.Failed($"The silo at {silo} asks for a certificate. Set {prefix}__CertificateFile, {prefix}__KeyFile and {prefix}__AuthorityFile in the environment to PEM files of the cluster.");
        }

        try
        {
            client.UseTls(ClusterCertificates.Read(files).Apply);
        }
        catch (ClusterException exception)
        {
            throw Refusal.Failed(exception.Message, exception);
        }

        isSecure = true;
    }
}
