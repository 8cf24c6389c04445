using P2PNode.Core;
using P2PNode.Core.Catalogue;
using P2PNode.Core.Membership;
using Serilog;

namespace P2PNode.Node;

/// <summary>Every event that this room logs. The words of the first two and of the row are a contract (design 2.4).</summary>
internal static class NodeLog
{
    public static void LeaderIs(this ILogger log, NodeId leader, Epoch epoch) =>
        log.Information("Leader is node {LeaderId} (epoch {Epoch})", leader.Value, epoch.Value);

    public static void NoLeader(this ILogger log, Epoch epoch) =>
        log.Information("No leader any more (it was epoch {Epoch}); the others are asked", epoch.Value);

    /// <summary>One row of the file log: path, file name, peer.</summary>
    public static void Collected(this ILogger log, NodeId owner, FileEntry entry) =>
        log.Information("Collected {Path:l} | {FileName:l} | NODE{PeerId}", entry.Path.Value, entry.Path.Name, owner.Value);

    public static void CollectedMany(this ILogger log, NodeId owner, int files, long bytes) =>
        log.Information("Collected {Files} files ({Bytes} bytes) | NODE{PeerId}", files, bytes, owner.Value);

    public static void NodeStarts(this ILogger log, NodeId id, NodeAddress address, string folder) =>
        log.Information("Node {NodeId} starts at {Address}, folder {Folder:l}", id.Value, address, folder);

    public static void PortForgotten(this ILogger log, string loss, int port) =>
        log.Warning("{Loss:l} The node listens at another port from now on: {Port}", loss, port);

    public static void KnowsNobody(this ILogger log, NodeId id) => log.Information(
        "Node {NodeId} knows of no others: link it with one by 'p2pnode connect HOST:PORT' here or there, or start it with --seed HOST:PORT, --discover or a nodes.json that lists the others", id.Value);

    public static void PortChanged(this ILogger log, int from, int to) =>
        log.Warning("Port {OldPort} is in use; this node listens at port {Port} from now on", from, to);

    public static void RegisteredWith(this ILogger log, NodeAddress seed) => log.Information("Registered with seed {Address}", seed);

    public static void SeedLost(this ILogger log, NodeAddress seed, string reason) =>
        log.Warning("Not registered with seed {Address}: {Reason:l}; it is tried again", seed, reason);

    public static void MembersForgotten(this ILogger log, string reason) =>
        log.Error("{Reason:l} The node looks for others as if it had never met any", reason);

    public static void MembersNotKept(this ILogger log, string path, string reason) =>
        log.Warning("{Path:l} cannot be written: {Reason:l}", path, reason);

    public static void NodeStops(this ILogger log, NodeId id) => log.Information("Node {NodeId} stops", id.Value);

    public static void NodeStopped(this ILogger log, NodeId id) => log.Information("Node {NodeId} has stopped", id.Value);

    public static void Linked(this ILogger log, NodeId peer, NodeAddress address) =>
        log.Information("Linked with node {PeerId} at {Address}", peer.Value, address);

    public static void LinkDropped(this ILogger log, NodeId peer) =>
        log.Information("Link with node {PeerId} dropped: followers need none between them", peer.Value);

    public static void LinkHasNoRoom(this ILogger log, NodeId peer) =>
        log.Information("Node {PeerId} ended the link, as it has no room for it: the lowest ID of all comes first, and then who came before (maxPeers there)", peer.Value);

    public static void LinkMadeRoom(this ILogger log, NodeId peer) =>
        log.Information("Link with node {PeerId} ended: this node takes no more, and the lowest ID of all comes first (maxPeers)", peer.Value);

    public static void FewerPeersThanNodes(this ILogger log, int most, int others) =>
        log.Warning("maxPeers lets this node have links with {MaxPeers} others, but nodes.json names {Others}: whoever leads needs one with each; raise it to {Others}, or leave it out", most, others, others);

    /// <summary>What somebody said to all; <paramref name="from"/> is the neighbour that it came from.</summary>
    public static void TextHeard(this ILogger log, NodeId origin, NodeId from, string text)
    {
        if (origin == from)
            log.Information("Node {OriginId} says: {Text:l}", origin.Value, Printable.Of(text));
        else
            log.Information("Node {OriginId} says (by way of node {PeerId}): {Text:l}", origin.Value, from.Value, Printable.Of(text));
    }

    /// <summary>The overlay has found out, or heard; so with the next ones.</summary>
    public static void IsDead(this ILogger log, Member member) =>
        log.Warning("Node {PeerId} at {Address} is dead", member.Id.Value, new NodeAddress(member.Host, member.Port));

    public static void IsSuspect(this ILogger log, NodeId id) =>
        log.Information("Node {PeerId} does not answer and is suspected to be dead", id.Value);

    public static void AnsweredAfterAll(this ILogger log, NodeId id) =>
        log.Information("Node {PeerId} answered after all", id.Value);

    public static void LivesAgain(this ILogger log, Member member) =>
        log.Information("Node {PeerId} at {Address} is alive again", member.Id.Value, new NodeAddress(member.Host, member.Port));

    public static void MemberIs(this ILogger log, Member member) =>
        log.Debug("Node {PeerId} is {State}", member.Id.Value, member.State);

    public static void IncarnationNotKept(this ILogger log, string reason) =>
        log.Error("This node cannot keep the number of its life: {Reason:l}", reason);

    public static void PeerStopped(this ILogger log, NodeId peer) => log.Information("Node {PeerId} has stopped", peer.Value);

    public static void PeerLeft(this ILogger log, NodeId peer, string where) =>
        log.Information("Node {PeerId} has left; {Where:l}", peer.Value, where);

    public static void Leaves(this ILogger log, NodeId self) =>
        log.Information("Node {NodeId} leaves: it hands its files over first", self.Value);

    public static void HandedOver(this ILogger log, NodeId self, int files, NodeId custodian) =>
        log.Information("Node {NodeId} has handed over {Files} {Noun:l} to node {PeerId}", self.Value, files, files == 1 ? "file" : "files", custodian.Value);

    public static void DoesNotLeave(this ILogger log, string sentence) => log.Warning("{Sentence:l}", sentence);

    public static void TakesOver(this ILogger log, NodeId peer) =>
        log.Information("Node {PeerId} leaves: its files are taken over", peer.Value);

    public static void LinkLost(this ILogger log, NodeId peer, string reason) =>
        log.Warning("Lost node {PeerId}: {Reason:l}", peer.Value, reason);

    public static void PeerViolates(this ILogger log, NodeId peer, string reason) =>
        log.Warning("Closed the link with node {PeerId}: {Reason:l}", peer.Value, reason);

    public static void DialRejected(this ILogger log, NodeId peer, NodeAddress address, string reason) =>
        log.Warning("Node {PeerId} at {Address} refused this node: {Reason:l}", peer.Value, address, reason);

    public static void PeerNotAdmitted(this ILogger log, NodeId peer, NodeAddress address, string reason) =>
        log.Warning("No link to node {PeerId} at {Address}: {Reason:l}", peer.Value, address, reason);

    public static void PeerRevoked(this ILogger log, NodeId peer) =>
        log.Warning("Closed the link with node {PeerId}: it was revoked", peer.Value);

    public static void Duplicate(this ILogger log, NodeAddress address, string by) =>
        log.Warning("Another process says that it is this node: it listens at {Address}, and {By:l} refused it; stop it, or give it an ID and a folder of its own", address, by);

    public static void StartRefused(this ILogger log, int process, string folder) =>
        log.Warning("A second process (pid {ProcessId}) was started on this node's folder {Folder:l} and was refused; give it an ID and a folder of its own", process, folder);

    public static void DenyListFailed(this ILogger log, string reason) =>
        log.Error("The network's deny list cannot be read: {Reason:l}", reason);

    public static void CertificateRenewed(this ILogger log, DateTimeOffset end) =>
        log.Information("The certificate of this node was renewed until {End:l}", Date(end));

    public static void CertificateNotRenewed(this ILogger log, string reason) =>
        log.Error("The certificate of this node cannot be renewed: {Reason:l}", reason);

    public static void RenewalRefused(this ILogger log, NodeAddress peer, string reason) =>
        log.Debug("The certificate of this node cannot be renewed at {Address}: {Reason:l}", peer, reason);

    public static void CertificateEnds(this ILogger log, DateTimeOffset end) =>
        log.Warning("The certificate of this node ends on {End:l}, and no node that is reached holds the CA: start one that does, or have the node invited again, and join before", Date(end));

    public static void CannotReachLeader(this ILogger log, NodeId leader) =>
        log.Warning("Others hear leader node {LeaderId}, but this node cannot reach it; it keeps trying", leader.Value);

    public static void FindsNoRoom(this ILogger log, NodeId peer) =>
        log.Warning("Node {PeerId} is full (maxPeers), so this node has no leader, and leads nobody itself while that one lives; raise maxPeers there, or leave it out; it keeps trying", peer.Value);

    public static void BatchNotAskedFor(this ILogger log, NodeId from, NodeId owner) =>
        log.Debug("Ignored a listing of node {PeerId} from node {FromId}: it was not asked for", owner.Value, from.Value);

    public static void ListingHasGap(this ILogger log, NodeId owner, long seq) =>
        log.Debug("The listing of node {PeerId} has a gap after {Seq}; asked again", owner.Value, seq);

    public static void ListingDiverged(this ILogger log, NodeId owner) =>
        log.Warning("The listing of node {PeerId} differs from the copy of it; asked for all of it", owner.Value);

    public static void HolderLost(this ILogger log, NodeId holder, string reason) =>
        log.Debug("The bulk link with node {PeerId} ended: {Reason:l}", holder.Value, reason);

    public static void HolderDropped(this ILogger log, NodeId holder, string reason) =>
        log.Warning("Dropped the bulk link with node {PeerId}: {Reason:l}", holder.Value, reason);

    public static void PiecesRecalled(this ILogger log, NodeId owner, FileEntry entry, int pieces, int of) =>
        log.Debug("Of {Path} of node {PeerId}, {Pieces} of {All} pieces lie here already", entry.Path.Value, owner.Value, pieces, of);

    public static void FileFailed(this ILogger log, NodeId owner, FileEntry entry, string reason) =>
        log.Warning("Not collected yet: {Path:l} | NODE{PeerId}: {Reason:l}; it will be tried again", entry.Path.Value, owner.Value, reason);

    public static void FileComesElsewhere(this ILogger log, NodeId owner, FileEntry entry, string reason) =>
        log.Debug("Not collected yet: {Path:l} | NODE{PeerId}: {Reason:l}", entry.Path.Value, owner.Value, reason);

    public static void ManyFailed(this ILogger log, NodeId owner, int files, string reason) =>
        log.Warning("Not collected yet: {Files} files | NODE{PeerId}: {Reason:l}; they will be tried again", files, owner.Value, reason);

    public static void CopiesKept(this ILogger log, NodeId owner, int files) =>
        log.Warning("Node {PeerId} has come back with another list, without {Files} {Noun:l} copied here: what is here is kept", owner.Value, files, files == 1 ? "file that was" : "files that were");

    public static void KnownListNotSaved(this ILogger log, NodeId owner, string reason) =>
        log.Warning("Cannot note which list of node {PeerId} the copies follow: {Reason:l}", owner.Value, reason);

    public static void KnownListDamaged(this ILogger log, string path) =>
        log.Warning("{Path:l} is damaged: the copies of an owner whose list is forgotten are kept, whatever it deleted meanwhile", path);

    public static void FileLogFailed(this ILogger log, string path, string reason) =>
        log.Warning("{Path:l} could not be written: {Reason:l}", path, reason);

    public static void EpochLost(this ILogger log, string loss) =>
        log.Error("{Loss:l} The node goes on without it and learns the present epoch from its peers", loss);

    public static void IncarnationLost(this ILogger log, string loss) =>
        log.Error("{Loss:l} The node counts its starts on from the present time, which is more than it can have counted to", loss);

    public static void OwnerLost(this ILogger log, string loss, NodeId node) =>
        log.Error("{Loss:l} It is written anew, with the ID that the node was started with: {NodeId}", loss, node.Value);

    private static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public static void MemberIs(this ILogger log, NodeId id, string state) =>
        log.Debug("Node {PeerId} is {State:l}", id.Value, state);

    public static void LooksForOthers(this ILogger log, int port, string networks) =>
        log.Information("Announces itself at UDP port {Port} on {Networks:l}", port, networks);

    public static void LooksForNobody(this ILogger log) =>
        log.Warning("No network is there on which this node could announce itself; it looks again");

    public static void AddressesNotTold(this ILogger log, string reason) =>
        log.Warning("The system does not tell the addresses of this machine: {Reason:l}", reason);

    public static void CandidateFailed(this ILogger log, NodeId id, NodeAddress address, string reason) =>
        log.Debug("Node {PeerId} was announced at {Address}, but: {Reason:l}", id.Value, address, reason);
}
