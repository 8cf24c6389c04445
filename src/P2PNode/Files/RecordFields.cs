using System.Buffers.Binary;
using System.Text;
using P2PNode.Core;

namespace P2PNode.Files;

/// <summary>Writes the fields of one record; whole numbers take as few bytes as they need.</summary>
internal ref struct RecordWriter(Span<byte> buffer)
{
    /// <summary>Room for a path of the greatest length and some forty bytes for each of a dozen fields.</summary>
    public const int Enough = FilePath.MaxBytes + 512;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Byte(byte value) => _buffer[_length++] = value;

    public void Number(long value) => Number((ulong)value);

    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    public void Root(ContentRoot root)
    {
        root.CopyTo(_buffer[_length..]);
        _length += ContentRoot.Size;
    }

    public void Path(FilePath path)
    {
        var bytes = Encoding.UTF8.GetBytes(path.Value, _buffer[(_length + sizeof(ushort))..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[_length..], (ushort)bytes);
        _length += sizeof(ushort) + bytes;
    }
}

/// <summary>Reads the fields of one record in the order in which they were written.</summary>
internal ref struct RecordFieldReader(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    /// <summary>Whether there are fields left; a former version wrote fewer.</summary>
    public readonly bool HasMore => !_rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public long Number() => (long)Unsigned();

    public ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("A number in a record has no end.");
    }

    public ContentRoot Root() => new(Take(ContentRoot.Size));

    public FilePath Path() =>
        FilePath.TryParse(Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2)))), out var path, out var reason)
            ? path
            : throw new InvalidDataException($"A record holds a name that may not be: {reason}.");

    public NodeId Node() => Unsigned() is > 0 and <= int.MaxValue and var id
        ? new NodeId((int)id)
        : throw new InvalidDataException("A record is of no node.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
            throw new InvalidDataException("A record ends too early.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
