using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.MetadirectoryServices;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

/// <summary>Does what its parameter says while it imports.</summary>
public class Deeds :
    IMAExtensible2GetParameters,
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilities,
    IMAExtensible2CallImport
{
    private static int runs;
    private string deed;
    private int depth;

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
        schema.Types.Add(person);
        return schema;
    }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        deed = parameters["Deed"].Value;
        return null;
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        string found = Do();
        CSEntryChange entry = deed == "no memory" ? new Unreadable() : CSEntryChange.Create();
        entry.ObjectType = "person";
        entry.ObjectModificationType = ObjectModificationType.Add;
        entry.AnchorAttributes.Add(AnchorAttribute.Create("id", "1"));
        entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("n", found));
        return new GetImportEntriesResults(null, false, new[] { entry });
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        return null;
    }

    private string Do()
    {
        switch (deed)
        {
            case "exit":
                Environment.Exit(3);
                break;
            case "fail fast":
                Environment.FailFast("no way on");
                break;
            case "loop":
                for (;;)
                {
                }

            case "overflow":
                return Deeper(1).ToString();
            case "wild pointer":
                return Marshal.ReadByte(new IntPtr(8)).ToString();
            case "native crash":
                return strlen(new IntPtr(8)).ToString();
            case "thread":
                string made = null;
                Thread worker = new Thread(() => made = "made by a thread");
                worker.Start();
                worker.Join();
                return made;
            case "thread that throws":
                new Thread(() => { throw new InvalidOperationException("nobody caught it"); }).Start();
                Thread.Sleep(60000);
                break;
            case "null reference":
                string nothing = deed.Length > 0 ? null : deed;
                return nothing.Length.ToString();
            case "divide":
                return (1 / (deed.Length - 6)).ToString();
            case "task":
                Task.Factory.StartNew(
                    () => { throw new ServerDownException("the server is down"); }).Wait();
                break;
            case "reflection":
                GetType().GetMethod("Refuse", BindingFlags.NonPublic | BindingFlags.Static)
                    .Invoke(null, null);
                break;
            case "initializer":
                return Initialized();
            case "cause":
                throw new ApplicationException("outside", new FormatException("inside"));
            case "missing file":
                return System.IO.File.ReadAllText("/no/such/file");
            case "hog":
                List<byte[]> kept = new List<byte[]>();
                for (;;)
                {
                    byte[] more = new byte[4 * 1024 * 1024];
                    for (int index = 0; index < more.Length; index += 1024)
                    {
                        more[index] = 1;
                    }

                    kept.Add(more);
                }

            case "print":
                Console.WriteLine("on standard output, with pass-word-1");
                Console.Error.WriteLine("on standard error, with pass-word-1");
                Trace.WriteLine("traced, with pass-word-1");
                break;
            case "count":
                runs++;
                return runs.ToString();
        }

        return "done";
    }

    // Mono initializes a class before the method begins that names it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string Initialized()
    {
        return Static.Value;
    }

    private static void Refuse()
    {
        throw new BadServerCredentialsException("refused");
    }

    private int Deeper(int level)
    {
        depth = level;
        return Deeper(level + 1) + depth;
    }

    private sealed class Unreadable : CSEntryChangeDetached
    {
        internal Unreadable()
            : base(Guid.NewGuid(), ObjectModificationType.Unconfigured, MAImportError.Success, null)
        {
        }

        public override string DN
        {
            get { throw new OutOfMemoryException("no memory for a name"); }
            set { }
        }
    }

    [DllImport("libc")]
    private static extern IntPtr strlen(IntPtr text);

    private static class Static
    {
        internal static readonly string Value = Make();

        private static string Make()
        {
            throw new TerminateRunException("no logger");
        }
    }
}
