using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace P2PNode.Bench.Workloads;

/// <summary>
/// An endless stream of bytes that no compression shrinks and that is the same for the same seed: AES in counter mode.
/// </summary>
internal sealed class RandomBytes : IDisposable
{
    private const int Block = 16;

    private readonly byte[] _counters = new byte[1 << 20];
    private readonly byte[] _bytes = new byte[1 << 20];
    private readonly Aes _aes = Aes.Create();
    private ulong _next;
    private int _used;

    public RandomBytes(string seed)
    {
        _aes.Key = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        _used = _bytes.Length;
    }

    /// <summary>The next bytes, at most <paramref name="most"/> of them; valid until the next call.</summary>
    public ReadOnlySpan<byte> Take(long most)
    {
        if (_used == _bytes.Length)
            Refill();
        var taken = _bytes.AsSpan(_used, (int)Math.Min(most, _bytes.Length - _used));
        _used += taken.Length;
        return taken;
    }

    public void Dispose() => _aes.Dispose();

    private void Refill()
    {
        for (var at = 0; at < _counters.Length; at += Block)
            BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan(at + 8), _next++);
        _aes.EncryptEcb(_counters, _bytes, PaddingMode.None);
        _used = 0;
    }
}
