using Azure.Storage.Blobs;

namespace StepTool.Silo.Storage;

/// <summary>Checks the settings of the storage account. No message shows a connection string.</summary>
internal static class AzureStorageOptionsValidator
{
    private const int ShortestContainer = 3;
    private const int LongestContainer = 63;

    /// <summary>What is wrong.</summary>
    /// <param name="section">Name of the section, such as <c>StepTool:Azure</c>.</param>
    /// <param name="options">The settings.</param>
    /// <param name="isUsed">Whether state is kept in the account, so that the blob service must be given.</param>
    internal static IEnumerable<string> Failures(string section, AzureStorageOptions options, bool isUsed)
    {
        var (byString, byUri) = (options.ConnectionString.Length > 0, options.BlobServiceUri.Length > 0 || options.TableServiceUri.Length > 0);
        if (byString && byUri)
        {
            yield return $"{section}:ConnectionString is set beside {section}:BlobServiceUri or {section}:TableServiceUri; an account is given one way. Leave out the string, or the addresses.";
        }
        else if (byString && !IsConnectionString(options.ConnectionString))
        {
            yield return $"{section}:ConnectionString ({options.ConnectionString.Length} characters, not shown) cannot be read; it must be a storage account's connection string. Copy it whole, or set UseDevelopmentStorage=true for Azurite.";
        }
        else if (isUsed && !byString && options.BlobServiceUri.Length == 0)
        {
            yield return $"{section}:ConnectionString and {section}:BlobServiceUri are empty; StepTool:Storage azure needs one of them. Set StepTool__Azure__ConnectionString, or StepTool__Azure__BlobServiceUri for a managed identity.";
        }

        foreach (var (key, value) in new[] { (nameof(options.BlobServiceUri), options.BlobServiceUri), (nameof(options.TableServiceUri), options.TableServiceUri) })
        {
            if (value.Length > 0 && !IsServiceUri(value))
            {
                yield return $"{section}:{key} (not shown, it may hold a key) is no address of a service; it must be https without query, such as https://account.blob.core.windows.net. Put a shared access signature into {section}:ConnectionString.";
            }
        }

        if (!IsContainer(options.Container))
        {
            yield return $"{section}:Container is '{options.Container}'; it must be {ShortestContainer} to {LongestContainer} lower-case letters, digits and single '-' between them. Leave it out for 'steptool'.";
        }
    }

    private static bool IsConnectionString(string value)
    {
        try
        {
            return new BlobServiceClient(value).Uri is not null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    // Tokens are sent to https only.
    private static bool IsServiceUri(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Query.Length == 0 && uri.UserInfo.Length == 0;

    private static bool IsContainer(string name) =>
        name.Length is >= ShortestContainer and <= LongestContainer
        && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
        && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);
}
