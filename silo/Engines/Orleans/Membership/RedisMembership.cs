using Orleans.Hosting;
using StackExchange.Redis;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>The list is a hash in Redis, under service and cluster id.</summary>
internal sealed class RedisMembership(ClusteringOptions options) : Membership
{
    public override void AddTo(ISiloBuilder silo) => silo.UseRedisClustering(redis => redis.ConfigurationOptions = Configuration());

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        var configuration = Configuration();
        (configuration.ConnectTimeout, configuration.ConnectRetry) = ((int)Patience.TotalMilliseconds, 1);
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellationToken);
            await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
        }
        catch (RedisException exception)
        {
            var reason = exception.Message.Split(" To allow this multiplexer")[0].TrimEnd('.'); // goes on to advise what does not help here
            throw new ClusterException(
                $"{ClusteringOptions.Section}:ConnectionString names Redis at {string.Join(", ", configuration.EndPoints)}, which cannot be used: {reason}. It must answer, with this user and password. Start it, or correct the string.",
                exception);
        }
    }

    private ConfigurationOptions Configuration()
    {
        try
        {
            return ConfigurationOptions.Parse(options.ConnectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new ClusterException($"{ClusteringOptions.Section}:ConnectionString is not in the form of StackExchange.Redis. Give one such as 'redis.example:6379,password=...,ssl=true'.");
        }
    }
}
