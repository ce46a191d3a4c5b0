using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using Microsoft.MetadirectoryServices;

/// <summary>Answers with what no connector should, by the name in its parameter.</summary>
public class Lies :
    IMAExtensible2GetParameters,
    IMAExtensible2GetSchema,
    IMAExtensible2GetCapabilitiesEx,
    IMAExtensible2GetPartitions,
    IMAExtensible2GetHierarchy,
    IMAExtensible2CallImport
{
    private string lie;

    public int ImportDefaultPageSize
    {
        get { return 10; }
    }

    public int ImportMaxPageSize
    {
        get { return 10; }
    }

    public MACapabilities GetCapabilitiesEx(KeyedCollection<string, ConfigParameter> parameters)
    {
        MACapabilities found = new MACapabilities
        {
            DistinguishedNameStyle = MADistinguishedNameStyle.None,
            ExportType = MAExportType.AttributeUpdate,
        };
        if (parameters["Lie"].Value == "export type")
        {
            found.ExportType = (MAExportType)99;
        }

        return found;
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
            null,
            ConfigParameterDefinition.CreateStringParameter("Lie", string.Empty),
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
        person.Attributes.Add(SchemaAttribute.CreateAnchorAttribute("id", AttributeType.String));
        person.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("n", AttributeType.String));
        person.Attributes.Add(
            SchemaAttribute.CreateMultiValuedAttribute("many", AttributeType.String));
        if (parameters["Lie"].Value == "attribute type")
        {
            person.Attributes.Add(
                SchemaAttribute.CreateSingleValuedAttribute("x", (AttributeType)77));
        }

        schema.Types.Add(person);
        return schema;
    }

    public IList<Partition> GetPartitions(KeyedCollection<string, ConfigParameter> parameters)
    {
        return parameters["Lie"].Value == "null partition" ? new Partition[] { null } : null;
    }

    public IList<HierarchyNode> GetHierarchy(
        KeyedCollection<string, ConfigParameter> parameters,
        HierarchyNode parent)
    {
        return parameters["Lie"].Value == "null node"
            ? new HierarchyNode[] { null }
            : new[] { HierarchyNode.Create("same", "same") };
    }

    public OpenImportConnectionResults OpenImportConnection(
        KeyedCollection<string, ConfigParameter> parameters,
        Schema types,
        OpenImportConnectionRunStep step)
    {
        lie = parameters["Lie"].Value;
        return null;
    }

    public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep step)
    {
        switch (lie)
        {
            case "null page":
                return null;
            case "huge page":
                return Page(Enumerable.Range(0, 200000).Select(each => Person("p" + each)).ToList());
            case "huge value":
                return Page(Person("1", "n", new string('x', 100000000)), Person("2"));
            case "huge values":
                return Page(
                    Person("1", "many", Repeated(new string('x', 100000000), 3)), Person("2"));
            case "huge bytes":
                return Page(Person("1", "n", new byte[300000000]), Person("2"));
            case "count":
                return Page(new Liar(int.MaxValue, null));
            case "negative count":
                return Page(new Liar(-1, null));
            case "count that throws":
                return Page(new Liar(0, new InvalidOperationException("no count")));
            case "null anchor":
                CSEntryChange hollow = Entry();
                hollow.AnchorAttributes.Add(AnchorAttribute.Create("id", null));
                return Page(hollow, Person("2"));
            case "no anchor":
                return Page(Entry(), Person("2"));
            case "no type":
                CSEntryChange untyped = Person("1");
                untyped.ObjectType = null;
                return Page(untyped, Person("2"));
            case "unknown type":
                CSEntryChange strange = Person("1");
                strange.ObjectType = "martian";
                return Page(strange, Person("2"));
            case "unconfigured":
                CSEntryChange none = CSEntryChange.Create();
                return Page(none, Person("2"));
            case "half name":
                return Page(Person("1", "half \uD800", "x"), Person("2"));
            case "long page":
                string part = new string('x', 30000000);
                return Page(
                    Enumerable.Range(0, 10).Select(each => Person("p" + each, "n", part)).ToList());
            case "own class":
                return Page(new Own(), Person("2"));
            case "silence in an entry":
                return Page(
                    new Own { ObjectModificationType = ObjectModificationType.Delete, Speaks = false },
                    Person("2"));
            case "silence":
                throw new Silence();
        }

        return Page(Person("1"));
    }

    public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep step)
    {
        return null;
    }

    private static GetImportEntriesResults Page(params CSEntryChange[] entries)
    {
        return Page((IList<CSEntryChange>)entries);
    }

    private static GetImportEntriesResults Page(IList<CSEntryChange> entries)
    {
        return new GetImportEntriesResults(null, false, entries);
    }

    private static CSEntryChange Entry()
    {
        CSEntryChange entry = CSEntryChange.Create();
        entry.ObjectType = "person";
        entry.ObjectModificationType = ObjectModificationType.Add;
        return entry;
    }

    private static CSEntryChange Person(string id)
    {
        CSEntryChange entry = Entry();
        entry.AnchorAttributes.Add(AnchorAttribute.Create("id", id));
        return entry;
    }

    private static CSEntryChange Person(string id, string name, object value)
    {
        CSEntryChange entry = Person(id);
        entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd(name, value));
        return entry;
    }

    private static CSEntryChange Person(string id, string name, IList<object> values)
    {
        CSEntryChange entry = Person(id);
        entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd(name, values));
        return entry;
    }

    private static IList<object> Repeated(object value, int count)
    {
        return Enumerable.Repeat(value, count).ToList();
    }

    /// <summary>An entry that is none of the contract's, of which nothing can be read.</summary>
    private sealed class Own : CSEntryChange
    {
        internal bool Speaks = true;

        public override ObjectModificationType ObjectModificationType { get; set; }

        public override IList<string> ChangedAttributeNames
        {
            get { throw new NotImplementedException(); }
        }

        public override Guid Identifier
        {
            get { throw new NotImplementedException(); }
        }

        public override string DN { get; set; }

        public override string RDN
        {
            get { return null; }
        }

        public override string ObjectType { get; set; }

        public override MAImportError ErrorCodeImport { get; set; }

        public override KeyedCollection<string, AttributeChange> AttributeChanges
        {
            get
            {
                if (Speaks)
                {
                    return null;
                }

                throw new Silence();
            }
        }

        public override KeyedCollection<string, AnchorAttribute> AnchorAttributes
        {
            get { throw new Silence(); }
        }

        public override string ErrorName { get; set; }

        public override string ErrorDetail { get; set; }
    }

    /// <summary>An exception that has nothing to say, and raises another one when it is asked.</summary>
    private sealed class Silence : Exception
    {
        public override string Message
        {
            get { throw this; }
        }

        public override string StackTrace
        {
            get { throw this; }
        }

        public override string ToString()
        {
            throw this;
        }
    }

    /// <summary>A list that has other entries than it says.</summary>
    private sealed class Liar : IList<CSEntryChange>
    {
        private readonly int count;
        private readonly Exception error;
        private readonly CSEntryChange[] entries;

        public Liar(int count, Exception error, params CSEntryChange[] entries)
        {
            this.count = count;
            this.error = error;
            this.entries = entries;
        }

        public int Count
        {
            get
            {
                if (error != null)
                {
                    throw error;
                }

                return count;
            }
        }

        public bool IsReadOnly
        {
            get { return true; }
        }

        public CSEntryChange this[int index]
        {
            get { return entries[index]; }
            set { throw new NotSupportedException(); }
        }

        public IEnumerator<CSEntryChange> GetEnumerator()
        {
            return ((IEnumerable<CSEntryChange>)entries).GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        public int IndexOf(CSEntryChange item)
        {
            return -1;
        }

        public void Insert(int index, CSEntryChange item)
        {
        }

        public void RemoveAt(int index)
        {
        }

        public void Add(CSEntryChange item)
        {
        }

        public void Clear()
        {
        }

        public bool Contains(CSEntryChange item)
        {
            return false;
        }

        public void CopyTo(CSEntryChange[] array, int index)
        {
        }

        public bool Remove(CSEntryChange item)
        {
            return false;
        }
    }
}
