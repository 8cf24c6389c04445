using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>
/// A file of records to which one writer appends. Each record carries its length and a checksum, so that after a crash
/// all but the damaged ones are read back. Appended records reach the system with <see cref="Flush"/> and the disk with
/// <see cref="Sync"/>. Not safe for several threads.
/// </summary>
public sealed class RecordLog : IDisposable
{
    /// <summary>The longest record in bytes; what claims to be longer is damage, and nothing is allocated for it.</summary>
    public const int MaxRecord = 64 * 1024;

    private const int FlushAt = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly string _path;
    private SafeFileHandle _file;
    private long _length;

    private RecordLog(string path, SafeFileHandle file, long length) => (_path, _file, _length) = (path, file, length);

    /// <summary>How many records the file holds, those that later ones made worthless included.</summary>
    public long Count { get; private set; }

    /// <summary>Reads every good record in order, then stands ready to append after the last one.</summary>
    /// <param name="path">Created if missing.</param>
    /// <param name="onRecord">Given each record; may not keep the span.</param>
    /// <param name="loss">What was damaged. Bytes after the last good record are cut off.</param>
    /// <exception cref="IOException">There is a symbolic link, or the file cannot be opened.</exception>
    public static RecordLog Open(string path, Action<ReadOnlySpan<byte>> onRecord, out RecordLoss loss)
    {
        FileStatus.RefuseLink(path);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var reader = new RecordReader(file);
            var count = 0L;
            while (reader.TryRead(out var record))
            {
                count++;
                onRecord(record);
            }

            loss = reader.Loss;
            if (loss.TornBytes > 0)
                RandomAccess.SetLength(file, reader.GoodLength);
            return new RecordLog(path, file, reader.GoodLength) { Count = count };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <exception cref="ArgumentException">The record is empty or longer than <see cref="MaxRecord"/>.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        if (record.Length is 0 or > MaxRecord)
            throw new ArgumentException($"A record has 1 to {MaxRecord} bytes, not {record.Length}.", nameof(record));
        var frame = _pending.GetSpan(RecordFrame.HeaderSize + record.Length);
        _pending.Advance(RecordFrame.Write(record, frame));
        Count++;
        if (_pending.WrittenCount >= FlushAt)
            Flush();
    }

    /// <summary>Hands all appended records to the system: they outlast this process, but not a loss of power.</summary>
    /// <exception cref="IOException">Nothing is lost: the next call writes the same records to the same place.</exception>
    public void Flush()
    {
        if (_pending.WrittenCount == 0)
            return;
        RandomAccess.Write(_file, _pending.WrittenSpan, _length);
        _length += _pending.WrittenCount;
        _pending.ResetWrittenCount();
    }

    /// <summary>Returns when all appended records are on the disk.</summary>
    /// <exception cref="IOException">
    /// The system may have dropped what it could not write, and a second sync would hide that: only
    /// <see cref="Rewrite"/> makes the log whole again.
    /// </exception>
    public void Sync()
    {
        Flush();
        RandomAccess.FlushToDisk(_file);
    }

    /// <summary>Replaces the log by the records that <paramref name="write"/> appends, atomically and durably.</summary>
    public void Rewrite(Action<RecordLog> write)
    {
        var temporary = AtomicFile.Beside(_path);
        var fresh = new RecordLog(temporary, AtomicFile.CreateAnew(temporary, FileAccess.ReadWrite, FileShare.Read), 0);
        try
        {
            write(fresh);
            fresh.Sync();
            AtomicFile.Publish(temporary, _path);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        _file.Dispose();
        (_file, _length, Count) = (fresh._file, fresh._length, fresh.Count);
        _pending.ResetWrittenCount();
    }

    /// <summary>Closes the file. What was appended but not flushed is dropped.</summary>
    public void Dispose() => _file.Dispose();
}

/// <summary>What could not be read of a log.</summary>
/// <param name="TornBytes">Bytes after the last good record: writes that a crash cut short.</param>
/// <param name="LostBytes">Bytes between good records: real damage.</param>
public readonly record struct RecordLoss(long TornBytes, long LostBytes)
{
    public bool Any => TornBytes > 0 || LostBytes > 0;
}

/// <summary>[length, 4 bytes][checksum of length and record, 4 bytes][record], little endian.</summary>
internal static class RecordFrame
{
    public const int HeaderSize = 8;

    public static int Write(ReadOnlySpan<byte> record, Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum(frame[..4], record));
        record.CopyTo(frame[HeaderSize..]);
        return HeaderSize + record.Length;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (bytes.Length < HeaderSize)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (length is <= 0 or > RecordLog.MaxRecord || length > bytes.Length - HeaderSize)
            return false;
        record = bytes.Slice(HeaderSize, length);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Checksum(bytes[..4], record);
    }

    private static uint Checksum(ReadOnlySpan<byte> length, ReadOnlySpan<byte> record) =>
        ~Crc32C.Append(Crc32C.Append(uint.MaxValue, length), record);
}
