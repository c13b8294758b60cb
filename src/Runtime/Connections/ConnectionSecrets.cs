using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace PromptDesigner.Runtime.Connections;

/// <summary>Providers' API keys as the database holds them: encrypted with the program's own key ring, for nobody to read back but a call.</summary>
internal sealed class ConnectionSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("pd.provider-key.v1");

    public string Protect(string key) => _protector.Protect(key);

    /// <summary>Null where it cannot be read any more: the key ring was lost, or the row comes from another installation.</summary>
    public string? Reveal(string stored)
    {
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return null; // the caller says what to do
        }
    }
}
