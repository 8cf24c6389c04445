using System.Threading.Channels;

namespace P2PNode;

/// <summary>Says that something is due; said twice before it is heard, it counts once. For one listener. Thread-safe.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _due.Writer.TryWrite(true);

    /// <summary>Takes the signal back; false if it was not set.</summary>
    public bool TryTake() => _due.Reader.TryRead(out _);

    /// <summary>Returns once it is set, and takes it back.</summary>
    public async ValueTask WaitAsync(CancellationToken stop) => await _due.Reader.ReadAsync(stop);
}
