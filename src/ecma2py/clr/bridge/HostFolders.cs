using System;
using System.Reflection;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>Tells a contract that is not ours where the folders of the connector are.</summary>
    /// <remarks>Ours asks the application domain, which another one knows nothing of.</remarks>
    public static class HostFolders
    {
        /// <summary>
        /// From now on MAUtils.MAFolder is this folder. Utils.ExtensionsDirectory is the other one on
        /// runtimes that make shadow copies, since a genuine contract takes it from there.
        /// </summary>
        public static void Tell(string folder, string extensions)
        {
            const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static;
            FieldInfo services = typeof(MAUtils).GetField("s_services", Hidden);
            if (services != null)
            {
                services.SetValue(null, new Services(folder));
            }

            // .NET 8 has no such method.
            MethodInfo shadow = typeof(AppDomain).GetMethod("SetShadowCopyPath", new[] { typeof(string) });
            if (shadow != null)
            {
                shadow.Invoke(AppDomain.CurrentDomain, new object[] { extensions });
            }
        }

        private sealed class Services : MAUtilsServices
        {
            private readonly string folder;

            internal Services(string folder)
            {
                this.folder = folder;
            }

            public override string GetMAFolder()
            {
                return folder;
            }
        }
    }
}
