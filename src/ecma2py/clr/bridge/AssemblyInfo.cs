using System;
using System.Reflection;
using System.Runtime.InteropServices;

[assembly: AssemblyVersion("1.0.0.0")]
[assembly: AssemblyTitle("ecma2py.bridge")]
[assembly: AssemblyDescription("What ecma2py does inside the runtime of a .NET connector")]
[assembly: AssemblyProduct("ecma2py")]
[assembly: AssemblyCompany("The ecma2py maintainers")]
[assembly: AssemblyCopyright("MIT licence")]
[assembly: ComVisible(false)]
[assembly: CLSCompliant(false)]
