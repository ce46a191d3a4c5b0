using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Ecma2py.Bridge
{
    /// <summary>Keeps the settings of a connector's .config file in sight on Mono.</summary>
    /// <remarks>
    /// Whatever of System.Web is used first, be it HttpUtility.UrlEncode, Mono lets a web server's way
    /// of reading settings take the place of the usual one; where no program was started that one
    /// finds nothing any more. So this happens here, as soon as System.Web is there, and is undone.
    /// </remarks>
    public static class WebSettings
    {
        private const BindingFlags Inside = BindingFlags.NonPublic | BindingFlags.Static;

        /// <summary>From now on, for a System.Web that is not loaded yet.</summary>
        public static void Keep()
        {
            AppDomain.CurrentDomain.AssemblyLoad += Loaded;
        }

        private static void Loaded(object sender, AssemblyLoadEventArgs loaded)
        {
            if (loaded.LoadedAssembly.GetName().Name != "System.Web")
            {
                return;
            }

            Type manager = Type.GetType(
                "System.Configuration.ConfigurationManager, System.Configuration, Version=4.0.0.0, "
                + "Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a");
            PropertyInfo current = manager.GetProperty("ConfigurationSystem", Inside);
            MethodInfo change = manager.GetMethod("ChangeConfigurationSystem", Inside);
            Type runtime = loaded.LoadedAssembly.GetType("System.Web.HttpRuntime");
            if (current == null || change == null || runtime == null)
            {
                return; // another Mono, which may do without
            }

            object usual = current.GetValue(null, null);
            RuntimeHelpers.RunClassConstructor(runtime.TypeHandle);
            change.Invoke(null, new[] { usual });
        }
    }
}
