using P2PNode.Security;

namespace P2PNode.Cli.Display;

/// <summary>What people are told of a token that was made for them.</summary>
internal static class InvitationView
{
    /// <summary>How to use it, and then what they should know of the node besides.</summary>
    public static IEnumerable<string> Sentences(Invitation invitation, TimeProvider clock)
    {
        var token = invitation.Token;
        var (who, folder) = token.Name.Role is NameRole.Seed ? ($"seed {token.Id}", " --folder DIR") : ($"node {token.Id}", "");
        var here = invitation.IsRevoked ? "; where the network's CA is, without --seed" : "";
        yield return $"Good once, for {who}, until {Words.Time(token.Expires.UtcDateTime, clock)}. On that machine: 'p2pnode network join TOKEN --seed HOST:PORT{folder}', with the address of a node or seed that runs here{here}.";
        if (invitation.ReplacesToken)
            yield return $"The former token for {who} is void.";
        if (invitation.MemberUntil is { } until)
            yield return $"The certificate that {who} has is good until {until:yyyy-MM-dd} all the same; if its key was lost or stolen, run 'p2pnode network revoke --id {token.Id}' and invite it again.";
    }
}
