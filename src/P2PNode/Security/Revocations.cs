using P2PNode.Core;
using Serilog;

namespace P2PNode.Security;

/// <summary>The newest deny list that this node has seen, kept on its disk. Thread-safe.</summary>
public sealed class Revocations
{
    private readonly Lock _gate = new();
    private readonly NodeIdentity _self;
    private readonly string _file;
    private readonly ILogger _log;
    private DenyList _list;

    /// <param name="self">Says whose signature counts.</param>
    /// <param name="folder">Where the node keeps the list.</param>
    /// <param name="network">Where the CA keeps it, if that is here.</param>
    /// <param name="log">Hears of new lists.</param>
    public Revocations(NodeIdentity self, IdentityFolder folder, NetworkFolder network, ILogger log)
    {
        (_self, _file, _log) = (self, folder.RevokedFile, log);
        _list = Restore();
        TryTake(network.ReadRevoked());
    }

    /// <summary>A newer list was taken, in the call that took it.</summary>
    public event Action<DenyList>? Changed;

    public DenyList List => Volatile.Read(ref _list);

    public bool Revokes(NodeId id, long issuedAt) => List.Revokes(id, issuedAt);

    /// <summary>Takes a list that is newer than the one there is, and keeps it. False where it is not, or not the CA's.</summary>
    public bool TryTake(string text)
    {
        if (text == List.Text || !DenyList.TryParse(text, _self.Authority, out var list))
            return false;
        lock (_gate)
        {
            if (list.Number <= _list.Number)
                return false;
            Volatile.Write(ref _list, list);
            Keep(text);
        }

        _log.DenyListTaken(list.Number);
        Changed?.Invoke(list);
        return true;
    }

    /// <summary>What is lost each peer tells again when it is linked, so that nobody has to be asked for it.</summary>
    private DenyList Restore()
    {
        var text = PrivateFile.TryRead(_file);
        if (DenyList.ReadKept(text ?? "", _self.Authority) is { } kept)
            return kept;
        _log.DenyListLost(_file, text is null ? "missing" : "damaged");
        var empty = DenyList.Empty(_self.Name.Network);
        Keep(empty.KeptText);
        return empty;
    }

    private void Keep(string text)
    {
        try
        {
            if (PrivateFile.TryRead(_file) != text)
                PrivateFile.Write(_file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or KeyException)
        {
            _log.DenyListNotKept(e.Message);
        }
    }
}
