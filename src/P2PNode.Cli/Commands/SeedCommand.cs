using System.CommandLine;
using P2PNode.Api;
using P2PNode.Cli.Configuration;
using P2PNode.Cli.Logging;
using P2PNode.Files;
using P2PNode.Node;
using P2PNode.Seeds;
using Serilog;

namespace P2PNode.Cli.Commands;

/// <summary>Runs a seed in the foreground.</summary>
internal sealed class SeedCommand(CommandOptions options, Surroundings surroundings)
{
    private readonly Option<string> _listen = new("--listen") { Description = "Where the seed listens. Required.", HelpName = "HOST:PORT" };

    private readonly Option<string> _folder = new("--folder")
    {
        Description = "Where the seed keeps its key and its list. [default: SEED-<PORT> beside nodes.json, or in the working directory]",
        HelpName = "DIR",
    };

    public Command Create()
    {
        var seed = new Command("seed", "Run a seed: an address where nodes register and learn of one another.")
        {
            _listen, _folder, options.Config, options.LogLevel, options.LogFormat,
        };
        seed.SetAction(async (parsed, stop) => (int)await RunAsync(parsed, stop));
        return seed;
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var given = options.Given(parsed);
        var file = NodeSettings.LoadFile(given, surroundings.WorkingDirectory);
        var home = NodeSettings.HomeOf(file, surroundings.WorkingDirectory);
        var listen = given.Listen ?? throw new ConfigurationException("Say where the seed listens with --listen HOST:PORT.");
        var path = given.Folder is { } named ? Path.GetFullPath(named, surroundings.WorkingDirectory) : Path.Combine(home, $"SEED-{listen.Port}");
        using var folder = await OpenFolderAsync(path, stop);
        await using var log = NodeLog.CreateForSeed(given, surroundings.LogInColour, surroundings.LogTo, folder.LogFile);
        var lapse = given.IntervalsBeyond(file?.Intervals ?? new()).Lapse;
        var seed = new Seed(new SeedOptions { Listen = listen, Folder = path, Home = home, Lapse = lapse }, folder, surroundings.Clock, log);
        return await Ending.OfAsync(() => seed.RunAsync(stop), failure => Fail(failure, log), log, stop);
    }

    /// <summary>Where a node has the folder, that one hears of it; a seed takes no word from this machine.</summary>
    private static async Task<SeedFolder> OpenFolderAsync(string path, CancellationToken stop)
    {
        try
        {
            return SeedFolder.Open(path);
        }
        catch (NodeStartException e) when (e.InnerException is FolderInUseException)
        {
            await LocalClient.TellOfRefusedStartAsync(path, stop);
            throw;
        }
    }

    private static ExitCode Fail(Exception failure, ILogger log)
    {
        log.SeedFailed(failure);
        return ExitCode.Failed;
    }
}
