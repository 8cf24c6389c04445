using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Serilog;

namespace P2PNode.Api;

/// <summary>
/// Serves the user who runs the node, and root, alone, whatever the mode of the socket has become: Linux tells who is at
/// the other end. Elsewhere the mode of the folder and the socket is all there is.
/// </summary>
internal static partial class OwnUserOnly
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>Whether a user may give commands to the node of another one.</summary>
    public static bool Admits(uint peer, uint self) => peer == self || peer == 0;

    /// <summary>Linux: who opened the other end of a Unix domain socket.</summary>
    public static uint UserBehind(Socket socket)
    {
        Span<uint> credentials = stackalloc uint[3]; // Process, user, group.
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        return credentials[1];
    }

    /// <summary>The user whose rights this process has.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint Self();

    /// <summary>Hangs up on others before a byte of theirs is read.</summary>
    public static ConnectionDelegate Guard(ConnectionDelegate next, ILogger log) => connection =>
    {
        if (!OperatingSystem.IsLinux() || connection.Features.Get<IConnectionSocketFeature>() is not { Socket: var socket })
            return next(connection);
        var peer = UserBehind(socket);
        if (Admits(peer, Self()))
            return next(connection);
        log.StrangerRefused(peer);
        return Task.CompletedTask;
    };
}
