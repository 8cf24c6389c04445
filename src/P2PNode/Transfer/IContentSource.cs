using Microsoft.Win32.SafeHandles;
using P2PNode.Core;

namespace P2PNode.Transfer;

/// <summary>Where the bytes of files come from: this node's own space and the copies that it keeps.</summary>
public interface IContentSource
{
    /// <summary>Opens a file for reading; null where this node has none by that name, or may not read it.</summary>
    OpenContent? Open(NodeId owner, FilePath path);
}

/// <summary>An open file, and what it was when it was opened. The receiver of this owns the handle.</summary>
public sealed record OpenContent(SafeFileHandle Handle, long Size, long MtimeTicks) : IDisposable
{
    public void Dispose() => Handle.Dispose();
}
