using System;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The definition of an attribute; the same name means the same in every object type.</summary>
    /// <remarks>
    /// Two are equal when name, type, number of values and operation are; whether one is an anchor or
    /// hidden does not count.
    /// </remarks>
    [Serializable]
    public sealed class SchemaAttribute
    {
        private readonly string name;
        private readonly AttributeType dataType;
        private readonly bool multiValued;
        private readonly bool anchor;
        private readonly AttributeOperation operation;

        private SchemaAttribute(
            string name,
            AttributeType dataType,
            bool multiValued,
            bool anchor,
            AttributeOperation operation)
        {
            this.name = name;
            this.dataType = dataType;
            this.multiValued = multiValued;
            this.anchor = anchor;
            this.operation = operation;
        }

        public string Name
        {
            get { return name; }
        }

        public bool IsMultiValued
        {
            get { return multiValued; }
        }

        public bool IsAnchor
        {
            get { return anchor; }
        }

        public AttributeType DataType
        {
            get { return dataType; }
        }

        public AttributeOperation AllowedAttributeOperation
        {
            get { return operation; }
        }

        public bool HiddenByDefault { get; set; }

        public override bool Equals(object obj)
        {
            SchemaAttribute other = obj as SchemaAttribute;
            return other != null
                && name == other.name
                && dataType == other.dataType
                && multiValued == other.multiValued
                && operation == other.operation;
        }

        public override int GetHashCode()
        {
            return name == null ? 0 : name.GetHashCode();
        }

        public static SchemaAttribute CreateSingleValuedAttribute(
            string attributeName,
            AttributeType dataType)
        {
            return CreateSingleValuedAttribute(
                attributeName, dataType, AttributeOperation.ImportExport);
        }

        public static SchemaAttribute CreateMultiValuedAttribute(
            string attributeName,
            AttributeType dataType)
        {
            return CreateMultiValuedAttribute(
                attributeName, dataType, AttributeOperation.ImportExport);
        }

        public static SchemaAttribute CreateAnchorAttribute(
            string attributeName,
            AttributeType dataType)
        {
            return CreateAnchorAttribute(attributeName, dataType, AttributeOperation.ImportExport);
        }

        public static SchemaAttribute CreateSingleValuedAttribute(
            string attributeName,
            AttributeType dataType,
            AttributeOperation allowedAttributeOperation)
        {
            return new SchemaAttribute(
                attributeName, dataType, false, false, allowedAttributeOperation);
        }

        /// <summary>NotSupportedException for a Boolean: it has two values, of which one holds.</summary>
        public static SchemaAttribute CreateMultiValuedAttribute(
            string attributeName,
            AttributeType dataType,
            AttributeOperation allowedAttributeOperation)
        {
            if (dataType == AttributeType.Boolean)
            {
                throw Unsupported("multi-valued attribute", attributeName, dataType);
            }

            return new SchemaAttribute(
                attributeName, dataType, true, false, allowedAttributeOperation);
        }

        /// <summary>NotSupportedException for a Boolean and for a reference.</summary>
        public static SchemaAttribute CreateAnchorAttribute(
            string attributeName,
            AttributeType dataType,
            AttributeOperation allowedAttributeOperation)
        {
            if (dataType == AttributeType.Boolean || dataType == AttributeType.Reference)
            {
                throw Unsupported("anchor attribute", attributeName, dataType);
            }

            return new SchemaAttribute(
                attributeName, dataType, false, true, allowedAttributeOperation);
        }

        private static Exception Unsupported(string kind, string name, AttributeType dataType)
        {
            return new NotSupportedException(
                "The " + kind + " \"" + name + "\" cannot be of the type " + dataType + ".");
        }
    }

    /// <summary>Attributes by name; the case of the name matters.</summary>
    [Serializable]
    public sealed class SchemaAttributeKeyedCollection : KeyedCollection<string, SchemaAttribute>
    {
        protected override string GetKeyForItem(SchemaAttribute item)
        {
            return item.Name;
        }
    }
}
