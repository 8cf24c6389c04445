namespace P2PNode.Node;

/// <summary>
/// The number of a node's life on the disk. Who tells it to others and who raises it write it here, at the same time now
/// and then; it never goes back. Thread-safe.
/// </summary>
internal sealed class Incarnations(DurableNumbers file)
{
    private readonly Lock _gate = new();
    private long _written;

    /// <summary>What the last start wrote; null where there was none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public long[]? Read() => file.Read();

    /// <summary>On the disk when this returns, or a later one is.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Raise(long incarnation)
    {
        lock (_gate)
        {
            if (incarnation <= _written)
                return;
            file.Write(incarnation);
            _written = incarnation;
        }
    }
}
