using System;
using System.Security.Permissions;

#pragma warning disable 436 // the compiler's own mscorlib has types of these names

namespace System.Security
{
    /// <summary>A permission that is always granted: .NET has no code access security.</summary>
    public abstract class CodeAccessPermission : IPermission, ISecurityEncodable, IStackWalk
    {
        public static void RevertAll()
        {
        }

        public static void RevertAssert()
        {
        }

        public static void RevertDeny()
        {
        }

        public static void RevertPermitOnly()
        {
        }

        public void Assert()
        {
        }

        public void Demand()
        {
        }

        public void Deny()
        {
        }

        public void PermitOnly()
        {
        }

        public virtual IPermission Copy()
        {
            return (IPermission)MemberwiseClone();
        }

        public virtual IPermission Intersect(IPermission target)
        {
            return target;
        }

        public virtual bool IsSubsetOf(IPermission target)
        {
            return target != null;
        }

        public virtual IPermission Union(IPermission other)
        {
            return Copy();
        }

        public virtual void FromXml(SecurityElement elem)
        {
        }

        public virtual SecurityElement ToXml()
        {
            return new SecurityElement("IPermission");
        }

        public virtual bool IsUnrestricted()
        {
            return true;
        }
    }

    /// <summary>Says that everything is granted.</summary>
    public static class SecurityManager
    {
        public static bool CheckExecutionRights { get; set; }

        public static bool SecurityEnabled { get; set; }

        public static bool IsGranted(IPermission perm)
        {
            return true;
        }
    }
}

namespace System.Security.Permissions
{
    public interface IUnrestrictedPermission
    {
        bool IsUnrestricted();
    }
}
