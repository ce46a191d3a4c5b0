using System.Collections.Generic;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>Schemas between their wire form and the contract's objects.</summary>
    internal static class Schemas
    {
        /// <summary>The schema that a host selected, which nobody is to change.</summary>
        internal static Schema Read(Packed given)
        {
            Packed change = (Packed)given["change_type"];
            Schema schema = new Schema(
                change == null ? null : new HostChangeType(change),
                given.Text("object_type_attribute_name"));
            foreach (object each in given.Items("types"))
            {
                schema.Types.Add(ReadType((Packed)each));
            }

            schema.SetReadOnly();
            return schema;
        }

        internal static SchemaType ReadType(Packed given)
        {
            SchemaType type = SchemaType.Create(given.Text("name"), given.Flag("locked"));
            foreach (object each in given.Items("attributes"))
            {
                type.Attributes.Add(ReadAttribute((Packed)each));
            }

            foreach (object each in given.Items("possible_dn_components_for_provisioning"))
            {
                type.PossibleDNComponentsForProvisioning.Add((string)each);
            }

            return type;
        }

        /// <summary>Writes types, the attribute of the object type, and the words of a change.</summary>
        internal static void Write(PackWriter writer, Schema schema)
        {
            if (schema == null)
            {
                writer.Nil();
                return;
            }

            writer.Array(3);
            writer.Array(schema.Types.Count);
            foreach (SchemaType type in schema.Types)
            {
                WriteType(writer, type);
            }

            writer.Text(schema.ObjectTypeAttributeName);
            ChangeTypeDescription change = schema.ChangeType;
            if (change == null)
            {
                writer.Nil();
                return;
            }

            writer.Array(4);
            writer.Text(change.AttributeName);
            writer.Text(change.Add);
            writer.Text(change.Modify);
            writer.Text(change.Delete);
        }

        private static SchemaAttribute ReadAttribute(Packed given)
        {
            string name = given.Text("name");
            AttributeType type = (AttributeType)given.Number("data_type");
            AttributeOperation operation =
                (AttributeOperation)given.Number("allowed_attribute_operation");
            SchemaAttribute attribute;
            if (given.Flag("is_anchor"))
            {
                attribute = SchemaAttribute.CreateAnchorAttribute(name, type, operation);
            }
            else if (given.Flag("is_multi_valued"))
            {
                attribute = SchemaAttribute.CreateMultiValuedAttribute(name, type, operation);
            }
            else
            {
                attribute = SchemaAttribute.CreateSingleValuedAttribute(name, type, operation);
            }

            attribute.HiddenByDefault = given.Flag("hidden_by_default");
            return attribute;
        }

        private static void WriteType(PackWriter writer, SchemaType type)
        {
            writer.Array(4);
            writer.Text(type.Name);
            writer.Bool(type.Locked);
            writer.Array(type.PossibleDNComponentsForProvisioning.Count);
            foreach (string each in type.PossibleDNComponentsForProvisioning)
            {
                writer.Text(each);
            }

            writer.Array(type.Attributes.Count);
            foreach (SchemaAttribute attribute in type.Attributes)
            {
                writer.Array(6);
                writer.Text(attribute.Name);
                writer.Int((int)attribute.DataType);
                writer.Bool(attribute.IsMultiValued);
                writer.Bool(attribute.IsAnchor);
                writer.Int((int)attribute.AllowedAttributeOperation);
                writer.Bool(attribute.HiddenByDefault);
            }
        }

        private sealed class HostChangeType : ChangeTypeDescription
        {
            private readonly Packed given;

            internal HostChangeType(Packed given)
            {
                this.given = given;
            }

            public override string AttributeName
            {
                get { return given.Text("attribute_name"); }
            }

            public override string Add
            {
                get { return given.Text("add") ?? "Add"; }
            }

            public override string Modify
            {
                get { return given.Text("modify") ?? "Modify"; }
            }

            public override string Delete
            {
                get { return given.Text("delete") ?? "Delete"; }
            }
        }
    }

    /// <summary>What is known of the attributes of an object type, found by name at once.</summary>
    internal sealed class KnownType
    {
        internal readonly List<SchemaAttribute> Anchors = new List<SchemaAttribute>();
        private readonly Dictionary<string, SchemaAttribute> attributes =
            new Dictionary<string, SchemaAttribute>();

        internal KnownType(SchemaType type)
        {
            foreach (SchemaAttribute each in type.Attributes)
            {
                attributes[each.Name] = each;
                if (each.IsAnchor)
                {
                    Anchors.Add(each);
                }
            }
        }

        /// <summary>The definition of an attribute, or null.</summary>
        internal SchemaAttribute this[string name]
        {
            get
            {
                SchemaAttribute found;
                return attributes.TryGetValue(name, out found) ? found : null;
            }
        }
    }
}
