using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepTool.Silo.Hosting;

namespace StepTool.Tests.EndToEnd.Engines;

/// <summary>A certificate authority with one member, as PEM files.</summary>
internal sealed class Authority
{
    private readonly string _directory;

    public Authority(string directory)
    {
        _directory = Directory.CreateDirectory(directory).FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        var (since, until) = (now.AddDays(-1), now.AddDays(1));
        using var authority = request.CreateSelfSigned(since, until);
        using var memberKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var member = new CertificateRequest("CN=silo", memberKey, HashAlgorithmName.SHA256).Create(authority, since, until, [1]);
        File.WriteAllText(Of("authority.pem"), authority.ExportCertificatePem());
        File.WriteAllText(Of("silo.pem"), member.ExportCertificatePem());
        File.WriteAllText(Of("silo.key"), memberKey.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>What gives a process the member's certificate.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        Setting(nameof(CertificateOptions.CertificateFile), "silo.pem"),
        Setting(nameof(CertificateOptions.KeyFile), "silo.key"),
        Setting(nameof(CertificateOptions.AuthorityFile), "authority.pem"),
    ];

    private string Of(string file) => Path.Combine(_directory, file);

    private KeyValuePair<string, string> Setting(string key, string file) => new($"StepTool__Clustering__Tls__{key}", Of(file));
}
