using System;
using System.Reflection;
using System.Runtime.InteropServices;

// The identity is what others ask for; all the rest is ecma2py's own.
[assembly: AssemblyVersion("8.0.0.0")]
[assembly: AssemblyFileVersion("8.0.0.0")]
[assembly: AssemblyTitle("System.Diagnostics.PerformanceCounter")]
[assembly: AssemblyDescription("A small stand-in of ecma2py's for connectors on .NET")]
[assembly: AssemblyProduct("ecma2py")]
[assembly: AssemblyCompany("The ecma2py maintainers")]
[assembly: AssemblyCopyright("MIT licence")]
[assembly: ComVisible(false)]
[assembly: CLSCompliant(false)]
