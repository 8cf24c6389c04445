using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace P2PNode.Security;

/// <summary>Keys and certificates as they lie in files. Complaints name the file, and nothing that is in it.</summary>
internal static class Pem
{
    /// <exception cref="KeyException">The file holds no such certificate.</exception>
    public static X509Certificate2 Certificate(string text, string path, string remedy)
    {
        try
        {
            return X509Certificate2.CreateFromPem(text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KeyException($"{path} is damaged: it should hold a certificate; {remedy}.");
        }
    }

    /// <exception cref="KeyException">The file holds no such key.</exception>
    public static ECDsa Key(string text, string path, string remedy)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            if (key.KeySize == 256 && key.ExportPkcs8PrivateKey().Length > 0)
                return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
            // The reason may quote what was read.
        }

        key.Dispose();
        throw new KeyException($"{path} is damaged: it should hold a private key of ECDSA P-256; {remedy}.");
    }
}
