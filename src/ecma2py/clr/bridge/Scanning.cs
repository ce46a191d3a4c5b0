using System;
using System.Linq;
using System.Reflection;

namespace Ecma2py.Bridge
{
    /// <summary>Ends pythonnet's look at the types of every assembly that is loaded.</summary>
    /// <remarks>
    /// It looks for names to import, and nobody imports a connector's. Where a type misses its base,
    /// the look raises; on Mono what a listener raises ends the load of the assembly, and a type that
    /// was looked at before its base can be found is lost for good.
    /// </remarks>
    internal static class Scanning
    {
        internal static void End()
        {
            AssemblyLoadEventHandler listener = Listener();
            if (listener != null)
            {
                AppDomain.CurrentDomain.AssemblyLoad -= listener;
            }
        }

        private static AssemblyLoadEventHandler Listener()
        {
            const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static;
            FieldInfo field = AppDomain.CurrentDomain.GetAssemblies()
                .Where(assembly => assembly.GetName().Name == "Python.Runtime")
                .Select(assembly => assembly.GetType("Python.Runtime.AssemblyManager", false))
                .Where(manager => manager != null)
                .Select(manager => manager.GetField("lhandler", Hidden))
                .FirstOrDefault();
            return field == null ? null : field.GetValue(null) as AssemblyLoadEventHandler;
        }
    }
}
