using P2PNode.Core;
using P2PNode.Protocol;
using P2PNode.Protocol.Messages;
using P2PNode.Security;
using P2PNode.Transport;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Spreads the deny list: each node tells a newer one to all it is linked with, and to whom it links with next. Cuts the
/// links of who is on it; a node that is on it itself ends.
/// </summary>
internal sealed class RevocationFeed : IDisposable
{
    /// <summary>Where the CA is, a command may have written a new list.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly NodeId _self;
    private readonly IdentityKeeper _identity;
    private readonly Revocations _revocations;
    private readonly LinkTable _links;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Signal _changed = new();

    public RevocationFeed(IdentityKeeper identity, LinkTable links, TimeProvider clock, ILogger log)
    {
        (_identity, _revocations, _links, _clock, _log) = (identity, identity.Revocations, links, clock, log);
        _self = identity.Current.Name.Id;
        _revocations.Changed += OnChanged;
    }

    /// <exception cref="IdentityRefusedException">This node is on the list.</exception>
    public Task RunAsync(CancellationToken stop) => TaskGroup.RunAsync([LookAsync, ApplyAsync], stop);

    /// <summary>Tells a new peer, unless it was revoked between its greeting and now.</summary>
    public void Meet(Link link)
    {
        Tell(link);
        CutIfRevoked(link, _revocations.List);
    }

    private void Tell(Link link)
    {
        if (_revocations.List is { Number: > 0 } list)
            link.TrySend(FrameType.Revoked, new Revoked { DenyList = list.Text });
    }

    /// <summary>Takes what a peer tells.</summary>
    public void Take(Revoked told) => _revocations.TryTake(told.DenyList);

    public void Dispose() => _revocations.Changed -= OnChanged;

    private void OnChanged(DenyList list) => _changed.Set();

    private async Task LookAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                var stored = _identity.Network.ReadRevoked();
                _revocations.TryTake(stored);
                if (_identity.Network.Exists && _revocations.List is { Number: > 0 } list && list.Text != stored)
                    await new AuthorityOffice(_identity.Network, _clock).CatchUpAsync(list, stop);
            }
            catch (Exception e) when (e is KeyException or IOException or UnauthorizedAccessException)
            {
                _log.DenyListFailed(e.Message);
            }

            await Task.Delay(LookEvery, _clock, stop);
        }
    }

    private async Task ApplyAsync(CancellationToken stop)
    {
        while (true)
        {
            var list = _revocations.List;
            if (list.Revokes(_self, NetworkAuthority.IssuedAt(_identity.Current.Certificate)))
                throw Enrolment.Revoked(_identity.Current.Name, _identity.Network);
            foreach (var link in _links.All())
            {
                Tell(link);
                CutIfRevoked(link, list);
            }

            await _changed.WaitAsync(stop);
        }
    }

    private static void CutIfRevoked(Link link, DenyList list)
    {
        if (list.Revokes(link.Peer.Id, link.PeerIssuedAt))
            link.Close(GoodbyeReason.Revoked, $"node {link.Peer.Id} was revoked");
    }
}
