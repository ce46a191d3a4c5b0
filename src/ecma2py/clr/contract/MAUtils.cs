using System;
using System.ComponentModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What a connector may ask its host for.</summary>
    public abstract class MAUtils
    {
        // A host may set the field by reflection, as one does that was written for MIM's assembly.
        private static MAUtilsServices s_services = null;

        protected MAUtils()
        {
        }

        /// <summary>The folder of the connector's own files.</summary>
        /// <remarks>
        /// It is what the host's services say, or else what it put into the application domain under
        /// "ecma2py.MAFolder". Without a host it is a NullReferenceException, as in MIM's assembly.
        /// </remarks>
        public static string MAFolder
        {
            get
            {
                if (s_services != null)
                {
                    return s_services.GetMAFolder();
                }

                string folder = HostData.Text("ecma2py.MAFolder");
                if (folder == null)
                {
                    throw new NullReferenceException(
                        "MAUtils.MAFolder is not known: no host has said where the connector's files"
                        + " are. Run the connector in a host, or set \"ecma2py.MAFolder\" with"
                        + " AppDomain.CurrentDomain.SetData.");
                }

                return folder;
            }
        }
    }

    /// <summary>What a host answers.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract class MAUtilsServices
    {
        protected MAUtilsServices()
        {
        }

        public abstract string GetMAFolder();
    }
}
