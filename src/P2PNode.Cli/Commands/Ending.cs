using P2PNode.Api;
using P2PNode.Cli.Logging;
using P2PNode.Node;
using P2PNode.Security;
using Serilog;

namespace P2PNode.Cli.Commands;

/// <summary>Turns the way in which a node or a seed ended into an exit code and a line of the log.</summary>
internal static class Ending
{
    /// <param name="run">Runs until it is stopped; ends by throwing then, or when it cannot go on.</param>
    /// <param name="fail">Tells of any other failure than those that a node and a seed share.</param>
    /// <param name="log">Takes the line.</param>
    /// <param name="stop">What stops it.</param>
    public static async Task<ExitCode> OfAsync(Func<Task> run, Func<Exception, ExitCode> fail, ILogger log, CancellationToken stop)
    {
        try
        {
            await run();
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (IdentityRefusedException e)
        {
            log.NodeCannotStart(e.Message);
            return ExitCode.Refused;
        }
        catch (NodeStartException e)
        {
            log.NodeCannotStart(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e)
        {
            return fail(e);
        }
    }
}
