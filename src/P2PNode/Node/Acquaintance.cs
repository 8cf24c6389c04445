using P2PNode.Files;
using Serilog;

namespace P2PNode.Node;

/// <summary>Whether this node ever met another member of its network, in this life or a former one: kept on its disk. Thread-safe.</summary>
/// <param name="path">The file, which names the network; that of another one counts for nothing.</param>
/// <param name="network">The network's ID.</param>
/// <param name="log">Hears that it cannot be kept.</param>
internal sealed class Acquaintance(string path, string network, ILogger log)
{
    private readonly Lock _gate = new();
    private volatile bool _isMade = IsKept(path, network);

    public bool IsMade => _isMade;

    public void Make()
    {
        lock (_gate)
        {
            if (_isMade)
                return;
            _isMade = true;
            try
            {
                CheckedText.Write(path, $"{network}\n");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.MembersNotKept(path, e.Message);
            }
        }
    }

    /// <summary>What cannot be read counts as well: who stays where it may be wrong does less harm than who leaves.</summary>
    private static bool IsKept(string path, string network)
    {
        try
        {
            return CheckedText.Read(path) is { } text && text == $"{network}\n";
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
