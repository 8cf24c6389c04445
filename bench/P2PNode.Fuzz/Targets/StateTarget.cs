using P2PNode.Files;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>A file of a node's state, in a folder that vanishes with the target. Beside it lies what must stay as it is.</summary>
internal abstract class StateTarget : FuzzTarget
{
    private readonly SampleFolder _around = new();

    protected StateTarget()
    {
        Folder = NodeFolder.Open(_around["NODE1"], Logger.None);
        Directory.CreateDirectory(Path.Combine(Folder.Peers, "NODE2"));
        File.WriteAllText(Mine, "mine");
        File.WriteAllText(Copy, "mine");
    }

    /// <summary>A state file has no limit; but none of its records may claim much memory.</summary>
    public override long MostBytes => 8 << 20;

    protected NodeFolder Folder { get; }

    private string Mine => Path.Combine(Folder.Root, "mine.txt");

    private string Copy => Path.Combine(Folder.Peers, "NODE2", "mine.txt");

    /// <summary>A file that another version may have written is refused, so that it is not spoilt.</summary>
    public override bool Expects(Exception e) => e is InvalidDataException;

    public override void Check()
    {
        if (Directory.GetFileSystemEntries(_around.Path) is not [var only] || Path.GetFileName(only) != "NODE1")
            throw new InvalidOperationException("There is something outside of the folder.");
        if (File.ReadAllText(Mine) != "mine" || File.ReadAllText(Copy) != "mine")
            throw new InvalidOperationException("A file of a user was changed.");
    }

    protected override void Dispose(bool disposing)
    {
        Folder.Dispose();
        _around.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Records as they are in a log: whatever they say, their checksums are right.</summary>
    protected static byte[] Framed(IEnumerable<byte[]> records)
    {
        var log = new List<byte>();
        foreach (var record in records.Where(record => record.Length is > 0 and <= RecordLog.MaxRecord))
        {
            var frame = new byte[RecordFrame.HeaderSize + record.Length];
            RecordFrame.Write(record, frame);
            log.AddRange(frame);
        }

        return [.. log];
    }

    /// <summary>The records of a log.</summary>
    protected static List<byte[]> RecordsOf(string path)
    {
        var records = new List<byte[]>();
        RecordLog.Open(path, record => records.Add(record.ToArray()), out _).Dispose();
        return records;
    }
}
