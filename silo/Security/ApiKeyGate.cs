using System.Security.Cryptography;
using System.Text;

namespace StepTool.Silo.Security;

/// <summary>Lets in who sends the silo's key as <c>X-Api-Key</c>, bearer token or <c>toolbench_key</c>; health needs none.</summary>
public static class ApiKeyGate
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "X-Api-Key";

    private const string Bearer = "Bearer ";
    private const string ToolBenchHeader = "toolbench_key"; // the only one that StableToolBench's clients send

    /// <summary>Guards everything but the given paths; without a key everything is open.</summary>
    public static IApplicationBuilder UseApiKey(this IApplicationBuilder app, string apiKey, params string[] open)
    {
        if (apiKey.Length == 0)
        {
            return app;
        }

        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(apiKey));
        return app.Use(async (context, next) =>
        {
            if (open.Contains(context.Request.Path.Value, StringComparer.Ordinal) || Matches(context.Request, expected))
            {
                await next(context);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await context.Response.WriteAsync($"This silo needs its key. Send it as {Header}; the console takes it from --api-key or STEPTOOL_API_KEY.", context.RequestAborted);
        });
    }

    // Hashes are compared, in constant time, so that neither content nor length of the key can be measured.
    private static bool Matches(HttpRequest request, byte[] expected)
    {
        var authorization = request.Headers.Authorization.ToString();
        var given = request.Headers[Header].ToString() is { Length: > 0 } key ? key
            : authorization.StartsWith(Bearer, StringComparison.Ordinal) ? authorization[Bearer.Length..]
            : request.Headers[ToolBenchHeader].ToString();
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), expected);
    }
}
