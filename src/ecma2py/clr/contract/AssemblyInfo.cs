using System;
using System.Reflection;
using System.Runtime.InteropServices;

// The identity is what existing connectors were compiled against; all the rest is ecma2py's own.
[assembly: AssemblyVersion("4.1.4.0")]
[assembly: AssemblyFileVersion("4.1.4.0")]
[assembly: AssemblyTitle("Microsoft.MetadirectoryServicesEx")]
[assembly: AssemblyDescription("The ECMA2 contract, written anew for ecma2py")]
[assembly: AssemblyProduct("ecma2py")]
[assembly: AssemblyCompany("The ecma2py maintainers")]
[assembly: AssemblyCopyright("MIT licence")]
[assembly: ComVisible(false)]
[assembly: CLSCompliant(false)]
