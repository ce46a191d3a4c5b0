using System;
using System.Security;
using System.Security.Permissions;

#pragma warning disable 436 // the compiler's own assemblies have types of these names

namespace System.Net
{
    public sealed class DnsPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public DnsPermission(PermissionState state)
        {
        }
    }

    public sealed class SocketPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public SocketPermission(PermissionState state)
        {
        }

        public SocketPermission(NetworkAccess access, TransportType transport, string hostName, int portNumber)
        {
        }
    }

    public sealed class WebPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public WebPermission(PermissionState state)
        {
        }

        public WebPermission(NetworkAccess access, string uriString)
        {
        }
    }

    [Flags]
    public enum NetworkAccess
    {
        Connect = 64,
        Accept = 128,
    }

    public enum TransportType
    {
        Udp = 1,
        Connectionless = 1,
        Tcp = 2,
        ConnectionOriented = 2,
        All = 3,
    }
}
