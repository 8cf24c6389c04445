using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace P2PNode.Files;

/// <summary>Knows the holes of an open file, which are zero and need not be read. Only where the system tells them (Linux).</summary>
internal sealed class SparseFile
{
    private readonly SafeFileHandle _file;
    private bool _isTold = true;
    private long _dataStart;

    private SparseFile(SafeFileHandle file) => _file = file;

    /// <summary>Up to where there is data after the offset that <see cref="HoleAt"/> was asked for last.</summary>
    public long DataEnd { get; private set; }

    /// <summary>Null where a file has no holes, or the system does not tell them.</summary>
    public static SparseFile? Of(SafeFileHandle file, long size) =>
        OperatingSystem.IsLinux() && Libc.Seek(file, 0, Libc.SeekHole) is var hole && hole >= 0 && hole < size
            ? new SparseFile(file)
            : null;

    /// <summary>Tells the system that a file is going to be read from front to back.</summary>
    public static void ReadAhead(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux())
            _ = Libc.Advise(file, 0, 0, Libc.AdviseSequential);
    }

    /// <summary>How many bytes of a hole there are from an offset on, up to <paramref name="end"/>.</summary>
    public long HoleAt(long offset, long end)
    {
        if (!_isTold || (offset >= _dataStart && offset < DataEnd))
            return 0;
        var data = Libc.Seek(_file, offset, Libc.SeekData);
        if (data < 0 && Marshal.GetLastPInvokeError() == Libc.NoDevice)
            return end - offset; // No data up to the end of the file.
        if (data >= 0)
            (_dataStart, DataEnd) = (data, Libc.Seek(_file, data, Libc.SeekHole));
        if (data >= 0 && DataEnd > data)
            return Math.Min(data, end) - offset;

        // It changes under our hands, or the file system knows no holes: then it is read as it is.
        (_isTold, DataEnd) = (false, long.MaxValue / 2);
        return 0;
    }
}
