using System.Collections.Immutable;
using System.Text;
using StepTool.Core.Tools.Live;

namespace StepTool.Silo.Tools.Http;

/// <summary>A secret where it belongs in a request.</summary>
/// <param name="Place">Query, header or cookie.</param>
/// <param name="Name">Name of the parameter, header or cookie.</param>
/// <param name="Value">What is sent.</param>
internal readonly record struct Proof(ParameterPlace Place, string Name, string Value);

/// <summary>Finds what identifies the caller, in the configuration alone.</summary>
internal static class Identification
{
    /// <summary>What to send: of the ways the API allows, the first whose secrets are all configured. Null with the reason where there is none.</summary>
    public static ImmutableArray<Proof>? Find(HttpBinding binding, LiveOptions options, out string refusal)
    {
        refusal = "";
        if (binding.Security.IsEmpty)
        {
            return [];
        }

        foreach (var requirement in binding.Security)
        {
            if (requirement.Schemes.All(scheme => scheme.Kind != SecurityKind.Unsupported && options.Credentials.ContainsKey(scheme.Name) && IsFor(binding, scheme, options)))
            {
                return [.. requirement.Schemes.Select(scheme => Of(scheme, options.Credentials[scheme.Name]))];
            }
        }

        var usable = binding.Security.FirstOrDefault(requirement => requirement.Schemes.All(scheme => scheme.Kind != SecurityKind.Unsupported));
        var missing = usable?.Schemes.FirstOrDefault(scheme => !options.Credentials.ContainsKey(scheme.Name))?.Name;
        var elsewhere = usable?.Schemes.FirstOrDefault(scheme => !IsFor(binding, scheme, options))?.Name;
        refusal = missing is null && elsewhere is not null
            ? $"{LiveOptions.Section}:CredentialHosts:{elsewhere} is '{options.CredentialHosts[elsewhere]}'; the secret goes to no other host, and this API is at {AllowedHosts.Origin(new Uri(binding.Server))}. Import the API under another title, or correct the host."
            : missing is null
            ? $"It asks for a way of identification that cannot be sent ({string.Join(", ", binding.Security.SelectMany(requirement => requirement.Schemes).Select(scheme => scheme.Name).Distinct())}); only API keys, bearer tokens and Basic can. Call it through a gateway that adds it."
            : $"{LiveOptions.Section}:Credentials:{missing} is missing; the API is called with a secret of that name. Set StepTool__Tools__Credentials__{missing} in the silo's environment.";
        return null;
    }

    private static bool IsFor(HttpBinding binding, SecurityScheme scheme, LiveOptions options) =>
        !options.CredentialHosts.TryGetValue(scheme.Name, out var host) || (HostPattern.TryParse(host, out var pattern) && pattern.Matches(new Uri(binding.Server)));

    private static Proof Of(SecurityScheme scheme, string secret) => scheme.Kind switch
    {
        SecurityKind.Bearer => new Proof(ParameterPlace.Header, scheme.Parameter, $"Bearer {secret}"),
        SecurityKind.Basic => new Proof(ParameterPlace.Header, scheme.Parameter, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))}"),
        _ => new Proof(scheme.Place, scheme.Parameter, secret),
    };
}
