using Orleans.Hosting;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>What the packages for Azure and TLS add.</summary>
public static partial class Engine
{
    static partial void FindCloud(ref bool isThere) => isThere = true;

    static partial void Secure(ISiloBuilder silo, CertificateOptions certificates)
    {
        if (certificates.IsGiven)
        {
            silo.UseTls(ClusterCertificates.Read(certificates).Apply);
        }
    }
}
