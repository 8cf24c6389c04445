using System.Net.Sockets;
using P2PNode.Api;
using P2PNode.Cli.Logging;
using P2PNode.Node;
using Serilog;

namespace P2PNode.Cli.Commands;

/// <summary>Runs a node and turns the way it ended into an exit code and a line of the log.</summary>
internal static class RunningNode
{
    public static Task<ExitCode> RunAsync(NodeOptions node, RunNode run, ILogger log, CancellationToken stop) =>
        Ending.OfAsync(() => run(node, log, stop), failure => Fail(node, failure, log), log, stop);

    private static ExitCode Fail(NodeOptions node, Exception failure, ILogger log)
    {
        switch (failure)
        {
            case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                log.AddressInUse(node.Id, node.Listen);
                return ExitCode.Usage;
            case SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AccessDenied }:
                log.AddressNotUsable(node.Id, node.Listen, failure.Message);
                return ExitCode.Usage;
            case IOException or UnauthorizedAccessException:
                log.NodeCannotGoOn(node.Id, failure);
                return ExitCode.Failed;
            default:
                log.NodeFailed(node.Id, failure);
                return ExitCode.Failed;
        }
    }
}
