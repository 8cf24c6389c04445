using System.Globalization;
using P2PNode.Core;

namespace P2PNode.Tests.Core;

/// <summary>Roots and piece layers that libtorrent computed (tests/vectors/make_roots.py).</summary>
internal static class PiecesRootVectors
{
    public static IReadOnlyList<(int Size, ContentRoot Root, ContentRoot[] Layer)> All { get; } = Load();

    /// <summary>The content that the vectors were made from.</summary>
    public static byte[] Content(int size)
    {
        var content = new byte[size];
        for (var i = 0; i < size; i++)
            content[i] = (byte)((i * 31L + 7) % 251);
        return content;
    }

    private static List<(int Size, ContentRoot Root, ContentRoot[] Layer)> Load()
    {
        var rows = File.ReadLines(Path.Combine(Repository(), "tests/P2PNode.Tests/Core/pieces_roots.csv"))
            .Skip(1)
            .Select(row => row.Split(','));
        return [.. rows.Select(row => (int.Parse(row[0], CultureInfo.InvariantCulture), Root(row[1]), Layer(row[2])))];
    }

    private static ContentRoot[] Layer(string hex) => [.. hex.Chunk(64).Select(hash => Root(new string(hash)))];

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "P2PNode.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return folder;
    }

    private static ContentRoot Root(string hex) =>
        ContentRoot.TryParse(hex, out var root) ? root : throw new FormatException(hex);
}
