namespace P2PNode.Tests.Simulation;

/// <summary>Kinds of trouble that the simulator must have made, for its runs to prove anything (design 8).</summary>
internal enum Happening
{
    MessageLost,
    MessageDelayed,
    MessageDuplicated,
    MessageOvertaken,
    MessageStoppedByOneWayCut,
    MessageStoppedByPairCut,
    MessageStoppedByPartition,
    MessageHeldUpByPause,
    LinkReset,
    Crash,
    CrashBetweenEffects,
    RestartSoonAfterClaim,
    ClockSetBack,
    UnsyncedWritesLost,
    ListingLost,
    BatchLost,
    EntryLost,
    BatchOfOldLink,
    Gap,
    Divergence,
    LongSnapshot,
    LongChange,
    Relay,
    SlowSubscriber,
    RelayBegunAnew,
    FileBecomesFolder,
    FolderBecomesFile,
}
