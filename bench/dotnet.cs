using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using Microsoft.MetadirectoryServices;

/// <summary>Gives as many people as its parameter says, and takes changes of them.</summary>
public class People :
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilities,
    IMAExtensible2GetParameters,
    IMAExtensible2CallImport,
    IMAExtensible2CallExport
{
    private static readonly string[] Texts =
    {
        "login", "givenName", "familyName", "displayName", "title", "department", "company", "street", "city",
    };

    private int wanted;
    private int made;
    private int size;

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

    public int ImportDefaultPageSize { get { return 500; } }

    public int ImportMaxPageSize { get { return 10000; } }

    public int ExportDefaultPageSize { get { return 500; } }

    public int ExportMaxPageSize { get { return 10000; } }

    public IList<ConfigParameterDefinition> GetConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        List<ConfigParameterDefinition> found = new List<ConfigParameterDefinition>();
        if (page == ConfigParameterPage.Connectivity)
        {
            found.Add(ConfigParameterDefinition.CreateStringParameter("People", null, "0"));
        }

        return found;
    }

    public ParameterValidationResult ValidateConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        return new ParameterValidationResult();
    }

    public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters)
    {
        Schema schema = Schema.Create();
        SchemaType person = SchemaType.Create("person", true);
        person.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
        foreach (string name in Texts)
        {
            person.Attributes.Add(
                SchemaAttribute.CreateSingleValuedAttribute(name, AttributeType.String));
        }

        foreach (string name in new[] { "mail", "phone", "role" })
        {
            person.Attributes.Add(
                SchemaAttribute.CreateMultiValuedAttribute(name, AttributeType.String));
        }

        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("badge", AttributeType.Integer));
        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("key", AttributeType.Binary));
        schema.Types.Add(person);
        return schema;
    }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        wanted = int.Parse(parameters["People"].Value, CultureInfo.InvariantCulture);
        made = 0;
        size = step.PageSize;
        return null;
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        List<CSEntryChange> page = new List<CSEntryChange>(size);
        while (page.Count < size && made < wanted)
        {
            page.Add(Person(made++));
        }

        return new GetImportEntriesResults(null, made < wanted, page);
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        return null;
    }

    public void OpenExportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenExportConnectionRunStep step)
    {
    }

    public PutExportEntriesResults PutExportEntries(IList<CSEntryChange> changes)
    {
        List<CSEntryChangeResult> results = new List<CSEntryChangeResult>(changes.Count);
        foreach (CSEntryChange each in changes)
        {
            results.Add(CSEntryChangeResult.Create(each.Identifier, null, MAExportError.Success));
        }

        return new PutExportEntriesResults(results);
    }

    public void CloseExportConnection(CloseExportConnectionRunStep step)
    {
    }

    private static CSEntryChange Person(int number)
    {
        string key = number.ToString("0000000", CultureInfo.InvariantCulture);
        CSEntryChange entry = CSEntryChange.Create();
        entry.ObjectModificationType = ObjectModificationType.Add;
        entry.ObjectType = "person";
        entry.AnchorAttributes.Add(AnchorAttribute.Create("id", key));
        KeyedCollection<string, AttributeChange> changes = entry.AttributeChanges;
        changes.Add(AttributeChange.CreateAttributeAdd("id", key));
        foreach (string name in Texts)
        {
            changes.Add(AttributeChange.CreateAttributeAdd(name, name + " of Göran " + key));
        }

        changes.Add(AttributeChange.CreateAttributeAdd(
            "mail", new List<object> { key + "@bench.example", key + "@mail.bench.example" }));
        changes.Add(AttributeChange.CreateAttributeAdd(
            "phone", new List<object> { "+33 4 72 " + key, "+33 6 15 " + key }));
        changes.Add(AttributeChange.CreateAttributeAdd(
            "role", new List<object> { "engineer", "member", "role " + (number % 7) }));
        changes.Add(AttributeChange.CreateAttributeAdd("badge", (long)number));
        changes.Add(AttributeChange.CreateAttributeAdd("key", new byte[32]));
        return entry;
    }
}
