using System.Data.Common;
using System.Reflection;
using Orleans.Configuration;
using Orleans.Hosting;
using StepTool.Silo.Cluster;
using StepTool.Silo.Hosting;

namespace StepTool.Silo.Engines;

/// <summary>The list is a table of a relational database, made by Orleans' own scripts.</summary>
internal sealed class AdoNetMembership(ClusteringOptions options) : Membership
{
    private const string Key = $"{ClusteringOptions.Section}:{nameof(ClusteringOptions.ConnectionString)}";

    public override void AddTo(ISiloBuilder silo) =>
        silo.UseAdoNetClustering(database => (database.Invariant, database.ConnectionString) = (options.Invariant, options.ConnectionString));

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        await using var connection = Connection();
        try
        {
            await connection.OpenAsync(patience.Token);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterException(
                $"{Key} names the database '{connection.Database}' at {connection.DataSource}, which cannot be used: {exception.Message.TrimEnd('.')}. It must answer, with this user and password. Start it, or correct the string.", exception);
        }

        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM OrleansQuery WHERE QueryKey IN ('InsertMembershipKey', 'CleanupDefunctSiloEntriesKey')";
            var queries = Convert.ToInt32(await command.ExecuteScalarAsync(patience.Token), System.Globalization.CultureInfo.InvariantCulture);
            if (queries < 2)
            {
                throw Unprepared($"only {queries} of 2 of Orleans' queries that were looked for are there");
            }

            command.CommandText = "SELECT COUNT(*) FROM OrleansMembershipVersionTable";
            await command.ExecuteScalarAsync(patience.Token);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw Unprepared(exception.Message, exception);
        }

        ClusterException Unprepared(string reason, Exception? cause = null) => new(
            $"{Key} names the database '{connection.Database}' at {connection.DataSource}, which lacks Orleans' tables of silos: {reason.ReplaceLineEndings(" ")}. Orleans' own scripts must make them, once: Shared/PostgreSQL-Main.sql, then "
            + $"Orleans.Clustering.AdoNet/PostgreSQL-Clustering.sql, of https://github.com/dotnet/orleans/tree/v{Version}/src/AdoNet (Migrations beside it for tables of an older version). Run each with 'psql -f'.",
            cause);
    }

    private static string Version => typeof(AdoNetClusteringSiloOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0].TrimEnd('.');

    private DbConnection Connection()
    {
        try
        {
            var factory = (DbProviderFactory)Assembly.Load(options.Invariant).GetTypes().First(type => type.IsSubclassOf(typeof(DbProviderFactory))).GetField("Instance")!.GetValue(null)!;
            var connection = factory.CreateConnection()!;
            connection.ConnectionString = options.ConnectionString;
            return connection;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw new ClusterException($"{Key} is not in the form of {options.Invariant}. Give one such as 'Host=db.example;Database=steptool;Username=steptool;Password=...'.");
        }
    }
}
