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
    public void Validate_AzureWithoutAccount_SaysWhichKeysToSet() => Assert.Equal(
        ["StepTool:Azure:ConnectionString and StepTool:Azure:BlobServiceUri are empty; StepTool:Storage azure needs one of them. Set StepTool__Azure__ConnectionString, or StepTool__Azure__BlobServiceUri for a managed identity."],
        Failures(new SiloOptions { Storage = StorageKind.Azure }));

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "")]
    [InlineData("AccountName=steptool;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net", "")]
    [InlineData("", "https://steptool.blob.core.windows.net")]
    public void Validate_AzureAccount_IsValid(string connectionString, string blobs) =>
        Assert.Empty(Failures(new SiloOptions { Storage = StorageKind.Azure, Azure = new() { ConnectionString = connectionString, BlobServiceUri = blobs } }));

    [Theory]
    [InlineData("AccountName=steptool;AccountKey=hidden!", "", "StepTool:Azure:ConnectionString (39 characters, not shown) cannot be read")]
    [InlineData("hidden", "", "StepTool:Azure:ConnectionString (6 characters, not shown) cannot be read")]
    [InlineData("UseDevelopmentStorage=true", "https://steptool.blob.core.windows.net", "an account is given one way")]
    [InlineData("", "https://steptool.blob.core.windows.net?sig=hidden", "StepTool:Azure:BlobServiceUri (not shown, it may hold a key)")]
    [InlineData("", "http://steptool.blob.core.windows.net", "StepTool:Azure:BlobServiceUri (not shown, it may hold a key)")]
    public void Validate_AzureAccountOfAnotherForm_IsRefusedWithoutShowingIt(string connectionString, string blobs, string says)
    {
        var failure = Assert.Single(Failures(new SiloOptions { Storage = StorageKind.Azure, Azure = new() { ConnectionString = connectionString, BlobServiceUri = blobs } }));

        Assert.Contains(says, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Steptool")]
    [InlineData("step--tool")]
    [InlineData("-steptool")]
    [InlineData("step_tool")]
    public void Validate_ContainerOfAnotherForm_NamesKeyValueRuleAndRemedy(string container) => Assert.Equal(
        [$"StepTool:Azure:Container is '{container}'; it must be 3 to 63 lower-case letters, digits and single '-' between them. Leave it out for 'steptool'."],
        Failures(new SiloOptions { Azure = new() { Container = container } }));

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
