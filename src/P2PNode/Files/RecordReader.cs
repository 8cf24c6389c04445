using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>
/// Reads the good records of a log from its start. Where a record is damaged it looks, byte by byte, for the next place
/// at which a good one begins: a flipped bit costs the record that it hit, not all that follow.
/// </summary>
internal sealed class RecordReader(SafeFileHandle file)
{
    private readonly byte[] _buffer = new byte[4 * (RecordLog.MaxRecord + RecordFrame.HeaderSize)];
    private int _start;
    private int _end;
    private long _read;
    private bool _atEnd;
    private long _skipped;
    private long _lost;

    /// <summary>Where the last good record ends.</summary>
    public long GoodLength { get; private set; }

    public RecordLoss Loss => new(_skipped, _lost);

    /// <summary>The next record, valid until the next call; false at the end.</summary>
    public bool TryRead(out ReadOnlySpan<byte> record)
    {
        for (; Fill(); _start++, _skipped++)
        {
            if (!RecordFrame.TryRead(_buffer.AsSpan(_start, _end - _start), out record))
                continue;
            _start += RecordFrame.HeaderSize + record.Length;
            GoodLength = _read - (_end - _start);
            (_lost, _skipped) = (_lost + _skipped, 0);
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>Sees to it that the buffer holds the longest possible record, or all that is left.</summary>
    private bool Fill()
    {
        if (_end - _start < RecordLog.MaxRecord + RecordFrame.HeaderSize && !_atEnd)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            while (_end < _buffer.Length && !_atEnd)
            {
                var read = RandomAccess.Read(file, _buffer.AsSpan(_end), _read);
                _atEnd = read == 0;
                _end += read;
                _read += read;
            }
        }

        return _start < _end;
    }
}
