using System.Net.Sockets;
using P2PNode.Api;
using P2PNode.Cli.Logging;
using P2PNode.Node;
using P2PNode.Security;
using Serilog;

namespace P2PNode.Cli.Commands;

/// <summary>Runs a node and turns the way it ended into an exit code and a line of the log.</summary>
internal static class RunningNode
{
    public static async Task<ExitCode> RunAsync(NodeOptions node, RunNode run, ILogger log, CancellationToken stop)
    {
        try
        {
            await run(node, log, stop);
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
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            log.AddressInUse(node.Id, node.Listen);
            return ExitCode.Usage;
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AccessDenied)
        {
            log.AddressNotUsable(node.Id, node.Listen, e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.NodeCannotGoOn(node.Id, e);
            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            log.NodeFailed(node.Id, e);
            return ExitCode.Failed;
        }
    }
}
