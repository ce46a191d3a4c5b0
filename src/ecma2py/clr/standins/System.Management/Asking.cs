using System;
using System.ComponentModel;

namespace System.Management
{
    public enum AuthenticationLevel
    {
        Unchanged = -1,
        Default = 0,
        None = 1,
        Connect = 2,
        Call = 3,
        Packet = 4,
        PacketIntegrity = 5,
        PacketPrivacy = 6,
    }

    public enum ImpersonationLevel
    {
        Default = 0,
        Anonymous = 1,
        Identify = 2,
        Impersonate = 3,
        Delegate = 4,
    }

    /// <summary>The root of how something is asked.</summary>
    public abstract class ManagementOptions
    {
        public TimeSpan Timeout { get; set; }
    }

    public class ConnectionOptions : ManagementOptions
    {
        public string Username { get; set; }

        public string Password { get; set; }

        public System.Security.SecureString SecurePassword { get; set; }

        public string Authority { get; set; }

        public string Locale { get; set; }

        public AuthenticationLevel Authentication { get; set; }

        public ImpersonationLevel Impersonation { get; set; }

        public bool EnablePrivileges { get; set; }
    }

    public class EnumerationOptions : ManagementOptions
    {
        public bool ReturnImmediately { get; set; }

        public bool Rewindable { get; set; }

        public int BlockSize { get; set; }
    }

    public class InvokeMethodOptions : ManagementOptions
    {
    }

    public class ObjectGetOptions : ManagementOptions
    {
        public bool UseAmendedQualifiers { get; set; }
    }

    public class ManagementPath
    {
        public ManagementPath()
            : this("")
        {
        }

        public ManagementPath(string path)
        {
            Path = path ?? "";
        }

        public string Path { get; set; }

        public override string ToString()
        {
            return Path;
        }
    }

    /// <summary>A part of Windows to be asked; it can be described, but not connected to.</summary>
    public class ManagementScope
    {
        public ManagementScope()
            : this("root\\cimv2")
        {
        }

        public ManagementScope(string path)
            : this(new ManagementPath(path), null)
        {
        }

        public ManagementScope(string path, ConnectionOptions options)
            : this(new ManagementPath(path), options)
        {
        }

        public ManagementScope(ManagementPath path)
            : this(path, null)
        {
        }

        public ManagementScope(ManagementPath path, ConnectionOptions options)
        {
            Path = path;
            Options = options ?? new ConnectionOptions();
        }

        public ManagementPath Path { get; set; }

        public ConnectionOptions Options { get; set; }

        public bool IsConnected
        {
            get { return false; }
        }

        public void Connect()
        {
            throw Unavailable.Asked(Path.Path);
        }
    }

    public abstract class ManagementQuery
    {
        internal ManagementQuery(string query)
        {
            QueryString = query;
        }

        public virtual string QueryString { get; set; }
    }

    public class ObjectQuery : ManagementQuery
    {
        public ObjectQuery()
            : base("")
        {
        }

        public ObjectQuery(string query)
            : base(query)
        {
        }
    }

    public class WqlObjectQuery : ObjectQuery
    {
        public WqlObjectQuery()
        {
        }

        public WqlObjectQuery(string query)
            : base(query)
        {
        }
    }

    public class SelectQuery : WqlObjectQuery
    {
        public SelectQuery()
        {
        }

        public SelectQuery(string queryOrClassName)
            : base(queryOrClassName)
        {
        }

        public SelectQuery(string className, string condition)
            : base("select * from " + className + " where " + condition)
        {
        }
    }

    /// <summary>A query that can be made, and that no Windows answers.</summary>
    public class ManagementObjectSearcher : Component
    {
        public ManagementObjectSearcher()
            : this("")
        {
        }

        public ManagementObjectSearcher(string queryString)
            : this(new ManagementScope(), new ObjectQuery(queryString))
        {
        }

        public ManagementObjectSearcher(string scope, string queryString)
            : this(new ManagementScope(scope), new ObjectQuery(queryString))
        {
        }

        public ManagementObjectSearcher(ObjectQuery query)
            : this(new ManagementScope(), query)
        {
        }

        public ManagementObjectSearcher(ManagementScope scope, ObjectQuery query)
            : this(scope, query, null)
        {
        }

        public ManagementObjectSearcher(
            ManagementScope scope, ObjectQuery query, EnumerationOptions options)
        {
            Scope = scope;
            Query = query;
            Options = options ?? new EnumerationOptions();
        }

        public ManagementScope Scope { get; set; }

        public ObjectQuery Query { get; set; }

        public EnumerationOptions Options { get; set; }

        public ManagementObjectCollection Get()
        {
            throw Unavailable.Asked(Query.QueryString);
        }
    }
}
