using System;
using System.Collections.ObjectModel;
using System.Security;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A connector whose application keeps passwords of its own.</summary>
    public interface IMAExtensible2Password
    {
        /// <summary>Called before the first password of a connection.</summary>
        void OpenPasswordConnection(
            KeyedCollection<string, ConfigParameter> configParameters,
            Partition partition);

        /// <summary>Called after the last password of a connection.</summary>
        void ClosePasswordConnection();

        /// <summary>Whether passwords travel protected on this connection.</summary>
        ConnectionSecurityLevel GetConnectionSecurityLevel();

        /// <summary>Sets a password without knowing the old one.</summary>
        void SetPassword(CSEntry csentry, SecureString newPassword, PasswordOptions options);

        /// <summary>Changes a password for one who knows the old one.</summary>
        void ChangePassword(CSEntry csentry, SecureString oldPassword, SecureString newPassword);
    }

    /// <summary>Whether passwords travel protected.</summary>
    public enum ConnectionSecurityLevel
    {
        NotSecure = 0,
        Secure = 1,
    }

    /// <summary>What else to do when a password is set.</summary>
    [Flags]
    public enum PasswordOptions
    {
        None = 0,
        ForceChangeAtLogOn = 1,
        UnlockAccount = 2,
        ValidatePassword = 4,
    }
}
