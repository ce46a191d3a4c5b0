using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using Microsoft.MetadirectoryServices;

/// <summary>Tells what it was given, and gives it back. Its twin in Python does the same.</summary>
public class Twin :
    IMAExtensible2CallImport,
    IMAExtensible2CallExport,
    IMAExtensible2FileImport,
    IMAExtensible2FileExport,
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetParameters,
    IMAExtensible2GetParametersEx,
    IMAExtensible2GetPartitions,
    IMAExtensible2GetHierarchy,
    IMAExtensible2Password
{
    private static readonly int Outcomes = Enum.GetValues(typeof(MAExportError)).Length;

    private Schema types = Schema.Create();
    private Partition partition;
    private IList<CSEntryChange> entries = new List<CSEntryChange>();

    public int ImportDefaultPageSize { get { return 7; } }
    public int ImportMaxPageSize { get { return 77; } }
    public int ExportDefaultPageSize { get { return 8; } }
    public int ExportMaxPageSize { get { return int.MaxValue; } }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema schema,
        OpenImportConnectionRunStep step)
    {
        types = schema;
        partition = step.StepPartition;
        return new OpenImportConnectionResults(string.Join(
            ";",
            Told(parameters),
            ((int)step.ImportType).ToString(),
            step.PageSize.ToString(),
            Told(step.StepPartition),
            step.CustomData ?? "none",
            string.Join(",", step.InclusionHierarchyNodes.Select(Told)),
            string.Join(",", step.ExclusionHierarchyNodes.Select(Told))));
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        return new GetImportEntriesResults(
            step.CustomData,
            entries.Count > 0,
            entries.Concat(step.FullObjectEntries).ToList());
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        return step.CustomData == null
            ? null
            : new CloseImportConnectionResults((int)step.Reason + step.CustomData);
    }

    public void OpenExportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema schema,
        OpenExportConnectionRunStep step)
    {
        types = schema;
        partition = step.StepPartition;
    }

    public PutExportEntriesResults PutExportEntries(IList<CSEntryChange> changes)
    {
        entries = changes;
        List<CSEntryChangeResult> results = new List<CSEntryChangeResult>();
        foreach (CSEntryChange each in changes)
        {
            results.Add(CSEntryChangeResult.Create(
                each.Identifier,
                each.AttributeChanges.ToList(),
                (MAExportError)(each.Identifier.ToByteArray()[0] % Outcomes),
                each.DN,
                Told(each)));
        }

        return new PutExportEntriesResults(results);
    }

    public void CloseExportConnection(CloseExportConnectionRunStep step)
    {
        if (step.Reason != CloseReason.Normal)
        {
            throw new EndConnectionException(step.Reason.ToString());
        }
    }

    public WriteImportFileResults WriteImportFile(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema schema,
        WriteImportFileRunStep step)
    {
        System.IO.File.WriteAllText(
            step.FilePath, (int)step.ImportType + ";" + Told(step.StepPartition));
        return new WriteImportFileResults(step.CustomData + "!");
    }

    public void ReadExportFile(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema schema,
        ReadExportFileRunStep step)
    {
        throw new ServerDownException(
            System.IO.File.ReadAllText(step.FilePath) + (int)step.ExportType);
    }

    public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters)
    {
        return types;
    }

    public MACapabilities Capabilities
    {
        get
        {
            return new MACapabilities
            {
                ObjectRename = false,
                ObjectConfirmation = MAObjectConfirmation.NoAddAndDeleteConfirmation,
                Normalizations = MANormalizations.Uppercase | MANormalizations.RemoveAccents,
            };
        }
    }

    public MACapabilities GetCapabilitiesEx(KeyedCollection<string, ConfigParameter> parameters)
    {
        return new MACapabilities { SupportPassword = parameters.Contains("Password") };
    }

    public IList<ConfigParameterDefinition> GetConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        return new[] { ConfigParameterDefinition.CreateLabelParameter(page + Told(parameters)) };
    }

    public ParameterValidationResult ValidateConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        return new ParameterValidationResult(
            ParameterValidationResultCode.Failure, Told(parameters), page.ToString());
    }

    public IList<ConfigParameterDefinition> GetConfigParametersEx(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page,
        int pageNumber)
    {
        return pageNumber > 2
            ? new List<ConfigParameterDefinition>()
            : new List<ConfigParameterDefinition>
            {
                ConfigParameterDefinition.CreateLabelParameter(page + " " + pageNumber),
                ConfigParameterDefinition.CreateDividerParameter(),
            };
    }

    public ParameterValidationResult ValidateConfigParametersEx(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page,
        int pageNumber)
    {
        return new ParameterValidationResult();
    }

    public IList<Partition> GetPartitions(KeyedCollection<string, ConfigParameter> parameters)
    {
        return partition == null ? null : new List<Partition> { partition };
    }

    public IList<HierarchyNode> GetHierarchy(
        KeyedCollection<string, ConfigParameter> parameters,
        HierarchyNode parent)
    {
        return new[] { HierarchyNode.Create("OU=x," + parent.DN, parent.DisplayName) };
    }

    public void OpenPasswordConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Partition given)
    {
        partition = given;
    }

    public void ClosePasswordConnection()
    {
        throw new ClosePasswordConnectionException("It stays open.");
    }

    public ConnectionSecurityLevel GetConnectionSecurityLevel()
    {
        return ConnectionSecurityLevel.Secure;
    }

    public void SetPassword(CSEntry entry, SecureString password, PasswordOptions options)
    {
        throw new PasswordPolicyViolationException(
            Told(entry) + Plain(password) + (int)options);
    }

    public void ChangePassword(CSEntry entry, SecureString old, SecureString password)
    {
        throw new InvalidOperationException(Plain(old) + "->" + Plain(password));
    }

    private static string Told(KeyedCollection<string, ConfigParameter> parameters)
    {
        return string.Join(",", parameters.Select(each => each.Name + (each.IsEncrypted
            ? "*" + Plain(each.SecureValue)
            : "=" + each.Value)));
    }

    private static string Told(Partition given)
    {
        return given == null
            ? "none"
            : given.Identifier + " " + given.DN + " " + given.Name + " "
                + (given.HiddenByDefault ? 1 : 0);
    }

    private static string Told(HierarchyNode node)
    {
        return node.DN + " " + node.DisplayName;
    }

    private static string Told(CSEntryChange entry)
    {
        StringBuilder told = new StringBuilder();
        told.Append(entry.ObjectType).Append(' ').Append((int)entry.ObjectModificationType);
        told.Append(' ').Append(entry.RDN);
        foreach (AnchorAttribute each in entry.AnchorAttributes)
        {
            told.Append('\n').Append(each.Name).Append(' ').Append((int)each.DataType);
            told.Append(' ').Append(Told(each.Value));
        }

        foreach (AttributeChange each in entry.AttributeChanges)
        {
            told.Append('\n').Append(each.Name).Append(' ').Append((int)each.ModificationType);
            told.Append(' ').Append((int)each.DataType).Append(each.IsMultiValued ? " many" : " one");
            foreach (ValueChange change in each.ValueChanges)
            {
                told.Append(' ').Append((int)change.ModificationType);
                told.Append(' ').Append(Told(change.Value));
            }
        }

        return told.ToString();
    }

    private static string Told(CSEntry entry)
    {
        StringBuilder told = new StringBuilder();
        told.Append(entry.DN.ToString()).Append(' ').Append(entry.ObjectType);
        foreach (string name in entry)
        {
            Attrib each = entry[name];
            told.Append('\n').Append(name).Append(' ').Append((int)each.DataType);
            told.Append(each.IsMultivalued ? " many" : " one");
            foreach (Value value in each.Values)
            {
                told.Append(' ').Append(value.ToString());
            }
        }

        return told.Append('\n').ToString();
    }

    private static string Told(object value)
    {
        byte[] bytes = value as byte[];
        if (bytes != null)
        {
            return "0x" + BitConverter.ToString(bytes).Replace("-", string.Empty);
        }

        return value is bool ? ((bool)value ? "true" : "false")
            : Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    private static string Plain(SecureString secret)
    {
        IntPtr place = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            return Marshal.PtrToStringUni(place, secret.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(place);
        }
    }
}
