using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

/// <summary>Touches that only Windows can answer in full.</summary>
public partial class Touches
{
    private static string Registry()
    {
        using (Microsoft.Win32.RegistryKey key =
            Microsoft.Win32.Registry.LocalMachine.OpenSubKey(@"SOFTWARE\Contoso"))
        {
            return key == null ? "no key" : "a key";
        }
    }

    private static string ComObject()
    {
        Type type = Type.GetTypeFromProgID("ADODB.Connection", true);
        return Activator.CreateInstance(type).ToString();
    }

    private static string NativeWindows()
    {
        IntPtr token;
        return LogonUser("u", ".", "p", 2, 0, out token).ToString();
    }

    private static string DataProtection()
    {
        byte[] kept = ProtectedData.Protect(
            new byte[] { 1 }, null, DataProtectionScope.CurrentUser);
        return ProtectedData.Unprotect(kept, null, DataProtectionScope.CurrentUser).Length.ToString();
    }

    private static string EventLogs()
    {
        EventLog.WriteEntry("Contoso", "started", EventLogEntryType.Information);
        return "written";
    }

    private static string Counters()
    {
        using (PerformanceCounter counter =
            new PerformanceCounter("Processor", "% Processor Time", "_Total"))
        {
            return counter.NextValue() >= 0 ? "read" : "none";
        }
    }

    private static string OwnCounters()
    {
        using (PerformanceCounter counter = new PerformanceCounter("Contoso", "Objects", false))
        {
            counter.Increment();
            return counter.CounterName;
        }
    }

    private static string Wmi()
    {
        using (System.Management.ManagementObjectSearcher searcher =
            new System.Management.ManagementObjectSearcher("select Name from Win32_Group"))
        {
            return searcher.Get().Count.ToString();
        }
    }

    private static string Services()
    {
        return System.ServiceProcess.ServiceController.GetServices().Length.ToString();
    }

    private static string Identity()
    {
        return System.Security.Principal.WindowsIdentity.GetCurrent().Name;
    }

    private static string AccessControl()
    {
        return File.GetAccessControl(Path.GetTempPath()).GetType().Name;
    }

    private static string MachineCertificates()
    {
        X509Store store = new X509Store(StoreName.My, StoreLocation.LocalMachine);
        store.Open(OpenFlags.ReadOnly);
        int count = store.Certificates.Count;
        store.Close();
        return count.ToString();
    }

    private static string UserCertificates()
    {
        X509Store store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        int count = store.Certificates.Count;
        store.Close();
        return count.ToString();
    }

    private static string KeyContainers()
    {
        CspParameters parameters = new CspParameters { KeyContainerName = "contoso" };
        using (RSACryptoServiceProvider rsa = new RSACryptoServiceProvider(parameters))
        {
            rsa.PersistKeyInCsp = false;
            return rsa.KeySize.ToString();
        }
    }

    private static string PowerShell()
    {
        using (System.Management.Automation.PowerShell shell =
            System.Management.Automation.PowerShell.Create())
        {
            return shell.GetType().Name;
        }
    }

    private static string LdapConnection()
    {
        using (System.DirectoryServices.Protocols.LdapConnection connection =
            new System.DirectoryServices.Protocols.LdapConnection("127.0.0.1:9"))
        {
            try
            {
                connection.Bind();
            }
            catch (System.DirectoryServices.Protocols.LdapException)
            {
                return "asked";
            }
        }

        return "bound";
    }

    private static string Directory()
    {
        using (System.DirectoryServices.DirectoryEntry entry =
            new System.DirectoryServices.DirectoryEntry("LDAP://127.0.0.1:9/DC=x", "u", "p"))
        {
            try
            {
                return entry.Properties["cn"].Count.ToString();
            }
            catch (Exception error)
            {
                // Mono passes on what its LDAP library raises.
                if (error is COMException || error.GetType().Name == "LdapException")
                {
                    return "asked";
                }

                throw;
            }
        }
    }

    private static string Permissions()
    {
        new System.Security.Permissions.FileIOPermission(
            System.Security.Permissions.FileIOPermissionAccess.Read, Path.GetTempPath()).Demand();
        return "granted";
    }

    private static string Forms()
    {
        return System.Windows.Forms.Application.ProductName;
    }

    [DllImport("advapi32.dll", SetLastError = true, CharSet = CharSet.Unicode)]
    private static extern bool LogonUser(
        string user, string domain, string password, int type, int provider, out IntPtr token);
}
