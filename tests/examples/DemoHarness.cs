using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using Demo;
using Microsoft.MetadirectoryServices;

/// <summary>Calls the demo connector as a host does, and tells what came of it.</summary>
public static class DemoHarness
{
    private static readonly List<string> Told = new List<string>();
    private static ConfigParameterKeyedCollection parameters;

    public static string[] Run(string folder, string what, string watermark)
    {
        Told.Clear();
        parameters = new ConfigParameterKeyedCollection
        {
            new ConfigParameter("Folder", folder),
            new ConfigParameter("Pepper", Secret("pepper")),
            new ConfigParameter("Check references", "1"),
        };
        switch (what)
        {
            case "describe": Describe(); break;
            case "full": Import(OperationType.Full, null); break;
            case "delta": Import(OperationType.Delta, watermark); break;
            case "export": Export(); break;
            case "keys": Keys(); break;
            case "passwords": SetPasswords(); break;
        }

        return Told.ToArray();
    }

    private static void Keys()
    {
        Exported(Entry(ObjectModificationType.Delete, "person", "P0003"), Named("dee"));
        Exported(Entry(ObjectModificationType.Delete, "person", "P0004"));
        Exported(Named("eva"));
    }

    private static void Describe()
    {
        DemoConnector made = new DemoConnector();
        foreach (ConfigParameterPage page in Enum.GetValues(typeof(ConfigParameterPage)))
        {
            foreach (ConfigParameterDefinition each in made.GetConfigParameters(parameters, page))
            {
                Told.Add(page + " " + each.Type + " " + (each.Name ?? each.Text));
            }
        }

        Told.Add(made.ValidateConfigParameters(parameters, ConfigParameterPage.Connectivity).ErrorMessage ?? "valid");
        foreach (SchemaType type in made.GetSchema(parameters).Types)
        {
            Told.Add(type.Name + ": " + string.Join(" ", type.Attributes.Select(each => each.Name)));
        }
    }

    private static void Import(OperationType kind, string watermark)
    {
        DemoConnector made = new DemoConnector();
        made.OpenImportConnection(
            parameters,
            made.GetSchema(parameters),
            new OpenImportConnectionRunStep(null, kind, 2, watermark, null, null));
        bool more = true;
        while (more)
        {
            GetImportEntriesResults page = made.GetImportEntries(new GetImportEntriesRunStep());
            Told.Add("page of " + page.CSEntries.Count);
            foreach (CSEntryChange each in page.CSEntries)
            {
                Told.Add(Shown(each));
            }

            more = page.MoreToImport;
        }

        Told.Add("watermark " + made.CloseImportConnection(new CloseImportConnectionRunStep()).CustomData);
    }

    private static string Shown(CSEntryChange entry)
    {
        IEnumerable<string> values = entry.AttributeChanges.Select(each =>
            each.Name + "=" + string.Join("|", each.ValueChanges.Select(one => one.Value.ToString())));
        string error = entry.ErrorCodeImport == MAImportError.Success ? "" : " " + entry.ErrorCodeImport;
        return entry.ObjectModificationType + " " + entry.ObjectType + " "
            + entry.AnchorAttributes["id"].Value + " " + string.Join(" ", values) + error;
    }

    private static void Export()
    {
        CSEntryChange added = Named("ada");
        added.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("active", true));
        added.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("room", 12L));
        CSEntryChange taken = Named("ANN");
        CSEntryChange changed = Entry(ObjectModificationType.Update, "person", "P0001");
        changed.AttributeChanges.Add(AttributeChange.CreateAttributeReplace("title", "Head, \"of\" all"));
        changed.AttributeChanges.Add(AttributeChange.CreateAttributeDelete("room"));
        changed.AttributeChanges.Add(AttributeChange.CreateAttributeUpdate(
            "phones",
            new List<ValueChange> { ValueChange.CreateValueAdd("+3"), ValueChange.CreateValueDelete("+1") }));
        CSEntryChange stray = Entry(ObjectModificationType.Update, "group", "G0001");
        stray.AttributeChanges.Add(new Microsoft.MetadirectoryServices.DetachedObjectModel.AttributeChangeDetached(
            "members",
            AttributeModificationType.Update,
            new List<ValueChange> { ValueChange.CreateValueAdd("P9999") },
            AttributeType.Reference,
            true,
            false));
        Exported(
            added,
            taken,
            changed,
            stray,
            Entry(ObjectModificationType.Delete, "person", "P0002"),
            Entry(ObjectModificationType.Delete, "person", "P0777"));
    }

    private static void Exported(params CSEntryChange[] batch)
    {
        DemoConnector made = new DemoConnector();
        made.OpenExportConnection(
            parameters, made.GetSchema(parameters), new OpenExportConnectionRunStep());
        foreach (CSEntryChangeResult each in made.PutExportEntries(batch).CSEntryChangeResults)
        {
            string anchor = string.Concat(each.AnchorAttributes.Select(one => " " + one.ValueChanges[0].Value));
            Told.Add(each.ErrorCode + anchor + " " + each.ErrorDetail);
        }

        made.CloseExportConnection(new CloseExportConnectionRunStep(CloseReason.Normal));
    }

    private static CSEntryChange Named(string login)
    {
        CSEntryChange entry = Entry(ObjectModificationType.Add, "person", null);
        entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("login", login));
        return entry;
    }

    private static CSEntryChange Entry(ObjectModificationType kind, string type, string id)
    {
        CSEntryChange entry = CSEntryChange.Create();
        entry.ObjectModificationType = kind;
        entry.ObjectType = type;
        if (id != null)
        {
            entry.AnchorAttributes.Add(AnchorAttribute.Create("id", id));
        }

        return entry;
    }

    private static void SetPasswords()
    {
        DemoConnector made = new DemoConnector();
        made.OpenPasswordConnection(parameters, null);
        Told.Add(made.GetConnectionSecurityLevel().ToString());
        Try(() => made.SetPassword(new Person("P0001"), Secret("correct horse"), PasswordOptions.None));
        Try(() => made.SetPassword(new Person("P0001"), Secret("short"), PasswordOptions.None));
        Try(() => made.SetPassword(new Person("P0777"), Secret("correct horse"), PasswordOptions.None));
        Try(() => made.ChangePassword(new Person("P0001"), Secret("wrong horse"), Secret("battery staple")));
        Try(() => made.ChangePassword(new Person("P0001"), Secret("correct horse"), Secret("battery staple")));
        made.ClosePasswordConnection();
    }

    private static void Try(Action action)
    {
        try
        {
            action();
            Told.Add("done");
        }
        catch (ExtensionException error)
        {
            Told.Add(error.GetType().Name);
        }
    }

    private static SecureString Secret(string text)
    {
        SecureString secret = new SecureString();
        text.ToList().ForEach(secret.AppendChar);
        return secret;
    }

    private sealed class Person : CSEntry
    {
        private readonly string id;

        public Person(string id)
        {
            this.id = id;
        }

        public override ReferenceValue DN { get; set; }

        public override string RDN { get; set; }

        public override ValueCollection ObjectClass { get; set; }

        public override string ObjectType { get { return "person"; } }

        public override ConnectionState ConnectionState { get { return ConnectionState.Connected; } }

        public override ManagementAgent MA { get { return null; } }

        public override RuleType ConnectionRule { get { return RuleType.Unknown; } }

        public override DateTime ConnectionChangeTime { get { return DateTime.MinValue; } }

        public override Attrib this[string attributeName] { get { return new Key(attributeName, id); } }

        public override AttributeNameEnumerator GetEnumerator() { return null; }

        public override void Deprovision() { }

        public override void CommitNewConnector() { }

        public override string ToString() { return id; }
    }

    private sealed class Key : Attrib
    {
        private readonly string name;

        public Key(string name, string value)
        {
            this.name = name;
            Value = value;
        }

        public override string Name { get { return name; } }

        public override AttributeType DataType { get { return AttributeType.String; } }

        public override bool IsPresent { get { return true; } }

        public override bool IsMultivalued { get { return false; } }

        public override ValueCollection Values { get; set; }

        public override string Value { get; set; }

        public override string StringValue { get; set; }

        public override ReferenceValue ReferenceValue { get; set; }

        public override byte[] BinaryValue { get; set; }

        public override long IntegerValue { get; set; }

        public override bool BooleanValue { get; set; }

        public override DateTime LastContributionTime { get { return DateTime.MinValue; } }

        public override ManagementAgent LastContributingMA { get { return null; } }

        public override void Delete() { }
    }
}
