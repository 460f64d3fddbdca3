using Azure;
using Azure.Identity;
using StepTool.Core.Storage;

namespace StepTool.Silo.Storage;

/// <summary>Turns errors of the storage account into the boundary's exception, with cause and remedy.</summary>
internal static class AzureFault
{
    private const string GoesOn = "The storage goes on by itself when the cause is gone.";

    /// <summary>Explains an error; null for one that is not the account's.</summary>
    /// <param name="place">The container and its address.</param>
    /// <param name="exception">What was thrown.</param>
    public static StorageException? Explain(string place, Exception exception) => exception switch
    {
        AggregateException { InnerException: { } last } => Explain(place, last) is { } fault ? new StorageException(fault.Message, exception) : null,
        RequestFailedException failed => new StorageException($"{Capital(place)} {Reason(failed)}", failed),
        AuthenticationFailedException failed => new StorageException(
            $"{Capital(place)} was not asked: this process has no identity for it ({FirstLine(failed)}). Give it a managed or workload identity, sign in with 'az login', or set StepTool__Azure__ConnectionString.", failed),
        IOException or TaskCanceledException or TimeoutException => new StorageException($"{Capital(place)} broke off ({FirstLine(exception)}). {GoesOn}", exception),
        _ => null,
    };

    private static string Reason(RequestFailedException failed) => failed.Status switch
    {
        0 => $"cannot be reached ({FirstLine(failed)}). Check the address and the network; for Azurite, start it with infra/azurite/azurite.sh start. {GoesOn}",
        400 when failed.ErrorCode == "InvalidHeaderValue" => $"does not know this version of the protocol ({Code(failed)}). Start Azurite with --skipApiVersionCheck, as infra/azurite/azurite.sh does.",
        401 or 403 => $"refused the credentials ({Code(failed)}). Check key, signature and clock; an identity needs the role 'Storage Blob Data Contributor'.",
        404 => $"is not there ({Code(failed)}). Check the account's name; the container is created at start.",
        429 or 503 => $"is busy ({Code(failed)}). {GoesOn} If it stays so, spread the load over several accounts.",
        _ => $"failed ({Code(failed)}). {GoesOn}",
    };

    // The message of a failed request goes on with headers and content; the first line says what happened.
    private static string FirstLine(Exception exception) => exception.Message.Split('\n', 2)[0].Trim().TrimEnd('.');

    private static string Code(RequestFailedException failed) => $"{failed.Status} {failed.ErrorCode}".TrimEnd();

    private static string Capital(string place) => string.Concat(char.ToUpperInvariant(place[0]).ToString(), place.AsSpan(1));
}
