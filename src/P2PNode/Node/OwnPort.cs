using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using P2PNode.Core;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// The port of a node that was given none: a free one from 3000 to 5000 that is no known service's, kept in the node's
/// state for as long as it is free.
/// </summary>
public sealed class OwnPort
{
    internal const int First = 3000;
    internal const int Last = 5000;

    private readonly DurableNumbers _file;
    private readonly IReadOnlySet<int> _services;
    private readonly ILogger _log;

    internal OwnPort(string folder, IReadOnlySet<int> services, ILogger log) =>
        (_file, _services, _log) = (new DurableNumbers(FileIn(folder)), services, log);

    /// <summary>Whether a node once chose its port in a folder, and so needs to be given none.</summary>
    public static bool IsKeptIn(string folder) => File.Exists(FileIn(folder));

    /// <summary>Takes the port that is kept, or another one where that is in use.</summary>
    /// <param name="host">Where to listen.</param>
    /// <returns>Listens already, as only who listens has a port.</returns>
    /// <exception cref="SocketException">The host is not this machine's.</exception>
    /// <exception cref="NodeStartException">No port is free.</exception>
    /// <exception cref="IOException">The port cannot be kept.</exception>
    internal Socket Listen(string host)
    {
        var (kept, loss) = Kept();
        if (kept is { } port && TryListen(host, port) is { } again)
            return again;
        foreach (var candidate in Candidates())
        {
            if (TryListen(host, candidate) is not { } socket)
                continue;
            Keep(candidate, socket);
            if (kept is { } lost)
                _log.PortChanged(lost, candidate);
            if (loss is not null)
                _log.PortForgotten(loss, candidate);
            return socket;
        }

        throw new NodeStartException($"No port from {First} to {Last} is free; give one with --listen HOST:PORT.");
    }

    private static string FileIn(string folder) => Path.Combine(folder, ".p2pnode", "port");

    /// <summary>The port, or what is wrong with the file: another port does as well, as the others learn of it.</summary>
    private (int? Port, string? Loss) Kept()
    {
        try
        {
            return _file.Read() switch
            {
                null => (null, null),
                [> 0 and <= IPEndPoint.MaxPort and var port] => ((int)port, null),
                _ => (null, $"{_file.Path} is damaged: it should hold a port."),
            };
        }
        catch (InvalidDataException e)
        {
            return (null, e.Message);
        }
    }

    private void Keep(int port, Socket socket)
    {
        try
        {
            _file.Write(port);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private int[] Candidates()
    {
        int[] ports = [.. Enumerable.Range(First, Last - First + 1).Where(port => !_services.Contains(port))];
        RandomNumberGenerator.Shuffle<int>(ports);
        return ports;
    }

    private static Socket? TryListen(string host, int port)
    {
        try
        {
            return Listener.Open(new NodeAddress(host, port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return null;
        }
    }
}
