using P2PNode.Core.Membership;
using P2PNode.Files;
using Serilog;

namespace P2PNode.Node;

/// <summary>
/// Who lived last, on the disk: a node finds the others again though no seed is up. While it knows of nobody that lives
/// it forgets nobody.
/// </summary>
internal sealed class MemberMemory
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(2);

    private readonly Signal _changed = new();
    private readonly MemberFile _file;
    private readonly Roster _roster;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    private MemberMemory(MemberFile file, Roster roster, TimeProvider clock, ILogger log) =>
        (_file, _roster, _clock, _log) = (file, roster, clock, log);

    /// <summary>Tells the roster whom to look for. They count as dead until they are met, or somebody else tells of them.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MemberMemory Open(NodeFolder folder, Roster roster, TimeProvider clock, ILogger log)
    {
        var file = new MemberFile(Path.Combine(folder.State, "members"));
        try
        {
            roster.Hear([.. file.Read().Where(member => member.Id != roster.Self).Select(member => member with { Incarnation = 0 })]);
        }
        catch (InvalidDataException e)
        {
            log.MembersForgotten(e.Message);
        }

        return new MemberMemory(file, roster, clock, log);
    }

    /// <summary>Keeps the file true until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _roster.Changed += _changed.Set;
        try
        {
            while (true)
            {
                Save();
                await Task.Delay(SaveEvery, _clock, stop);
                await _changed.WaitAsync(stop);
            }
        }
        finally
        {
            _roster.Changed -= _changed.Set;
        }
    }

    private void Save()
    {
        var living = _roster.All().Where(member => member.Id != _roster.Self && member.State is MemberState.Alive or MemberState.Suspect).ToList();
        if (living.Count == 0)
            return;
        try
        {
            _file.Write(living);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.MembersNotKept(_file.Path, e.Message);
        }
    }
}
