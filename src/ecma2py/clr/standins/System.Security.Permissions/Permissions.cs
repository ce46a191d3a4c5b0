using System;

#pragma warning disable 436 // the compiler's own mscorlib has types of these names

namespace System.Security.Permissions
{
    public sealed class EnvironmentPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public EnvironmentPermission(PermissionState state)
        {
        }

        public EnvironmentPermission(EnvironmentPermissionAccess flag, string pathList)
        {
        }
    }

    [Flags]
    public enum EnvironmentPermissionAccess
    {
        NoAccess = 0,
        Read = 1,
        Write = 2,
        AllAccess = 3,
    }

    public sealed class FileIOPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public FileIOPermission(PermissionState state)
        {
        }

        public FileIOPermission(FileIOPermissionAccess access, string path)
        {
        }

        public FileIOPermission(FileIOPermissionAccess access, string[] pathList)
        {
        }

        public FileIOPermissionAccess AllFiles { get; set; }

        public FileIOPermissionAccess AllLocalFiles { get; set; }

        public void AddPathList(FileIOPermissionAccess access, string path)
        {
        }

        public void AddPathList(FileIOPermissionAccess access, string[] pathList)
        {
        }

        public void SetPathList(FileIOPermissionAccess access, string path)
        {
        }

        public void SetPathList(FileIOPermissionAccess access, string[] pathList)
        {
        }
    }

    [Flags]
    public enum FileIOPermissionAccess
    {
        NoAccess = 0,
        Read = 1,
        Write = 2,
        Append = 4,
        PathDiscovery = 8,
        AllAccess = 15,
    }

    public sealed class ReflectionPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public ReflectionPermission(PermissionState state)
        {
        }

        public ReflectionPermission(ReflectionPermissionFlag flag)
        {
        }
    }

    [Flags]
    public enum ReflectionPermissionFlag
    {
        NoFlags = 0,
        TypeInformation = 1,
        MemberAccess = 2,
        ReflectionEmit = 4,
        AllFlags = 7,
        RestrictedMemberAccess = 8,
    }

    public sealed class RegistryPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public RegistryPermission(PermissionState state)
        {
        }

        public RegistryPermission(RegistryPermissionAccess access, string pathList)
        {
        }
    }

    [Flags]
    public enum RegistryPermissionAccess
    {
        NoAccess = 0,
        Read = 1,
        Write = 2,
        Create = 4,
        AllAccess = 7,
    }

    public sealed class SecurityPermission : CodeAccessPermission, IUnrestrictedPermission
    {
        public SecurityPermission(PermissionState state)
        {
        }

        public SecurityPermission(SecurityPermissionFlag flag)
        {
        }

        public SecurityPermissionFlag Flags { get; set; }
    }

    /// <summary>A demand for a user or a role, which nobody checks here.</summary>
    public sealed class PrincipalPermission : IPermission, IUnrestrictedPermission
    {
        public PrincipalPermission(PermissionState state)
        {
        }

        public PrincipalPermission(string name, string role)
        {
        }

        public PrincipalPermission(string name, string role, bool isAuthenticated)
        {
        }

        public IPermission Copy()
        {
            return (IPermission)MemberwiseClone();
        }

        public void Demand()
        {
        }

        public IPermission Intersect(IPermission target)
        {
            return target;
        }

        public bool IsSubsetOf(IPermission target)
        {
            return target != null;
        }

        public bool IsUnrestricted()
        {
            return true;
        }

        public IPermission Union(IPermission other)
        {
            return Copy();
        }

        public void FromXml(SecurityElement elem)
        {
        }

        public SecurityElement ToXml()
        {
            return new SecurityElement("IPermission");
        }
    }
}
