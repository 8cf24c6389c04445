using System.Runtime.InteropServices;

namespace P2PNode.Security;

/// <summary>
/// The certificates that the system trusts, which no link goes by. On Unix .NET reads all of them for the first chain that it
/// checks, even where the chain has its own roots: some 140 files at each start of a node.
/// </summary>
public static partial class SystemTrust
{
    private const string Nowhere = "/dev/null";

    /// <summary>Has this process find none. Call it before the first link.</summary>
    public static void Ignore()
    {
        if (OperatingSystem.IsWindows())
            return;

        // OpenSSL asks the C library, which does not see what Environment sets.
        _ = SetEnvironment("SSL_CERT_FILE", Nowhere, overwrite: 1);
        _ = SetEnvironment("SSL_CERT_DIR", Nowhere, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
