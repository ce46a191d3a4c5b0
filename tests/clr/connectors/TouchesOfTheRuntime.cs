using System;
using System.Diagnostics;
using System.Threading;

/// <summary>Touches of the runtime itself, and of what it reads and makes.</summary>
public partial class Touches
{
    private static string Settings()
    {
        return Noticed(System.Configuration.ConfigurationManager.AppSettings["Name"], "set");
    }

    private static string SettingsAfterWeb()
    {
        return WebUtility() + Settings();
    }

    private static string TraceListeners()
    {
        TraceSource source = new TraceSource("Contoso", SourceLevels.Off);
        return Noticed(source.Listeners["added"] == null ? "no listener" : "a listener", "a listener");
    }

    private static string ApplicationDomain()
    {
        AppDomain domain = AppDomain.CreateDomain("other");
        AppDomain.Unload(domain);
        return "made";
    }

    private static string CallContexts()
    {
        System.Runtime.Remoting.Messaging.CallContext.LogicalSetData("a", "b");
        return (string)System.Runtime.Remoting.Messaging.CallContext.LogicalGetData("a");
    }

    private static string ThreadAbort()
    {
        Thread thread = new Thread(() => Thread.Sleep(60000)) { IsBackground = true };
        thread.Start();
        thread.Abort();
        return thread.Join(10000) ? "ended" : "goes on";
    }

    private static string AsyncDelegates()
    {
        Func<string> call = () => "called";
        return call.EndInvoke(call.BeginInvoke(null, null));
    }

    private static string CompiledCode()
    {
        Microsoft.CSharp.CSharpCodeProvider provider = new Microsoft.CSharp.CSharpCodeProvider();
        System.CodeDom.Compiler.CompilerParameters options =
            new System.CodeDom.Compiler.CompilerParameters { GenerateInMemory = true };
        System.CodeDom.Compiler.CompilerResults results =
            provider.CompileAssemblyFromSource(options, "public class A { }");
        return results.CompiledAssembly.GetTypes()[0].Name;
    }

    private static string Composition()
    {
        return new System.ComponentModel.Composition.Hosting.TypeCatalog(typeof(Kept)).ToString();
    }

    private static string Caching()
    {
        System.Runtime.Caching.MemoryCache.Default.Set("a", "b", DateTimeOffset.Now.AddHours(1));
        return (string)System.Runtime.Caching.MemoryCache.Default.Get("a");
    }

    private static string Transactions()
    {
        using (System.Transactions.TransactionScope scope =
            new System.Transactions.TransactionScope())
        {
            scope.Complete();
        }

        return "completed";
    }

    private static string Processes()
    {
        using (Process process = Process.Start(
            new ProcessStartInfo("/bin/echo", "told")
            {
                UseShellExecute = false, RedirectStandardOutput = true,
            }))
        {
            return process.StandardOutput.ReadToEnd().Trim();
        }
    }
}
