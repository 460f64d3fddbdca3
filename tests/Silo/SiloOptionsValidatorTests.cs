using StepTool.Silo.Hosting;
using Xunit;

namespace StepTool.Tests.Silo;

[Trait("Kind", "Unit")]
public sealed class SiloOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.Empty(Failures(new SiloOptions()));

    [Theory]
    [InlineData("ftp://127.0.0.1:5080")]
    [InlineData("127.0.0.1:5080")]
    [InlineData("http://127.0.0.1:5080/steptool")]
    public void Validate_UrlOfAnotherForm_NamesKeyValueRuleAndRemedy(string url) => Assert.Equal(
        [$"StepTool:Url is '{url}'; it must be an http URL without a path. Give one such as --url http://127.0.0.1:5080, and put a proxy before it for https."],
        Failures(new SiloOptions { Url = url }));

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://[::]:5080")]
    [InlineData("http://example.org:5080")]
    public void Validate_BeyondLoopbackWithoutKey_IsRefused(string url) => Assert.Contains(
        $"StepTool:ApiKey is empty while StepTool:Url is '{url}'; beyond loopback a key is required.", Assert.Single(Failures(new SiloOptions { Url = url })), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://[::1]:5080")]
    [InlineData("http://localhost:0")]
    public void Validate_LoopbackWithoutKey_IsValid(string url) => Assert.Empty(Failures(new SiloOptions { Url = url }));

    [Fact]
    public void Validate_BeyondLoopbackWithKey_IsValid() => Assert.Empty(Failures(new SiloOptions { Url = "http://0.0.0.0:5080", ApiKey = "0123456789abcdef" }));

    [Fact]
    public void Validate_ShortKey_IsRefusedWithoutShowingIt()
    {
        var failure = Assert.Single(Failures(new SiloOptions { ApiKey = "hidden" }));

        Assert.StartsWith("StepTool:ApiKey has 6 characters; it must have at least 16.", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_DataDirectoryIsAFile_IsRefused()
    {
        var file = Path.GetTempFileName();

        Assert.Contains("which is a file; it must name a folder", Assert.Single(Failures(new SiloOptions { DataDirectory = file })), StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void Validate_SeveralFaults_AreAllNamed()
    {
        var failures = Failures(new SiloOptions { Url = "x", DataDirectory = " ", ClusterId = "a b", Storage = (StorageKind)7 });

        Assert.Equal(4, failures.Count);
        Assert.All(["StepTool:Url", "StepTool:DataDirectory", "StepTool:Storage", "StepTool:ClusterId"], key => Assert.Contains(failures, failure => failure.StartsWith(key, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("gpu", "")]
    [InlineData("g p u", "true")]
    public void Validate_LabelOfAnotherForm_NamesKeyValueRuleAndRemedy(string key, string value) => Assert.Equal(
        [$"StepTool:Labels:{key} is '{value}'; key and value must each be 1 to 63 letters, digits, '-', '_' or '.'. Give one such as --label gpu=true."],
        Failures(new SiloOptions { Labels = { [key] = value } }));

    private static List<string> Failures(SiloOptions options) => [.. new SiloOptionsValidator().Validate(null, options).Failures ?? []];
}
