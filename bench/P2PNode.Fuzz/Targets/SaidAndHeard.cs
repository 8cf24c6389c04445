namespace P2PNode.Fuzz.Targets;

/// <summary>A wire whose other end has said all that it will say, and takes any answer.</summary>
internal sealed class SaidAndHeard(byte[] said) : MemoryStream(said)
{
    private readonly MemoryStream _heard = new();

    /// <summary>What was answered.</summary>
    public byte[] Heard => _heard.ToArray();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _heard.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
