using P2PNode.Files;

namespace P2PNode.Tests.Files;

public sealed class ScanScheduleTests
{
    private readonly ScanSchedule _schedule = new();

    [Fact]
    public void Folders_in_a_folder_that_is_due_are_not_scanned_twice()
    {
        foreach (var folder in new[] { "a/b/c", "a", "a/b", "ab", "c/d/e" })
            _schedule.Want(folder, TimeSpan.Zero);

        Assert.Equal(["a", "ab", "c/d/e"], _schedule.TakeDue(TimeSpan.Zero).Order(StringComparer.Ordinal));
        Assert.Empty(_schedule.TakeDue(TimeSpan.MaxValue));
    }

    [Fact]
    public void The_whole_space_stands_for_all_folders_and_what_is_due_later_stays()
    {
        _schedule.Want("later", TimeSpan.FromSeconds(2));
        _schedule.Want("a", TimeSpan.Zero);
        _schedule.Want("", TimeSpan.FromSeconds(1));
        _schedule.Want("", TimeSpan.FromHours(1));

        Assert.Equal([""], _schedule.TakeDue(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(2), _schedule.NextDue(mayRun: true));
    }
}
