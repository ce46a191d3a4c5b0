using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using System.Threading;
using Microsoft.MetadirectoryServices;

/// <summary>Treats its process badly while it imports, as its parameter says.</summary>
public class Misdeeds :
    IMAExtensible2GetParameters,
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilities,
    IMAExtensible2CallImport
{
    private string deed;
    private SecureString password;

    public MACapabilities Capabilities
    {
        get
        {
            return new MACapabilities
            {
                DistinguishedNameStyle = MADistinguishedNameStyle.None,
                ExportType = MAExportType.AttributeUpdate,
            };
        }
    }

    public int ImportDefaultPageSize
    {
        get { return 10; }
    }

    public int ImportMaxPageSize
    {
        get { return 10; }
    }

    public IList<ConfigParameterDefinition> GetConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        if (page != ConfigParameterPage.Connectivity)
        {
            return null;
        }

        return new List<ConfigParameterDefinition>
        {
            ConfigParameterDefinition.CreateStringParameter("Deed", string.Empty),
            ConfigParameterDefinition.CreateEncryptedStringParameter("Password", string.Empty),
        };
    }

    public ParameterValidationResult ValidateConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        return null;
    }

    public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters)
    {
        Schema schema = Schema.Create();
        SchemaType person = SchemaType.Create("person", true);
        person.Attributes.Add(
            SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("n", AttributeType.String));
        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("i", AttributeType.Integer));
        schema.Types.Add(person);
        return schema;
    }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        deed = parameters["Deed"].Value;
        password = parameters["Password"].SecureValue;
        return null;
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        string found = Do();
        CSEntryChange entry = CSEntryChange.Create();
        entry.ObjectType = "person";
        entry.ObjectModificationType = ObjectModificationType.Add;
        entry.AnchorAttributes.Add(AnchorAttribute.Create("id", "1"));
        entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("n", found));
        entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("i", -1234567L));
        return new GetImportEntriesResults(null, false, new[] { entry });
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        return null;
    }

    [DllImport("no-such-library")]
    private static extern int Missing();

    [DllImport("libc", EntryPoint = "close")]
    private static extern int CloseFile(int file);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Signal(int process, int number);

    [DllImport("libc", EntryPoint = "getpid")]
    private static extern int Self();

    [DllImport("libc", EntryPoint = "write")]
    private static extern IntPtr Write(int file, byte[] data, IntPtr count);

    private string Do()
    {
        string secret = Marshal.PtrToStringUni(Marshal.SecureStringToGlobalAllocUnicode(password));
        switch (deed.Split(' ')[0])
        {
            case "no-library":
                return Missing().ToString();
            case "finalizer-throws":
                Leave(false);
                break;
            case "finalizer-hangs":
                Leave(true);
                break;
            case "threads":
                for (int count = 0; count < 20; count++)
                {
                    new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();
                }

                break;
            case "handler":
                AppDomain.CurrentDomain.UnhandledException += (sender, error) =>
                    Console.Error.WriteLine("my own handler: " + secret);
                new Thread(() => { throw new InvalidOperationException("with " + secret); }).Start();
                Thread.Sleep(60000);
                break;
            case "flood":
                byte[] noise = new byte[1000000];
                for (int index = 0; index < noise.Length; index++)
                {
                    noise[index] = (byte)(index % 10 == 0 ? 0xFF : 'x');
                }

                using (Stream output = Console.OpenStandardOutput())
                {
                    for (int count = 0; count < 100; count++)
                    {
                        output.Write(noise, 0, noise.Length);
                    }
                }

                break;
            case "set-out":
                Console.SetOut(TextWriter.Null);
                Console.SetError(TextWriter.Null);
                Trace.WriteLine("traced all the same");
                break;
            case "close":
                CloseFile(int.Parse(deed.Split(' ')[1]));
                break;
            case "close-all":
                for (int file = 0; file < 200; file++)
                {
                    CloseFile(file);
                }

                break;
            case "write-all":
                byte[] wrong = Encoding.ASCII.GetBytes("\0\0\0\u0005hello");
                for (int file = 3; file < 200; file++)
                {
                    Write(file, wrong, new IntPtr(wrong.Length));
                }

                break;
            case "signal":
                Signal(Self(), int.Parse(deed.Split(' ')[1]));
                Thread.Sleep(3000);
                break;
            case "fail-fast":
                Environment.FailFast("no way on with " + secret);
                break;
            case "throw":
                throw new InvalidOperationException(
                    "refused " + secret, new FormatException("because of " + secret));
            case "cycle":
                Exception cycle = new AggregateException(new Exception("inside"));
                typeof(Exception).GetField("_innerException", BindingFlags.NonPublic | BindingFlags.Instance)
                    .SetValue(cycle, cycle);
                throw cycle;
            case "child":
                Process.Start(new ProcessStartInfo("sleep", deed.Split(' ')[1])
                {
                    UseShellExecute = false,
                });
                break;
            case "daemon":
                Process.Start(new ProcessStartInfo("setsid", "-f sleep " + deed.Split(' ')[1])
                {
                    UseShellExecute = false,
                }).WaitForExit();
                break;
            case "culture":
                CultureInfo other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
                other.NumberFormat.NegativeSign = "minus";
                other.NumberFormat.NumberDecimalSeparator = ",";
                Thread.CurrentThread.CurrentCulture = other;
                Environment.SetEnvironmentVariable("TZ", "Asia/Tokyo");
                break;
            case "wait":
                Process.Start(new ProcessStartInfo("sleep", deed.Split(' ')[1])
                {
                    UseShellExecute = false,
                });
                Thread.Sleep(Timeout.Infinite);
                break;
        }

        return "done";
    }

    private static void Leave(bool hangs)
    {
        new Thread(() => new Heavy(hangs)).Start();
        Thread.Sleep(100);
        GC.Collect();
        Thread.Sleep(500);
    }

    private sealed class Heavy
    {
        private readonly bool hangs;

        internal Heavy(bool hangs)
        {
            this.hangs = hangs;
        }

        ~Heavy()
        {
            if (hangs)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            throw new InvalidOperationException("from a finalizer");
        }
    }
}
