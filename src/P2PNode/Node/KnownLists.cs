using System.Globalization;
using P2PNode.Core;
using P2PNode.Files;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Which list of each owner the copies here were made from. An owner that comes back with another list has lost its
/// state, and what it no longer lists is then not deleted: its copies are perhaps all that is left (design 5, Custody).
/// Thread-safe.
/// </summary>
internal sealed class KnownLists
{
    private readonly Lock _gate = new();

    /// <summary>Held while the file is written; who only asks does not wait for the disk.</summary>
    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly Dictionary<NodeId, ulong> _lists = [];

    public KnownLists(string path, ILogger log)
    {
        _path = path;
        try
        {
            foreach (var line in CheckedText.Read(path)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
                Load(line);
        }
        catch (InvalidDataException)
        {
            _lists.Clear();
            log.KnownListDamaged(path);
        }
    }

    /// <summary>Whether what is absent from this list was deleted by its owner.</summary>
    public bool Continues(NodeId owner, ulong listId)
    {
        lock (_gate)
            return _lists.TryGetValue(owner, out var known) && known == listId;
    }

    /// <summary>The copies of an owner now follow this list.</summary>
    public void Follow(NodeId owner, ulong listId)
    {
        lock (_writing)
        {
            string lines;
            lock (_gate)
            {
                if (Continues(owner, listId))
                    return;
                _lists[owner] = listId;
                lines = string.Concat(_lists.Select(list => string.Create(CultureInfo.InvariantCulture, $"{list.Key} {list.Value}\n")));
            }

            CheckedText.Write(_path, lines);
        }
    }

    private void Load(string line)
    {
        if (line.Split(' ') is not [var owner, var list]
            || !NodeId.TryParse(owner, out var id)
            || !ulong.TryParse(list, NumberStyles.None, CultureInfo.InvariantCulture, out var listId))
        {
            throw new InvalidDataException($"{_path} holds a line that says nothing.");
        }

        _lists[id] = listId;
    }
}
