using StepTool.Silo.Hosting;
using Xunit;

namespace StepTool.Tests.Silo.Engines;

[Trait("Kind", "Unit")]
public sealed class ClusteringRefusalTests
{
    [Fact]
    public void Validate_AnyKeyOfClustering_IsRefusedByNameWithTheRemedy()
    {
        var clustering = new ClusteringOptions { Kind = ClusteringKind.Redis, ConnectionString = "password=hidden", SiloPort = 0, Primary = "127.0.0.1:1", Tls = new CertificateOptions { KeyFile = "key.pem" } };

        var failures = new SiloOptionsValidator().Validate(null, new SiloOptions { Clustering = clustering }).Failures!;

        Assert.Equal(
            new[] { "ConnectionString", "Kind", "Primary", "SiloPort", "Tls" }
                .Select(key => $"StepTool:Clustering:{key} is set; the embedded engine is one process and has no cluster. Leave it out, or build with -p:Engine=Orleans."),
            failures.Order(StringComparer.Ordinal));
    }
}
