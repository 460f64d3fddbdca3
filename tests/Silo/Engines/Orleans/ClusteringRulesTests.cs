using StepTool.Silo.Engines;
using StepTool.Silo.Hosting;
using Xunit;
using SiloOptions = StepTool.Silo.Hosting.SiloOptions;

namespace StepTool.Tests.Silo.Engines;

[Trait("Kind", "Unit")]
public sealed class ClusteringRulesTests
{
    [Theory]
    [InlineData(ClusteringKind.Redis, "StepTool:Clustering:ConnectionString is empty; redis needs one. Set StepTool__Clustering__ConnectionString in the environment, such as 'redis.example:6379,password=...'.")]
    [InlineData(ClusteringKind.AdoNet, "StepTool:Clustering:ConnectionString is empty; adonet needs one. Set StepTool__Clustering__ConnectionString in the environment, such as 'Host=db.example;Database=steptool;Username=steptool;Password=...'.")]
    public void Failures_NoConnectionString_SayWhichIsNeeded(ClusteringKind kind, string failure) => Assert.Equal([failure], Failures(new ClusteringOptions { Kind = kind }));

    [Fact]
    public void Failures_ConnectionStringThatIsNotTaken_IsRefusedWithoutShowingIt() => Assert.Equal(
        ["StepTool:Clustering:ConnectionString is set, which localhost does not take. Leave it out, or give --clustering adonet or redis."],
        Failures(new ClusteringOptions { ConnectionString = "password=hidden" }));

    [Fact]
    public void Failures_Ports_MustBeInRangeAndDiffer()
    {
        Assert.Equal(
            ["StepTool:Clustering:SiloPort is -1; it must be from 0 to 65535. Use 0 for a free port.", "StepTool:Clustering:GatewayPort is 65536; it must be from 0 to 65535. Use 0 for a free port."],
            Failures(new ClusteringOptions { SiloPort = -1, GatewayPort = 65536 }));
        Assert.StartsWith("StepTool:Clustering:GatewayPort is 5, as SiloPort is; the two must differ.", Assert.Single(Failures(new ClusteringOptions { SiloPort = 5, GatewayPort = 5 })), StringComparison.Ordinal);
        Assert.Empty(Failures(new ClusteringOptions { SiloPort = 0, GatewayPort = 0 }));
    }

    [Theory]
    [InlineData("10.0.0.1:11111")]
    [InlineData("127.0.0.1")]
    [InlineData("silo-1:11111")]
    public void Failures_PrimaryElsewhereOrWithoutPort_IsRefused(string primary) => Assert.Equal(
        [$"StepTool:Clustering:Primary is '{primary}'; it must be the loopback address and silo port of the first silo. Give one such as --primary 127.0.0.1:11111."],
        Failures(new ClusteringOptions { Primary = primary }));

    [Theory]
    [InlineData("127.0.0.1:11111")]
    [InlineData("localhost:11111")]
    [InlineData("[::1]:11111")]
    public void Failures_PrimaryOfThisMachine_AreNone(string primary) => Assert.Empty(Failures(new ClusteringOptions { Primary = primary }));

    [Fact]
    public void Failures_WhatOnlyOneMachineHas_IsRefusedForMoreAndTheOtherWayRound()
    {
        Assert.StartsWith(
            "StepTool:Clustering:Primary is '127.0.0.1:1'; only localhost clustering has one.",
            Assert.Single(Failures(new ClusteringOptions { Kind = ClusteringKind.Redis, ConnectionString = "r:6379", Primary = "127.0.0.1:1" })), StringComparison.Ordinal);
        Assert.StartsWith(
            "StepTool:Clustering:AdvertisedAddress is '10.0.0.1'; localhost clustering stays on this machine.",
            Assert.Single(Failures(new ClusteringOptions { AdvertisedAddress = "10.0.0.1" })), StringComparison.Ordinal);
        Assert.StartsWith(
            "StepTool:Clustering:AdvertisedAddress is '0.0.0.0'; others must be able to connect to it.",
            Assert.Single(Failures(new ClusteringOptions { Kind = ClusteringKind.Redis, ConnectionString = "r:6379", AdvertisedAddress = "0.0.0.0" })), StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_SqliteWithSeveralSilos_NameTheRemedy()
    {
        var redis = new SiloOptions { Clustering = new ClusteringOptions { Kind = ClusteringKind.Redis, ConnectionString = "r:6379" } };
        var joining = new SiloOptions { Clustering = new ClusteringOptions { Primary = "127.0.0.1:11111" } };
        const string Remedy = "silos of one cluster must share their storage. Give --storage azure, or --storage memory to try it on one machine.";

        Assert.Equal($"StepTool:Storage is 'sqlite', a file of one process, while StepTool:Clustering:Kind is 'redis'; {Remedy}", Assert.Single(Engine.Refusals(redis)));
        Assert.Equal($"StepTool:Storage is 'sqlite', a file of one process, while StepTool:Clustering:Primary is '127.0.0.1:11111'; {Remedy}", Assert.Single(Engine.Refusals(joining)));
        Assert.Empty(Engine.Refusals(new SiloOptions()));
    }

    [Fact]
    public void Failures_DriverThatIsNotThere_NamesIt() => Assert.Equal(
        "StepTool:Clustering:Invariant is 'MySql.Data'; that driver must be beside the silo. Use Npgsql, or add the driver's assembly.",
        Assert.Single(Failures(new ClusteringOptions { Kind = ClusteringKind.AdoNet, ConnectionString = "Server=x", Invariant = "MySql.Data" })));

    [Fact]
    public void Failures_CertificatesOrAzure_AreRefusedWhereTheBuildLeftThemOutOrFilesAreMissing()
    {
        var tls = Failures(new ClusteringOptions { Tls = new CertificateOptions { KeyFile = "missing.pem" } });

        if (Engine.HasCloud)
        {
            Assert.Equal(
                ["StepTool:Clustering:Tls:CertificateFile is empty while another file of Tls is given; all three are needed. Give the PEM file, or leave all out.",
                 "StepTool:Clustering:Tls:KeyFile is 'missing.pem', which is no file that this process can see. Give the path of a PEM file.",
                 "StepTool:Clustering:Tls:AuthorityFile is empty while another file of Tls is given; all three are needed. Give the PEM file, or leave all out."],
                tls);
        }
        else
        {
            Assert.StartsWith("StepTool:Clustering:Tls is set, which this build left out. Build with -p:OrleansCloud=true", Assert.Single(tls), StringComparison.Ordinal);
            Assert.StartsWith(
                "StepTool:Clustering:Kind is 'azure', which this build left out. Build with -p:OrleansCloud=true", Assert.Single(Failures(new ClusteringOptions { Kind = ClusteringKind.Azure })), StringComparison.Ordinal);
        }
    }

    private static List<string> Failures(ClusteringOptions clustering) => [.. Engine.Refusals(new SiloOptions { Clustering = clustering, Storage = StepTool.Silo.Hosting.StorageKind.Memory })];
}
