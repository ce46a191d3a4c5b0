using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Reflection;
using Microsoft.MetadirectoryServices;

/// <summary>Touches what connectors touch, each thing lightly, and tells what came of it.</summary>
public partial class Touches :
    IMAExtensible2GetParameters,
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilities,
    IMAExtensible2CallImport
{
    private static string server;
    private string[] wanted;

    public MACapabilities Capabilities
    {
        get { return new MACapabilities { DistinguishedNameStyle = MADistinguishedNameStyle.None }; }
    }

    public int ImportDefaultPageSize
    {
        get { return 1000; }
    }

    public int ImportMaxPageSize
    {
        get { return 1000; }
    }

    public IList<ConfigParameterDefinition> GetConfigParameters(
        KeyedCollection<string, ConfigParameter> parameters,
        ConfigParameterPage page)
    {
        return page != ConfigParameterPage.Connectivity ? null : new[]
        {
            ConfigParameterDefinition.CreateTextParameter("Touches"),
            ConfigParameterDefinition.CreateStringParameter("Server", string.Empty),
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
        SchemaType touch = SchemaType.Create("touch", true);
        touch.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("name", AttributeType.String));
        touch.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("told", AttributeType.String));
        Schema schema = Schema.Create();
        schema.Types.Add(touch);
        return schema;
    }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        wanted = parameters["Touches"].Value.Split(',');
        server = parameters["Server"].Value;
        return null;
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        List<CSEntryChange> entries = new List<CSEntryChange>();
        foreach (string name in wanted)
        {
            CSEntryChange entry = CSEntryChange.Create();
            entry.ObjectType = "touch";
            entry.ObjectModificationType = ObjectModificationType.Add;
            entry.AnchorAttributes.Add(AnchorAttribute.Create("name", name));
            entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("told", Told(name)));
            entries.Add(entry);
        }

        return new GetImportEntriesResults(null, false, entries);
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        return null;
    }

    // What is missing is met while a method is compiled: each touch is a method of its own.
    private static string Told(string name)
    {
        try
        {
            return "works: " + typeof(Touches)
                .GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static).Invoke(null, null);
        }
        catch (TargetInvocationException error)
        {
            string told = string.Empty;
            for (Exception each = error.InnerException; each != null; each = each.InnerException)
            {
                told += " < " + each.GetType().Name + ": " + each.Message;
            }

            return "fails" + told;
        }
    }

    // What is otherwise is no error of the runtime's: the connector would go on with it.
    private static string Noticed(string found, string wanted)
    {
        if (found != wanted)
        {
            throw new UnnoticedException(found ?? "nothing");
        }

        return found;
    }

    private class UnnoticedException : Exception
    {
        public UnnoticedException(string text)
            : base(text)
        {
        }
    }
}
