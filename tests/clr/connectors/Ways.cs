using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using Microsoft.MetadirectoryServices;

/// <summary>Says what it is, by explicit members of the newer interfaces alone.</summary>
public class Describing :
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetParametersEx
{
    Schema IMAExtensible2GetSchema.GetSchema(KeyedCollection<string, ConfigParameter> parameters)
    {
        Schema schema = Schema.Create();
        SchemaType person = SchemaType.Create("person", true);
        person.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.Integer));
        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("name", AttributeType.String));
        person.Attributes.Add(
            SchemaAttribute.CreateMultiValuedAttribute("mail", AttributeType.String));
        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("manager", AttributeType.Reference));
        schema.Types.Add(person);
        return schema;
    }

    MACapabilities IMAExtensible2GetCapabilitiesEx.GetCapabilitiesEx(
        KeyedCollection<string, ConfigParameter> parameters)
    {
        return new MACapabilities
        {
            DistinguishedNameStyle = MADistinguishedNameStyle.None,
            ExportType = MAExportType.AttributeUpdate,
            DeltaImport = parameters["Delta"].Value == "1",
        };
    }

    IList<ConfigParameterDefinition> IMAExtensible2GetParametersEx.GetConfigParametersEx(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page,
        int pageNumber)
    {
        List<ConfigParameterDefinition> found = new List<ConfigParameterDefinition>();
        if (page == ConfigParameterPage.Connectivity)
        {
            found.Add(ConfigParameterDefinition.CreateStringParameter("Host", @"\A[\w-[\d]]*\z"));
            found.Add(ConfigParameterDefinition.CreateCheckBoxParameter("Delta", true));
            found.Add(ConfigParameterDefinition.CreateCheckBoxParameter("Tls"));
            found.Add(ConfigParameterDefinition.CreateDividerParameter());
            found.Add(ConfigParameterDefinition.CreateLabelParameter("Who:"));
            found.Add(ConfigParameterDefinition.CreateEncryptedStringParameter("Password", null));
            found.Add(ConfigParameterDefinition.CreateDropDownParameter(
                "Kind", new[] { "a,b", "c" }, false, "c"));
        }
        else if (page == ConfigParameterPage.Schema && pageNumber == 1)
        {
            found.Add(ConfigParameterDefinition.CreateTextParameter("Script", "#"));
        }
        else if (page == ConfigParameterPage.RunStep)
        {
            found.Add(ConfigParameterDefinition.CreateFileParameter("File"));
        }

        return found;
    }

    ParameterValidationResult IMAExtensible2GetParametersEx.ValidateConfigParametersEx(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page,
        int pageNumber)
    {
        return parameters["Host"].Value == "bad"
            ? new ParameterValidationResult(
                ParameterValidationResultCode.Failure, "no such host", "Host")
            : new ParameterValidationResult();
    }
}

/// <summary>Reads lazily, page by page, some of them null or empty.</summary>
public class Importing : IMAExtensible2CallImport
{
    private IEnumerator<CSEntryChange> source;
    private int call;

    int IMAExtensible2CallImport.ImportDefaultPageSize
    {
        get { return 2; }
    }

    int IMAExtensible2CallImport.ImportMaxPageSize
    {
        get { return 2; }
    }

    OpenImportConnectionResults IMAExtensible2CallImport.OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        string told = string.Join("|", parameters.OrderBy(each => each.Name).Select(
            each => each.Name + "=" + (each.IsEncrypted
                ? "secret of " + each.SecureValue.Length
                : each.Value)));
        source = Entries(told, step.ImportType == OperationType.Delta).GetEnumerator();
        return new OpenImportConnectionResults();
    }

    GetImportEntriesResults IMAExtensible2CallImport.GetImportEntries(GetImportEntriesRunStep step)
    {
        call++;
        if (call == 1)
        {
            return new GetImportEntriesResults { MoreToImport = true };
        }

        if (call == 2)
        {
            return new GetImportEntriesResults("at 2", true, new List<CSEntryChange>());
        }

        List<CSEntryChange> page = new List<CSEntryChange>();
        while (page.Count < 2 && source.MoveNext())
        {
            page.Add(source.Current);
        }

        return new GetImportEntriesResults(step.CustomData + "+", page.Count == 2, page);
    }

    CloseImportConnectionResults IMAExtensible2CallImport.CloseImportConnection(
        CloseImportConnectionRunStep step)
    {
        return new CloseImportConnectionResults();
    }

    private static IEnumerable<CSEntryChange> Entries(string told, bool delta)
    {
        // The anchor here, there, and in both places.
        CSEntryChange first = Entry(ObjectModificationType.Add);
        first.AnchorAttributes.Add(AnchorAttribute.Create("id", 1L));
        first.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("name", told));
        yield return first;
        CSEntryChange second = Entry(ObjectModificationType.Add);
        second.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("id", 2));
        second.AttributeChanges.Add(
            AttributeChange.CreateAttributeAdd("mail", new List<object>()));
        yield return second;
        CSEntryChange third = Entry(ObjectModificationType.Add);
        third.AnchorAttributes.Add(AnchorAttribute.Create("id", (short)3));
        third.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("id", 3L));
        third.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("mail", "one@x"));
        yield return third;

        // What is no value, and what is no entry, fails by itself.
        CSEntryChange bad = Entry(ObjectModificationType.Add);
        bad.AnchorAttributes.Add(AnchorAttribute.Create("id", 4L));
        bad.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("name", new DateTime(2020, 1, 1)));
        yield return bad;
        yield return null;
        CSEntryChange failed = Entry(ObjectModificationType.Add);
        failed.AnchorAttributes.Add(AnchorAttribute.Create("id", 6L));
        failed.ErrorCodeImport = MAImportError.ImportErrorCustomContinueRun;
        failed.ErrorName = "locked";
        failed.ErrorDetail = "the row is locked";
        yield return failed;
        if (delta)
        {
            CSEntryChange update = Entry(ObjectModificationType.Update);
            update.AttributeChanges.Add(AttributeChange.CreateAttributeReplace("id", 1L));
            update.AttributeChanges.Add(AttributeChange.CreateAttributeUpdate(
                "mail",
                new List<ValueChange>
                {
                    ValueChange.CreateValueAdd("new@x"), ValueChange.CreateValueDelete("old@x"),
                }));
            update.AttributeChanges.Add(AttributeChange.CreateAttributeDelete("name"));
            yield return update;
            CSEntryChange delete = Entry(ObjectModificationType.Delete);
            delete.AnchorAttributes.Add(AnchorAttribute.Create("id", 2L));
            yield return delete;
            throw new DroppedConnectionException("lost in the middle");
        }
    }

    private static CSEntryChange Entry(ObjectModificationType kind)
    {
        CSEntryChange entry = CSEntryChange.Create();
        entry.ObjectType = "person";
        entry.ObjectModificationType = kind;
        return entry;
    }
}

/// <summary>Writes, and answers in all the ways there are.</summary>
public class Exporting : IMAExtensible2CallExport
{
    int IMAExtensible2CallExport.ExportDefaultPageSize
    {
        get { return 10; }
    }

    int IMAExtensible2CallExport.ExportMaxPageSize
    {
        get { return 10; }
    }

    void IMAExtensible2CallExport.OpenExportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenExportConnectionRunStep step)
    {
        if (parameters["File"].Value != string.Empty)
        {
            throw new FailedConnectionException("no " + parameters["File"].Value);
        }
    }

    PutExportEntriesResults IMAExtensible2CallExport.PutExportEntries(IList<CSEntryChange> changes)
    {
        List<CSEntryChangeResult> results = new List<CSEntryChangeResult>();
        foreach (CSEntryChange each in changes.Reverse())
        {
            string name = (string)each.AttributeChanges["name"].ValueChanges[0].Value;
            List<AttributeChange> anchor = new List<AttributeChange>
            {
                AttributeChange.CreateAttributeAdd("id", (long)name.Length),
            };
            switch (name)
            {
                case "silent":
                    break;
                case "anchored":
                    results.Add(CSEntryChangeResult.Create(
                        each.Identifier, anchor, MAExportError.Success));
                    break;
                case "both":
                    results.Add(CSEntryChangeResult.Create(
                        each.Identifier,
                        anchor,
                        MAExportError.ExportErrorCustomContinueRun,
                        "half-done",
                        "made, but not in its group"));
                    break;
                case "told":
                    results.Add(CSEntryChangeResult.Create(
                        each.Identifier,
                        null,
                        MAExportError.ExportErrorInvalidAttributeValue,
                        "told",
                        Told(each)));
                    break;
                case "thrown":
                    throw new UnexpectedDataException("not one of these");
            }
        }

        return results.Count == 0
            ? new PutExportEntriesResults()
            : new PutExportEntriesResults(results);
    }

    void IMAExtensible2CallExport.CloseExportConnection(CloseExportConnectionRunStep step)
    {
    }

    // As connectors do: by the type, and by whether there may be several values.
    private static string Told(CSEntryChange entry)
    {
        string told = "DN '" + entry.DN.ToString() + "'";
        foreach (AttributeChange each in entry.AttributeChanges)
        {
            told += ", " + each.Name + " " + each.DataType + (each.IsMultiValued ? " many" : " one");
        }

        return told;
    }
}
