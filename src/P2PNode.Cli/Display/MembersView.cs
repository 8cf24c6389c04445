using P2PNode.Node;

namespace P2PNode.Cli.Display;

/// <summary>Shows a person who is in the network.</summary>
internal static class MembersView
{
    public static void Write(IReadOnlyList<MemberReport> members, Screen screen) => screen.Table(
        [">ID", "Name", "Address", "State", "Last heard"],
        members.Select(member => new[]
        {
            member.Id.ToString(),
            member.Name ?? "",
            member.Address.ToString(),
            member.State.ToString().ToLowerInvariant(),
            member.LastSeen is { } time ? Words.Time(time, screen.Clock) : "-",
        }));
}
