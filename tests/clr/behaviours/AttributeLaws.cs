using System;
using System.Collections.Generic;
using Microsoft.MetadirectoryServices;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

public static class AttributeLaws
{
    private static void Made(
        AttributeChange change,
        AttributeModificationType type,
        params object[] values)
    {
        Check.Equal("mail", change.Name);
        Check.Equal(type, change.ModificationType);
        Check.Equal(AttributeType.Undefined, change.DataType);
        Check.Equal(true, change.IsMultiValued);
        List<object> held = new List<object>();
        foreach (ValueChange value in change.ValueChanges)
        {
            Check.Equal(ValueModificationType.Add, value.ModificationType);
            held.Add(value.Value);
        }

        Check.Sequence(held, values);
    }

    /// <summary>A factory makes what its name says; an update with one value is a replacement.</summary>
    public static void FactoriesMakeWhatTheySay()
    {
        List<object> two = new List<object> { "a", 2L };
        Made(AttributeChange.CreateAttributeAdd("mail", "a"), AttributeModificationType.Add, "a");
        Made(AttributeChange.CreateAttributeAdd("mail", two), AttributeModificationType.Add, "a", 2L);
        Made(
            AttributeChange.CreateAttributeReplace("mail", true),
            AttributeModificationType.Replace,
            true);
        Made(
            AttributeChange.CreateAttributeReplace("mail", two),
            AttributeModificationType.Replace,
            "a",
            2L);
        Made(
            AttributeChange.CreateAttributeUpdate("mail", "a"),
            AttributeModificationType.Replace,
            "a");
        Made(
            AttributeChange.CreateAttributeUpdate("mail", new[] { ValueChange.CreateValueAdd("a") }),
            AttributeModificationType.Update,
            "a");
        Made(AttributeChange.CreateAttributeDelete("mail"), AttributeModificationType.Delete);
    }

    /// <summary>An array of objects or strings is a list of values, and an empty one has none.</summary>
    public static void ArraysAreListsOfValues()
    {
        Made(
            AttributeChange.CreateAttributeAdd("mail", new[] { "a", "b" }),
            AttributeModificationType.Add,
            "a",
            "b");
        Made(
            AttributeChange.CreateAttributeAdd("mail", new object[] { "a", 1L }),
            AttributeModificationType.Add,
            "a",
            1L);
        Made(
            AttributeChange.CreateAttributeReplace("mail", new object[0]),
            AttributeModificationType.Replace);
        byte[] bytes = { 1, 2 };
        Made(AttributeChange.CreateAttributeAdd("mail", bytes), AttributeModificationType.Add, bytes);
    }

    /// <summary>An update keeps how each of its values changes.</summary>
    public static void UpdatesKeepTheirValueChanges()
    {
        AttributeChange change = AttributeChange.CreateAttributeUpdate(
            "mail",
            new List<ValueChange>
            {
                ValueChange.CreateValueDelete("old"),
                ValueChangeFactory.CreateValueChange("new", ValueModificationType.Add),
                new ValueChange("odd", ValueModificationType.Unconfigured),
            });
        Check.Equal(AttributeModificationType.Update, change.ModificationType);
        Check.Equal(ValueModificationType.Delete, change.ValueChanges[0].ModificationType);
        Check.Equal("old", change.ValueChanges[0].Value);
        Check.Equal(ValueModificationType.Add, change.ValueChanges[1].ModificationType);
        Check.Equal("new", change.ValueChanges[1].Value);
        Check.Equal(ValueModificationType.Unconfigured, change.ValueChanges[2].ModificationType);
    }

    /// <summary>A new DN is a change of "DN" without a kind, with the new name as its value.</summary>
    public static void ANewDnIsAChangeOfDn()
    {
        AttributeChange change = AttributeChange.CreateNewDN("cn=b");
        Check.Equal("DN", DetachedUtils.DNAttributeName);
        Check.Equal("DN", change.Name);
        Check.Equal(AttributeModificationType.Unconfigured, change.ModificationType);
        Check.Equal(1, change.ValueChanges.Count);
        Check.Equal("cn=b", change.ValueChanges[0].Value);
        Check.Equal(ValueModificationType.Add, change.ValueChanges[0].ModificationType);
    }

    /// <summary>No value and no list is null, and the message names the attribute.</summary>
    public static void NothingIsNull()
    {
        string value = "The attribute mail is assigned a null value";
        string list = "The attribute mail is assigned a null value list";
        object none = null;
        List<object> holed = new List<object> { "a", null };
        Check.Raises<InvalidOperationException>(
            value, () => AttributeChange.CreateAttributeAdd("mail", none));
        Check.Raises<InvalidOperationException>(
            value, () => AttributeChange.CreateAttributeReplace("mail", none));
        Check.Raises<InvalidOperationException>(
            value, () => AttributeChange.CreateAttributeUpdate("mail", none));
        Check.Raises<InvalidOperationException>(
            value, () => AttributeChange.CreateAttributeAdd("mail", holed));
        Check.Raises<InvalidOperationException>(
            value, () => AttributeChange.CreateAttributeReplace("mail", holed));
        Check.Raises<InvalidOperationException>(
            value, () => AttributeChange.CreateAttributeUpdate("mail", new ValueChange[] { null }));
        Check.Raises<InvalidOperationException>(
            list, () => AttributeChange.CreateAttributeUpdate("mail", (IList<ValueChange>)null));
        Check.Raises<InvalidOperationException>(
            list, () => AttributeChange.CreateAttributeAdd("mail", (IList<object>)null));
    }

    /// <summary>Neither names nor the types of values are checked.</summary>
    public static void NamesAndTypesAreNotChecked()
    {
        Check.Equal(null, AttributeChange.CreateAttributeAdd(null, "a").Name);
        Check.Equal(string.Empty, AttributeChange.CreateAttributeDelete(string.Empty).Name);
        foreach (object value in new object[] { Guid.Empty, DateTime.MinValue, new object() })
        {
            AttributeChange change = AttributeChange.CreateAttributeAdd("mail", value);
            Check.Equal(value, change.ValueChanges[0].Value);
        }
    }

    /// <summary>A detached change says the type and number of values that it was made with.</summary>
    public static void DetachedChangesKnowTheirType()
    {
        ValueChange[] values = { ValueChange.CreateValueAdd(1L) };
        AttributeChange told = new AttributeChangeDetached(
            "n", AttributeModificationType.Add, values, AttributeType.Integer, false, true);
        Check.Equal(AttributeType.Integer, told.DataType);
        Check.Equal(false, told.IsMultiValued);

        AttributeChange defined = new AttributeChangeDetached(
            SchemaAttribute.CreateMultiValuedAttribute("r", AttributeType.Reference),
            AttributeModificationType.Update,
            values);
        Check.Equal("r", defined.Name);
        Check.Equal(AttributeType.Reference, defined.DataType);
        Check.Equal(true, defined.IsMultiValued);
        Check.Equal(AttributeModificationType.Update, defined.ModificationType);
        Check.Equal(1L, defined.ValueChanges[0].Value);

        AnchorAttribute anchor = new AnchorAttributeDetached("id", AttributeType.String, "a");
        Check.Equal("id", anchor.Name);
        Check.Equal(AttributeType.String, anchor.DataType);
        Check.Equal("a", anchor.Value);
    }

    /// <summary>A value fits the attribute types that have its .NET type; nothing fits Undefined.</summary>
    public static void ValuesFitTheirTypes()
    {
        Dictionary<AttributeType, Type[]> fitting = new Dictionary<AttributeType, Type[]>
        {
            { AttributeType.String, new[] { typeof(string) } },
            { AttributeType.Reference, new[] { typeof(string) } },
            { AttributeType.Integer, new[] { typeof(short), typeof(int), typeof(long) } },
            { AttributeType.Binary, new[] { typeof(byte[]) } },
            { AttributeType.Boolean, new[] { typeof(bool) } },
            { AttributeType.Undefined, new Type[0] },
        };
        object[] values =
        {
            "a", (short)1, 1, 1L, 1U, (byte)1, 1.0, 1m, new byte[0], true, Guid.Empty,
            DateTime.MinValue, 'c', new object(),
        };
        foreach (AttributeType type in Enum.GetValues(typeof(AttributeType)))
        {
            foreach (object value in values)
            {
                bool fits = Array.IndexOf(fitting[type], value.GetType()) >= 0;
                Check.Equal(fits, Utils.IsTypeCompatible(value, type));
            }

            Check.Equal(false, Utils.IsTypeCompatible(null, type));
        }
    }

    /// <summary>A reference is called a String, and what has no type has no name.</summary>
    public static void TypesHaveNames()
    {
        Check.Equal("String", Utils.GetAttributeTypeName(AttributeType.String));
        Check.Equal("Integer", Utils.GetAttributeTypeName(AttributeType.Integer));
        Check.Equal("String", Utils.GetAttributeTypeName(AttributeType.Reference));
        Check.Equal("Binary", Utils.GetAttributeTypeName(AttributeType.Binary));
        Check.Equal("Boolean", Utils.GetAttributeTypeName(AttributeType.Boolean));
        Check.Equal(string.Empty, Utils.GetAttributeTypeName(AttributeType.Undefined));
    }

    /// <summary>Utils makes the same objects as their own factories.</summary>
    public static void UtilsMakesTheSame()
    {
        Guid identifier = Guid.NewGuid();
        Check.Equal(
            ObjectModificationType.Unconfigured, Utils.CreateCSEntryChange().ObjectModificationType);
        Check.Equal(
            identifier,
            Utils.CreateCSEntryChangeResult(identifier, null, MAExportError.Success).Identifier);
        Check.Equal(
            "detail",
            Utils.CreateCSEntryChangeResult(
                identifier, null, MAExportError.Success, "name", "detail").ErrorDetail);
        Check.Equal(0, Utils.CreateCSEntryChangeResultCollection().Count);
        Check.Equal("a", Utils.CreateAnchorAttribute("id", "a").Value);
        AttributeChange change = Utils.CreateAttributeChange("m", AttributeModificationType.Update);
        change.ValueChanges.Add(ValueChange.CreateValueAdd("a"));
        Check.Equal(AttributeModificationType.Update, change.ModificationType);
        Check.Equal(1, change.ValueChanges.Count);
    }

    /// <summary>Bytes are compared by content.</summary>
    public static void BytesAreComparedByContent()
    {
        byte[] low = { 1 };
        byte[] longer = { 1, 0 };
        byte[] high = { 200 };
        Check.Equal(0, Utils.BinaryCompare(low, new byte[] { 1 }));
        Check.Equal(true, Utils.BinaryCompare(low, longer) < 0);
        Check.Equal(true, Utils.BinaryCompare(high, longer) > 0);
        Check.Equal(true, Utils.BinaryCompare(null, low) < 0);
        System.Collections.ArrayList list = new System.Collections.ArrayList { high, "a" };
        Check.Equal(true, Utils.ContainsOverride(list, new byte[] { 200 }));
        Check.Equal(false, Utils.ContainsOverride(list, low));
        Check.Equal(true, Utils.ContainsOverride(list, "a"));
    }
}
