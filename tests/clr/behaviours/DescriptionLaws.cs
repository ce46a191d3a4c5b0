using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using Microsoft.MetadirectoryServices;

public static class DescriptionLaws
{
    private const AttributeType Text = AttributeType.String;

    /// <summary>New capabilities are those of a connector that says nothing of itself.</summary>
    public static void CapabilitiesHaveDefaults()
    {
        MACapabilities made = new MACapabilities();
        Check.Equal(MADistinguishedNameStyle.Generic, made.DistinguishedNameStyle);
        Check.Equal(true, made.ObjectRename);
        Check.Equal(false, made.NoReferenceValuesInFirstExport);
        Check.Equal(true, made.DeltaImport);
        Check.Equal(true, made.ConcurrentOperation);
        Check.Equal(true, made.DeleteAddAsReplace);
        Check.Equal(false, made.ExportPasswordInFirstPass);
        Check.Equal(false, made.FullExport);
        Check.Equal(MAObjectConfirmation.Normal, made.ObjectConfirmation);
        Check.Equal(MAExportType.ObjectReplace, made.ExportType);
        Check.Equal(MANormalizations.None, made.Normalizations);
        Check.Equal(false, made.IsDNAsAnchor);
        Check.Equal(true, made.SupportImport);
        Check.Equal(true, made.SupportExport);
        Check.Equal(true, made.SupportPartitions);
        Check.Equal(true, made.SupportPassword);
        Check.Equal(true, made.SupportHierarchy);
    }

    /// <summary>Every capability keeps what it is set to.</summary>
    public static void CapabilitiesCanBeSet()
    {
        MACapabilities made = new MACapabilities();
        foreach (System.Reflection.PropertyInfo property in typeof(MACapabilities).GetProperties())
        {
            object other = property.PropertyType == typeof(bool)
                ? !(bool)property.GetValue(made, null)
                : Enum.GetValues(property.PropertyType).Cast<object>().Last();
            property.SetValue(made, other, null);
            Check.Equal(other, property.GetValue(made, null));
        }
    }

    private static void Defined(
        ConfigParameterDefinition made,
        ConfigParameterType type,
        string name,
        string text,
        string validation,
        string defaultValue,
        bool checkBox,
        bool extensible)
    {
        Check.Equal(type, made.Type);
        Check.Equal(name, made.Name);
        Check.Equal(text, made.Text);
        Check.Equal(validation, made.Validation);
        Check.Equal(defaultValue, made.DefaultValue);
        Check.Equal(checkBox, made.CheckBoxDefault);
        Check.Equal(extensible, made.DropDownExtensible);
    }

    /// <summary>Each factory fills what its kind of parameter has.</summary>
    public static void ParametersHoldWhatTheirKindHas()
    {
        ConfigParameterType encrypted = ConfigParameterType.EncryptedString;
        ConfigParameterType list = ConfigParameterType.DropDown;
        ConfigParameterType box = ConfigParameterType.CheckBox;
        Defined(ConfigParameterDefinition.CreateStringParameter("n", "["), 0, "n", null, "[", null, false, false);
        Defined(ConfigParameterDefinition.CreateStringParameter("n", "v", "d"), 0, "n", null, "v", "d", false, false);
        Defined(ConfigParameterDefinition.CreateEncryptedStringParameter("n", "v"), encrypted, "n", null, "v", null, false, false);
        Defined(ConfigParameterDefinition.CreateEncryptedStringParameter("n", "v", "d"), encrypted, "n", null, "v", "d", false, false);
        Defined(ConfigParameterDefinition.CreateTextParameter("n"), ConfigParameterType.Text, "n", null, null, null, false, false);
        Defined(ConfigParameterDefinition.CreateTextParameter("n", "d"), ConfigParameterType.Text, "n", null, null, "d", false, false);
        Defined(ConfigParameterDefinition.CreateLabelParameter("t"), ConfigParameterType.Label, null, "t", null, null, false, false);
        Defined(ConfigParameterDefinition.CreateDividerParameter(), ConfigParameterType.Divider, null, null, null, null, false, false);
        Defined(ConfigParameterDefinition.CreateFileParameter("n"), ConfigParameterType.File, "n", null, null, null, false, false);
        Defined(ConfigParameterDefinition.CreateFileParameter("n", "d"), ConfigParameterType.File, "n", null, null, "d", false, false);
        Defined(ConfigParameterDefinition.CreateCheckBoxParameter("n"), box, "n", null, null, string.Empty, false, false);
        Defined(ConfigParameterDefinition.CreateCheckBoxParameter("n", true), box, "n", null, null, "1", true, false);
        Defined(ConfigParameterDefinition.CreateCheckBoxParameter("n", false), box, "n", null, null, string.Empty, false, false);
        Defined(ConfigParameterDefinition.CreateDropDownParameter("n", "a,b", true), list, "n", null, "a,b", null, false, true);
        Defined(ConfigParameterDefinition.CreateDropDownParameter("n", "a,b", false, "z"), list, "n", null, "a,b", "z", false, false);
        Defined(new ConfigParameterDefinition(), 0, null, null, null, null, false, false);
    }

    /// <summary>An array of choices becomes one text, with escaped commas and one at the end.</summary>
    public static void ChoicesAreJoined()
    {
        ConfigParameterDefinition made = ConfigParameterDefinition.CreateDropDownParameter(
            "n", new[] { "a", "b,c" }, true, "a");
        Defined(made, ConfigParameterType.DropDown, "n", null, "a,b\\,c,", "a", false, true);
        Check.Equal(
            "a,b,",
            ConfigParameterDefinition.CreateDropDownParameter("n", new[] { "a", "b" }, false).Validation);
        Check.Raises<ArgumentNullException>(() =>
            ConfigParameterDefinition.CreateDropDownParameter("n", (string[])null, true));
        Check.Raises<NullReferenceException>(() =>
            ConfigParameterDefinition.CreateDropDownParameter("n", new string[] { null }, true));
    }

    /// <summary>A value is read through the door that it came in by, and through no other.</summary>
    public static void ValuesHaveOneDoor()
    {
        ConfigParameter plain = new ConfigParameter("n", "v");
        Check.Equal("n", plain.Name);
        Check.Equal("v", plain.Value);
        Check.Equal(false, plain.IsEncrypted);
        Check.Raises<InvalidOperationException>(() => { object unused = plain.SecureValue; });

        SecureString secret = new SecureString();
        ConfigParameter secured = new ConfigParameter("n", secret);
        Check.Equal("n", secured.Name);
        Check.Equal(secret, secured.SecureValue);
        Check.Equal(true, secured.IsEncrypted);
        Check.Raises<InvalidOperationException>(() => { object unused = secured.Value; });

        ConfigParameter old = new ConfigParameter("n", "v", true);
        Check.Equal("v", old.Value);
        Check.Equal(true, old.IsEncrypted);
        Check.Raises<InvalidOperationException>(() => { object unused = old.SecureValue; });
    }

    /// <summary>Parameters are found by their exact name, once each.</summary>
    public static void ParametersAreFoundByName()
    {
        ConfigParameterKeyedCollection all = new ConfigParameterKeyedCollection();
        all.Add(new ConfigParameter("Host", "a"));
        all.Add(new ConfigParameter("host", "b"));
        Check.Equal("a", all["Host"].Value);
        Check.Raises<KeyNotFoundException>(() => { object unused = all["HOST"]; });
        Check.Raises<ArgumentException>(() => all.Add(new ConfigParameter("host", "c")));
    }

    /// <summary>A validation that says nothing has succeeded.</summary>
    public static void ValidationSucceedsByDefault()
    {
        ParameterValidationResult good = new ParameterValidationResult();
        Check.Equal(ParameterValidationResultCode.Success, good.Code);
        Check.Equal(null, good.ErrorMessage);
        ParameterValidationResult bad = new ParameterValidationResult(
            ParameterValidationResultCode.Failure, "why", "which");
        Check.Equal(ParameterValidationResultCode.Failure, bad.Code);
        Check.Equal("why", bad.ErrorMessage);
        Check.Equal("which", bad.ErrorParameter);
    }

    /// <summary>An anchor has one value, and is neither Boolean nor a reference; no Boolean has many.</summary>
    public static void SomeAttributesCannotBe()
    {
        Check.Raises<NotSupportedException>(() =>
            SchemaAttribute.CreateAnchorAttribute("a", AttributeType.Boolean));
        Check.Raises<NotSupportedException>(() =>
            SchemaAttribute.CreateAnchorAttribute("a", AttributeType.Reference));
        Check.Raises<NotSupportedException>(() =>
            SchemaAttribute.CreateMultiValuedAttribute("a", AttributeType.Boolean));
        SchemaAttribute anchor = SchemaAttribute.CreateAnchorAttribute("a", AttributeType.Binary);
        Check.Equal(true, anchor.IsAnchor);
        Check.Equal(false, anchor.IsMultiValued);
        Check.Equal(AttributeType.Binary, anchor.DataType);
        Check.Equal(AttributeOperation.ImportExport, anchor.AllowedAttributeOperation);
        SchemaAttribute odd = SchemaAttribute.CreateSingleValuedAttribute(
            null, (AttributeType)77, AttributeOperation.ExportOnly);
        Check.Equal(null, odd.Name);
        Check.Equal(AttributeOperation.ExportOnly, odd.AllowedAttributeOperation);
    }

    /// <summary>Attributes are equal by name, type, number and operation; so are their hash codes.</summary>
    public static void AttributesAreEqualByValue()
    {
        SchemaAttribute one = SchemaAttribute.CreateSingleValuedAttribute("a", Text);
        SchemaAttribute hidden = SchemaAttribute.CreateSingleValuedAttribute("a", Text);
        hidden.HiddenByDefault = true;
        HashSet<SchemaAttribute> set = new HashSet<SchemaAttribute>
        {
            one, hidden, SchemaAttribute.CreateAnchorAttribute("a", Text),
        };
        Check.Equal(1, set.Count);
        set.Add(SchemaAttribute.CreateSingleValuedAttribute("A", Text));
        set.Add(SchemaAttribute.CreateSingleValuedAttribute("a", AttributeType.Integer));
        set.Add(SchemaAttribute.CreateMultiValuedAttribute("a", Text));
        set.Add(SchemaAttribute.CreateSingleValuedAttribute("a", Text, AttributeOperation.ImportOnly));
        Check.Equal(5, set.Count);
        Check.Equal(false, one.Equals(null));
    }

    private static Schema Of(params SchemaType[] types)
    {
        Schema schema = Schema.Create();
        foreach (SchemaType type in types)
        {
            schema.Types.Add(type);
        }

        return schema;
    }

    private static SchemaType Type(string name, bool locked, params SchemaAttribute[] attributes)
    {
        SchemaType type = SchemaType.Create(name, locked);
        foreach (SchemaAttribute attribute in attributes)
        {
            type.Attributes.Add(attribute);
        }

        return type;
    }

    /// <summary>A schema is valid when names mean one thing and locked types have an anchor.</summary>
    public static void SchemasAreValidated()
    {
        SchemaAttribute single = SchemaAttribute.CreateSingleValuedAttribute("a", Text);
        SchemaAttribute anchor = SchemaAttribute.CreateAnchorAttribute("a", Text);
        SchemaAttribute many = SchemaAttribute.CreateMultiValuedAttribute("a", Text);
        Check.Equal(true, new Schema().Validate());
        Check.Equal(true, Of(Type("t", false)).Validate());
        Check.Equal(true, Of(Type("t", true, anchor)).Validate());
        Check.Equal(false, Of(Type("t", true, single)).Validate());
        Check.Equal(true, Of(Type("t", false, single), Type("u", false, anchor)).Validate());
        Check.Equal(false, Of(Type("t", false, single), Type("u", false, many)).Validate());
    }

    /// <summary>The anchors of a type are a view: computed, and closed to additions.</summary>
    public static void AnchorsAreAView()
    {
        SchemaAttribute anchor = SchemaAttribute.CreateAnchorAttribute("id", Text);
        SchemaType type = Type("t", true, SchemaAttribute.CreateSingleValuedAttribute("a", Text));
        Check.Equal("t", type.Name);
        Check.Equal(true, type.Locked);
        Check.Equal(0, type.AnchorAttributes.Count);
        type.Attributes.Add(anchor);
        Check.Equal(anchor, type.AnchorAttributes["id"]);
        Check.Raises<NotSupportedException>(() => type.AnchorAttributes.Add(anchor));
        Check.Raises<NotSupportedException>(() => type.AnchorAttributes.Clear());
        Check.Raises<NotSupportedException>(() => type.AnchorAttributes.RemoveAt(0));
        Check.Raises<NotSupportedException>(() => type.AnchorAttributes[0] = anchor);
    }

    /// <summary>A schema set read-only keeps its types and attributes; hiding and DN parts stay open.</summary>
    public static void ReadOnlyIsForGood()
    {
        SchemaAttribute anchor = SchemaAttribute.CreateAnchorAttribute("id", Text);
        Schema schema = Of(Type("t", false, anchor));
        schema.SetReadOnly();
        schema.SetReadOnly();
        SchemaType type = schema.Types["t"];
        Check.Equal(anchor, type.Attributes["id"]);
        Check.Raises<NotSupportedException>(() => schema.Types.Add(SchemaType.Create("u", false)));
        Check.Raises<NotSupportedException>(() => schema.Types.Clear());
        Check.Raises<NotSupportedException>(() => schema.Types.Remove("t"));
        Check.Raises<NotSupportedException>(() => schema.Types[0] = type);
        Check.Raises<NotSupportedException>(() => type.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("b", Text)));
        Check.Raises<NotSupportedException>(() => type.Attributes.Remove("id"));
        type.Attributes["id"].HiddenByDefault = true;
        Check.Equal(true, type.Attributes["id"].HiddenByDefault);
        type.PossibleDNComponentsForProvisioning.Add("ou");
        Check.Sequence(type.PossibleDNComponentsForProvisioning, "ou");
    }

    /// <summary>Types and attributes have names that are there once, by case.</summary>
    public static void NamesAreThereOnce()
    {
        Schema schema = Of(Type("t", false), Type("T", false));
        Check.Raises<ArgumentException>(() => schema.Types.Add(Type("t", true)));
        SchemaType type = Type("u", false, SchemaAttribute.CreateSingleValuedAttribute("a", Text));
        Check.Raises<ArgumentException>(() => type.Attributes.Add(
            SchemaAttribute.CreateSingleValuedAttribute("a", Text)));
        Check.Raises<KeyNotFoundException>(() => { object unused = type.Attributes["A"]; });
    }

    /// <summary>A partition without a DN is named by its identifier.</summary>
    public static void PartitionsHaveADn()
    {
        Guid identifier = Guid.NewGuid();
        Check.Equal(identifier.ToString(), Partition.Create(identifier, null).DN);
        Check.Equal(identifier.ToString(), Partition.Create(identifier, string.Empty, "n").DN);
        Partition made = Partition.Create(identifier, "dc=a", "n");
        Check.Equal(identifier, made.Identifier);
        Check.Equal("dc=a", made.DN);
        Check.Equal("n", made.Name);
        Check.Equal(false, made.HiddenByDefault);
        Check.Equal(string.Empty, Partition.Create(identifier, "dc=a").Name);
        Check.Equal(false, made.Equals(Partition.Create(identifier, "dc=a", "n")));
        HierarchyNode node = HierarchyNode.Create("ou=a", "A");
        Check.Equal("ou=a", node.DN);
        Check.Equal("A", node.DisplayName);
    }
}
