using System.Net;
using P2PNode.Core;
using P2PNode.Core.Membership;
using P2PNode.Files;
using P2PNode.Protocol;
using Wire = P2PNode.Protocol.Messages;

namespace P2PNode.Fuzz.Targets;

/// <summary>A node registers with a seed.</summary>
internal sealed class SeedRegisterTarget() : WireTarget<Wire.SeedRegister>(FrameType.SeedRegister, Wire.SeedRegister.Parser)
{
    private const int Most = 100;

    private readonly SeedBook _book = new(SeedBook.UsualLapse, Most);
    private TimeSpan _now;

    protected override void Take(Wire.SeedRegister message)
    {
        _now += TimeSpan.FromSeconds(1);
        _book.Register(_now, SeedMapping.Read(message, IPAddress.Loopback));
        _book.Lapse(_now);
        if (_book.Count > Most || _book.Count != _book.Members.Count())
            throw new InvalidOperationException("The book holds more than it may.");
    }
}

/// <summary>A seed answers with its list.</summary>
internal sealed class SeedListTarget() : WireTarget<Wire.SeedList>(FrameType.SeedList, Wire.SeedList.Parser)
{
    private readonly MemberTable _members = new(new Member { Id = new NodeId(1), Host = "127.0.0.1", Port = 5001 });

    protected override void Take(Wire.SeedList message)
    {
        Member[] told = [.. message.Members.Select(member => SeedMapping.Read(member, IPAddress.Loopback))];
        _members.Hear(told);
        var pages = SeedMapping.Pages(told).ToList();
        if (pages.Sum(page => page.Members.Count) != told.Length || pages.Any(page => page.CalculateSize() > WireLimits.ControlBytes))
            throw new InvalidOperationException("The list does not fit into its pages.");
    }
}

/// <summary>A node tells a seed who is dead.</summary>
internal sealed class SeedReportTarget() : WireTarget<Wire.SeedReport>(FrameType.SeedReport, Wire.SeedReport.Parser)
{
    private readonly SeedBook _book = new(SeedBook.UsualLapse);
    private TimeSpan _now;

    protected override void Take(Wire.SeedReport message)
    {
        var (id, incarnation, isHearsay) = SeedMapping.Read(message);
        _now += TimeSpan.FromSeconds(1);
        _book.Register(_now, new Member { Id = new NodeId(7), Host = "127.0.0.1", Port = 5007, Incarnation = 1 });
        _book.Report(_now, new NodeId(1), id, incarnation);
        if (isHearsay)
            _book.Repeat(_now, id, incarnation);
        else
            _book.Report(_now, new NodeId(1), id, incarnation);
        if (_book.Count == 0)
            throw new InvalidOperationException("One observer alone was believed.");
    }
}

/// <summary>The members that a seed or a node keeps on its disk.</summary>
internal sealed class MembersTarget : StateTarget
{
    private string FilePathName => Path.Combine(Folder.State, "members");

    public override string Name => "members";

    public override byte[] Sample(Random random)
    {
        var members = Enumerable.Range(1, random.Next(1, 6)).Select(id => new Member
        {
            Id = new NodeId(id),
            Host = "10.0.0.1",
            Port = random.Next(1, 65536),
            Incarnation = random.NextInt64(),
            Name = random.Next(2) == 0 ? null : "a name",
        });
        new MemberFile(FilePathName).Write(members);
        return File.ReadAllBytes(FilePathName);
    }

    public override void Take(byte[] input)
    {
        File.WriteAllBytes(FilePathName, input);
        new MemberFile(FilePathName).Read();
    }
}
