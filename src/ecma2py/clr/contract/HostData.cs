using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What a host left in the application domain for the contract.</summary>
    /// <remarks>
    /// The names are "ecma2py.MAFolder" and "ecma2py.ExtensionsDirectory"; AppDomain.SetData is the
    /// door on every runtime.
    /// </remarks>
    internal static class HostData
    {
        internal static string Text(string name)
        {
            return AppDomain.CurrentDomain.GetData(name) as string;
        }

        /// <summary>What to raise for a call that only the synchronization engine can answer.</summary>
        internal static ApplicationException NeedsEngine(string what)
        {
            return new ApplicationException(
                "Sync Engine is not initialized. " + what + " belongs to MIM's synchronization engine"
                + " (rules extensions), which is not part of a connector host; a connector cannot"
                + " use it here.");
        }
    }
}
