using Google.Protobuf;
using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Transport;

namespace P2PNode.Seeds;

/// <summary>One node's connection to the seed, and which process is behind it. Thread-safe.</summary>
/// <param name="connection">From the node.</param>
/// <param name="instance">The process's own number; 0 where it tells none.</param>
/// <param name="address">Where it says that it listens.</param>
/// <param name="clock">Times its answers.</param>
internal sealed class Registrant(Connection connection, ulong instance, NodeAddress address, TimeProvider clock) : IDisposable
{
    /// <summary>Who was heard so short a time ago lives, and is not waited for.</summary>
    private static readonly TimeSpan JustNow = TimeSpan.FromSeconds(1);

    /// <summary>As long as nodes wait for a sign of life of each other.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What the node asks for and what others give cause for may be written at one time.</summary>
    private readonly SemaphoreSlim _writing = new(1);

    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heard = clock.GetTimestamp();

    /// <summary>Of which other process it was told last.</summary>
    private ulong _told;

    public Connection Connection => connection;

    public NodeAddress Address => address;

    /// <summary>Whether two connections are those of two processes, as far as both say which they are.</summary>
    public bool IsOtherProcessThan(ulong other) => instance != 0 && other != 0 && instance != other;

    public async ValueTask WriteAsync(FrameType type, IMessage message)
    {
        await _writing.WaitAsync(connection.Aborted);
        try
        {
            await connection.WriteAsync(type, message, WireLimits.ControlBytes);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A frame came of it.</summary>
    public void Heard()
    {
        Volatile.Write(ref _heard, clock.GetTimestamp());
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Tells the process that another one has its ID, and so has it register anew: whether it does.</summary>
    public async Task<bool> LivesAsync(Duplicate other)
    {
        var next = Volatile.Read(ref _next).Task;
        try
        {
            // A process that comes again and again must not have this one answer as often.
            if (Interlocked.Exchange(ref _told, other.Instance) != other.Instance || clock.GetElapsedTime(Volatile.Read(ref _heard)) >= JustNow)
                await WriteAsync(FrameType.Duplicate, other);
            if (clock.GetElapsedTime(Volatile.Read(ref _heard)) < JustNow)
                return true;
            await next.WaitAsync(Patience, clock, connection.Aborted);
            return true;
        }
        catch (Exception e) when (e is PeerException or OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            return false; // It fell silent, or hung up meanwhile.
        }
    }

    public void Dispose() => _writing.Dispose();
}
