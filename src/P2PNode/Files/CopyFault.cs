using P2PNode.Core;
using P2PNode.Core.Catalogue;

namespace P2PNode.Files;

/// <summary>Why a copy could not be kept.</summary>
public enum CopyFault
{
    /// <summary>Too little room on the disk.</summary>
    DiskFull,

    /// <summary>The disk failed to write or to sync; what it has is not to be trusted, so fetch the file again.</summary>
    WriteFailed,

    /// <summary>This file system takes the name for that of another copy, which differs in case alone.</summary>
    CaseTwin,

    /// <summary>The bytes that came are not those that the entry promises.</summary>
    WrongContent,
}

/// <summary>
/// One copy could not be kept. Others of the same group are not affected. The message does not name the file, so that
/// many that fail for one reason can be told together; it completes "not collected: …".
/// </summary>
public sealed class CopyException(CopyFault fault, string message, Exception? inner = null) : IOException(message, inner)
{
    private const int DiskFullOnWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullOnWindows = unchecked((int)0x80070027);

    /// <summary>The message for a file that another download of this node receives: nothing is wrong with it.</summary>
    internal const string OnItsWay = "it is on its way already, for another request";

    public CopyFault Fault { get; } = fault;

    /// <summary>Whether the file system or its rights are to blame, and not the program.</summary>
    internal static bool IsCause(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <summary>Tells a full disk from other failures to write.</summary>
    internal static CopyException From(Exception failure) => failure switch
    {
        CopyException copy => copy,
        { HResult: Libc.NoSpace or Libc.QuotaExceeded or DiskFullOnWindows or HandleDiskFullOnWindows } =>
            DiskFull(failure),
        _ => new(CopyFault.WriteFailed, $"it could not be written: {failure.Message}", failure),
    };

    internal static CopyException DiskFull(Exception? failure = null) =>
        new(CopyFault.DiskFull, "there is no room on the disk", failure);

    internal static CopyException WrongContent() =>
        new(CopyFault.WrongContent, "what came is not what its owner lists");
}

/// <summary>A copy that a commit could not keep; its bytes are discarded.</summary>
public sealed record CopyFailure(NodeId Owner, FileEntry Entry, CopyException Reason);
