using System.Net;
using Microsoft.Extensions.Configuration;
using StepTool.Silo.Tools;
using StepTool.Silo.Tools.Http;
using Xunit;

namespace StepTool.Tests.Silo.Tools;

[Trait("Kind", "Unit")]
public sealed class SafetyTests
{
    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:93.184.215.14", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b::5db8:d70e", true)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void IsPublic_Address_IsOfTheOpenInternet(string address, bool expected) => Assert.Equal(expected, AddressRules.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("api.example.com", "https://api.example.com/x", true)]
    [InlineData("api.example.com", "http://API.example.com./x", true)]
    [InlineData("api.example.com", "https://api.example.com:8443/x", false)]
    [InlineData("api.example.com:8443", "https://api.example.com:8443/x", true)]
    [InlineData("api.example.com:8443", "https://api.example.com/x", false)]
    [InlineData("api.example.com", "https://evil-api.example.com/x", false)]
    [InlineData("api.example.com", "https://api.example.com.evil.com/x", false)]
    [InlineData("api.example.com", "https://api.example.com@evil.com/x", false)]
    [InlineData("api.example.com", "https://user:pass@api.example.com/x", false)]
    [InlineData("api.example.com", "ftp://api.example.com/x", false)]
    [InlineData("*.example.com", "https://api.example.com/x", true)]
    [InlineData("*.example.com", "https://a.b.example.com/x", true)]
    [InlineData("*.example.com", "https://example.com/x", false)]
    [InlineData("*.example.com", "https://evilexample.com/x", false)]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5000/", true)]
    [InlineData("[::1]:5000", "http://[::1]:5000/", true)]
    [InlineData("bücher.example", "https://xn--bcher-kva.example/", true)]
    public void Allows_Url_ByHostAndPort(string entry, string url, bool expected) => Assert.Equal(expected, new AllowedHosts(new LiveOptions { AllowedHosts = { entry } }).Allows(new Uri(url)));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.com")]
    [InlineData("https://api.example.com")]
    [InlineData("api.example.com/v1")]
    [InlineData("user@api.example.com")]
    [InlineData("api.example.com:99999")]
    public void Validate_HostOfAnotherForm_NamesKeyValueRuleAndRemedy(string host) => Assert.Equal(
        [$"StepTool:Tools:AllowedHosts:0 is '{host}'; it must be a host with or without a port, and no URL. Give one such as api.example.com, api.example.com:8443 or *.example.com."],
        Failures(new() { ["AllowedHosts:0"] = host }));

    [Fact]
    public void Validate_WeakSecret_IsRefusedWithoutShowingIt() => Assert.Equal(
        ["StepTool:Tools:Credentials:pets (6 characters, not shown) must have at least 8 characters and no line breaks, so that it can be told apart in answers. Check how it was copied."],
        Failures(new() { ["Credentials:pets"] = "hidden" }));

    [Theory]
    [InlineData("MaxResponseBytes", "10", "StepTool:Tools:MaxResponseBytes is 10; it must be from 1024 to 16777216. Leave it out for 262144.")]
    [InlineData("CredentialHosts:pets", "https://x", "StepTool:Tools:CredentialHosts:pets is 'https://x'; it must be a host with or without a port, for a secret that StepTool:Tools:Credentials has. Give one such as api.example.com, and set Credentials:pets.")]
    [InlineData("McpServers:files:WorkingDirectory", "x", "StepTool:Tools:McpServers:files has Command '' and Url ''; exactly one of them must be given. Set Command for a program on this machine, Url for a server elsewhere.")]
    [InlineData("McpServers:files:Url", "https://mcp.example.com/mcp", "StepTool:Tools:McpServers:files:Url is 'https://mcp.example.com/mcp', whose host is not allowed; StepTool:Tools:AllowedHosts must name it. Add 'mcp.example.com' to it.")]
    [InlineData("McpServers:files:Url", "mcp.example.com", "StepTool:Tools:McpServers:files:Url is 'mcp.example.com'; it must be an http or https URL without user and password. Give one such as https://mcp.example.com/mcp.")]
    [InlineData("McpServers:my files:Command", "node", "StepTool:Tools:McpServers:my files has the name 'my files'; it must be 1 to 64 letters, digits, '-' or '_'. Rename it.")]
    public void Validate_OptionOutOfRange_NamesKeyValueRuleAndRemedy(string key, string value, string expected) => Assert.Equal([expected], Failures(new() { [key] = value }));

    [Fact]
    public void Validate_SecretThatIsNotConfigured_NamesIt() => Assert.Equal(
        ["StepTool:Tools:McpServers:files:Secrets:TOKEN is 'files_token'; it must name a secret, and StepTool:Tools:Credentials has none of that name. Set StepTool__Tools__Credentials__files_token in the environment."],
        Failures(new() { ["McpServers:files:Command"] = "node", ["McpServers:files:Secrets:TOKEN"] = "files_token" }));

    [Fact]
    public void Validate_Defaults_AreValidAndAllowNothing()
    {
        Assert.Empty(Failures([]));
        Assert.Empty(new LiveOptions().AllowedHosts);
    }

    [Theory]
    [InlineData("key=SECRET!/+x end", "key=*** end")]
    [InlineData("""{"key": "SECRET!\/+x"}""", """{"key": "***"}""")]
    [InlineData("""{"key": "SECRET!/\u002Bx"}""", """{"key": "***"}""")]
    [InlineData("?key=SECRET%21%2F%2Bx", "?key=***")]
    [InlineData("nothing here", "nothing here")]
    public void Scrub_SecretInAnyForm_IsTakenOut(string text, string expected) => Assert.Equal(expected, new Secrets(["SECRET!/+x"]).Scrub(text));

    [Theory]
    [InlineData("the key is SECR", true, "the key is ***")]
    [InlineData("the key is SEC", true, "the key is SEC")]
    [InlineData("the key is SECR", false, "the key is SECR")]
    public void Scrub_TextCutWithinASecret_LosesTheBeginningToo(string text, bool isCut, string expected) => Assert.Equal(expected, new Secrets(["SECRET!/+x"]).Scrub(text, isCut));

    [Fact]
    public void Scrub_UserAndPassword_LosesThePasswordAloneToo() => Assert.Equal("password *** of anna", new Secrets(["anna:correct-horse"]).Scrub("password correct-horse of anna"));

    private static IEnumerable<string> Failures(Dictionary<string, string?> settings)
    {
        var options = new LiveOptions();
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build().Bind(options);
        return new LiveOptionsValidator().Validate(null, options).Failures ?? [];
    }
}
