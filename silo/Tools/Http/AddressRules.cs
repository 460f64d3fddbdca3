using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace StepTool.Silo.Tools.Http;

/// <summary>Which addresses are of the open Internet. All others may be this machine, its network, or a cloud's metadata service that hands out keys.</summary>
internal static class AddressRules
{
    // Special-purpose registries of IANA, and Azure's host service, which has a public address.
    private static readonly ImmutableArray<IPNetwork> Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPublic(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (Translated.Contains(address))
            {
                return IsPublic(new IPAddress(bytes.AsSpan(12)));
            }

            if (SixToFour.Contains(address))
            {
                return IsPublic(new IPAddress(bytes.AsSpan(2, 4)));
            }

            if (!GlobalUnicast.Contains(address))
            {
                return false;
            }
        }

        return !Closed.Any(network => network.Contains(address));
    }
}
