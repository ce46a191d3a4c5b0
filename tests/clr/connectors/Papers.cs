using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security;
using Microsoft.MetadirectoryServices;

/// <summary>Keeps people in files, which it names as one does on Windows.</summary>
/// <remarks>
/// "people\ID.txt" in its folder is a person, "settings\realm.txt" beside the DLL where they are from.
/// </remarks>
public class Papers :
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetParameters,
    IMAExtensible2GetSchema,
    IMAExtensible2CallImport,
    IMAExtensible2CallExport,
    IMAExtensible2Password
{
    private const int Page = 2;

    private readonly List<string> left = new List<string>();
    private string realm;

    public MACapabilities Capabilities
    {
        get
        {
            return new MACapabilities
            {
                DistinguishedNameStyle = MADistinguishedNameStyle.None,
                ExportType = MAExportType.AttributeUpdate,
                SupportImport = true,
                SupportExport = true,
                SupportPassword = true,
            };
        }
    }

    public int ImportDefaultPageSize
    {
        get { return Page; }
    }

    public int ImportMaxPageSize
    {
        get { return Page; }
    }

    public int ExportDefaultPageSize
    {
        get { return Page; }
    }

    public int ExportMaxPageSize
    {
        get { return Page; }
    }

    public IList<ConfigParameterDefinition> GetConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        return page == ConfigParameterPage.Connectivity
            ? new[] { ConfigParameterDefinition.CreateCheckBoxParameter("Realm") }
            : null;
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
        person.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
        foreach (string each in new[] { "name", "realm", "contract" })
        {
            person.Attributes.Add(
                SchemaAttribute.CreateSingleValuedAttribute(each, AttributeType.String));
        }

        schema.Types.Add(person);
        return schema;
    }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        left.AddRange(Directory.GetFiles(MAUtils.MAFolder + "\\people\\", "*.txt"));
        left.Sort(StringComparer.Ordinal);
        realm = parameters["Realm"].Value == "1"
            ? File.ReadAllText(Utils.ExtensionsDirectory + "\\settings\\realm.txt")
            : "nowhere";
        return null;
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        List<CSEntryChange> page = new List<CSEntryChange>();
        for (; page.Count < Page && left.Count > 0; left.RemoveAt(0))
        {
            string id = Path.GetFileNameWithoutExtension(left[0]);
            CSEntryChange entry = CSEntryChange.Create();
            entry.ObjectType = "person";
            entry.ObjectModificationType = ObjectModificationType.Add;
            entry.AnchorAttributes.Add(AnchorAttribute.Create("id", id));
            entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd(
                "name", File.ReadAllText(MAUtils.MAFolder + "\\people\\" + id + ".txt")));
            entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("realm", realm));
            entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("contract", Contract()));
            page.Add(entry);
        }

        return new GetImportEntriesResults(null, left.Count > 0, page);
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        Replace(MAUtils.MAFolder + "\\last.log", "imported");
        return null;
    }

    public void OpenExportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenExportConnectionRunStep step)
    {
        Directory.CreateDirectory(MAUtils.MAFolder + "\\log\\exports");
    }

    public PutExportEntriesResults PutExportEntries(IList<CSEntryChange> changes)
    {
        PutExportEntriesResults results = new PutExportEntriesResults();
        foreach (CSEntryChange each in changes)
        {
            string name = (string)each.AttributeChanges["name"].ValueChanges[0].Value;
            string id = name.ToUpperInvariant();
            File.WriteAllText(MAUtils.MAFolder + "\\people\\" + id + ".txt", name);
            File.AppendAllText(MAUtils.MAFolder + "\\log\\exports\\all.txt", "+" + id);
            File.AppendAllText(Path.Combine(MAUtils.MAFolder + "\\log\\", "ids.txt"), "+" + id);
            results.CSEntryChangeResults.Add(CSEntryChangeResult.Create(
                each.Identifier,
                new List<AttributeChange> { AttributeChange.CreateAttributeAdd("id", id) },
                MAExportError.Success));
        }

        return results;
    }

    public void CloseExportConnection(CloseExportConnectionRunStep step)
    {
        Replace(MAUtils.MAFolder + "\\last.log", "exported");
    }

    public void OpenPasswordConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Partition partition)
    {
    }

    public void ClosePasswordConnection()
    {
    }

    public ConnectionSecurityLevel GetConnectionSecurityLevel()
    {
        return ConnectionSecurityLevel.Secure;
    }

    public void SetPassword(CSEntry entry, SecureString newPassword, PasswordOptions options)
    {
        IntPtr plain = Marshal.SecureStringToGlobalAllocUnicode(newPassword);
        try
        {
            File.WriteAllText(
                MAUtils.MAFolder + "\\people\\" + entry["id"].StringValue + ".password",
                Marshal.PtrToStringUni(plain) + " of " + entry.MA.Name);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(plain);
        }
    }

    public void ChangePassword(CSEntry entry, SecureString oldPassword, SecureString newPassword)
    {
        throw new EntryPointNotImplementedException();
    }

    // As careful writers do: a new file, then its name.
    private static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Delete(path);
        File.Move(path + ".new", path);
    }

    private static string Contract()
    {
        Assembly contract = typeof(CSEntryChange).Assembly;
        object[] told = contract.GetCustomAttributes(typeof(AssemblyDescriptionAttribute), false);
        return ((AssemblyDescriptionAttribute)told[0]).Description + " " + contract.GetName().Version;
    }
}
