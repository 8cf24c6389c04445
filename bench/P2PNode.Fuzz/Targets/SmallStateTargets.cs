using P2PNode.Core;
using P2PNode.Files;
using P2PNode.Node;
using Serilog.Core;

namespace P2PNode.Fuzz.Targets;

/// <summary>The epoch, or another row of numbers.</summary>
internal sealed class NumbersTarget : StateTarget
{
    private string FilePathName => Path.Combine(Folder.State, "epoch");

    public override string Name => "numbers";

    public override byte[] Sample(Random random)
    {
        new DurableNumbers(FilePathName).Write(random.Next(), random.Next(1, 99), random.NextInt64(), random.NextInt64());
        return File.ReadAllBytes(FilePathName);
    }

    public override void Take(byte[] input)
    {
        File.WriteAllBytes(FilePathName, input);
        ElectionMemory.Open(new DurableNumbers(FilePathName), TimeProvider.System, Logger.None).Past();
        if (new DurableNumbers(FilePathName).Read() is { } numbers && numbers.Any(number => number < 0))
            throw new InvalidOperationException("A number below zero was read.");
    }
}

/// <summary>Which lists the copies follow.</summary>
internal sealed class ListsTarget : StateTarget
{
    private string FilePathName => Path.Combine(Folder.State, "lists");

    public override string Name => "lists";

    public override byte[] Sample(Random random)
    {
        File.Delete(FilePathName);
        var lists = new KnownLists(FilePathName, Logger.None);
        for (var owner = random.Next(1, 5); owner > 0; owner--)
            lists.Follow(new NodeId(owner), (ulong)random.NextInt64());
        return File.ReadAllBytes(FilePathName);
    }

    public override void Take(byte[] input)
    {
        File.WriteAllBytes(FilePathName, input);
        new KnownLists(FilePathName, Logger.None).Continues(new NodeId(1), 1);
    }
}

/// <summary>A kept piece layer.</summary>
internal sealed class LayersTarget : StateTarget
{
    private const long Size = 9 * PieceLayer.PieceSize;

    private readonly byte[] _layer = new byte[PieceLayer.BytesOf(Size)];
    private readonly ContentRoot _root;
    private readonly PieceLayers _layers;

    public LayersTarget()
    {
        new Random(3).NextBytes(_layer);
        _root = PieceLayer.Root(_layer, Size);
        _layers = new PieceLayers(Folder, Logger.None);
    }

    public override string Name => "layers";

    public override byte[] Sample(Random random) => _layer;

    public override void Take(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(Folder.Layers, _root.ToString()), input);
        if (_layers.Find(_root, Size) is { } found && !found.AsSpan().SequenceEqual(_layer))
            throw new InvalidOperationException("A layer was given that is not of this root.");
    }
}
