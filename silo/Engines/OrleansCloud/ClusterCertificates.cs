using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>
/// Who may be a member or a client of a cluster: whoever shows a certificate that the cluster's own authority signed. Both ends show one. Names in certificates
/// are not compared, since silos come and go at addresses that nobody knows beforehand.
/// </summary>
public sealed class ClusterCertificates
{
    private const string Key = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.Tls)}";
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authority;

    private ClusterCertificates(X509Certificate2 own, X509Certificate2Collection authority) => (_own, _authority) = (own, authority);

    /// <summary>Reads the files.</summary>
    /// <exception cref="ClusterException">A file cannot be read, key and certificate do not belong together, or the authority did not sign the certificate.</exception>
    public static ClusterCertificates Read(CertificateOptions files)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var own = From(nameof(files.CertificateFile), files.CertificateFile, () => X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile));
        var authority = From(nameof(files.AuthorityFile), files.AuthorityFile, () =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(files.AuthorityFile);
            return read.Count > 0 ? read : throw new CryptographicException("It holds no certificate.");
        });
        if (Refusal(own, authority) is { } reason)
        {
            throw new ClusterException(
                $"{Key}:{nameof(files.CertificateFile)} is '{files.CertificateFile}', which the authority of '{files.AuthorityFile}' does not vouch for: {reason}. It must be signed by it and in date. Sign it anew, or correct the files.");
        }

        // A key in memory alone is not taken by every platform's TLS.
        return new ClusterCertificates(X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null), authority);
    }

    /// <summary>Tells Orleans: both ends show a certificate, and it is checked against the authority.</summary>
    public void Apply(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.LocalCertificate = _own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => Refusal(certificate, _authority) is null;
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = ClusterDescription.Service;
    }

    private static string? Refusal(X509Certificate2 certificate, X509Certificate2Collection authority)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        return chain.Build(certificate) ? null : string.Join(' ', chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')));
    }

    private static T From<T>(string key, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ClusterException($"{Key}:{key} is '{file}', which cannot be used: {exception.Message.TrimEnd('.')}. It must be PEM, with the key that belongs to the certificate. Give the right files.", exception);
        }
    }
}
