using System;
using System.Collections.Generic;

namespace Microsoft.MetadirectoryServices.DetachedObjectModel
{
    /// <summary>An attribute change that belongs to no connector space.</summary>
    [Serializable]
    public class AttributeChangeDetached : AttributeChange
    {
        private readonly string name;
        private readonly AttributeType dataType;
        private readonly bool multiValued;
        private readonly bool anchor;
        private readonly AttributeModificationType modificationType;
        private readonly IList<ValueChange> valueChanges;

        /// <summary>Of an unknown type, and multi-valued.</summary>
        public AttributeChangeDetached(
            string attributeName,
            AttributeModificationType attributeModificationType,
            IList<ValueChange> valueChanges)
            : this(
                attributeName,
                attributeModificationType,
                valueChanges,
                AttributeType.Undefined,
                true,
                false)
        {
        }

        public AttributeChangeDetached(
            string attributeName,
            AttributeModificationType attributeModificationType,
            IList<ValueChange> valueChanges,
            AttributeType attributeType,
            bool isMultiValued,
            bool isAnchor)
        {
            this.name = attributeName;
            this.modificationType = attributeModificationType;
            this.valueChanges = valueChanges ?? new List<ValueChange>();
            this.dataType = attributeType;
            this.multiValued = isMultiValued;
            this.anchor = isAnchor;
        }

        public AttributeChangeDetached(
            SchemaAttribute attributeSchema,
            AttributeModificationType attributeModificationType,
            IList<ValueChange> valueChanges)
            : this(
                attributeSchema.Name,
                attributeModificationType,
                valueChanges,
                attributeSchema.DataType,
                attributeSchema.IsMultiValued,
                attributeSchema.IsAnchor)
        {
        }

        public override string Name
        {
            get { return name; }
        }

        public override AttributeType DataType
        {
            get { return dataType; }
        }

        public override bool IsMultiValued
        {
            get { return multiValued; }
        }

        public override AttributeModificationType ModificationType
        {
            get { return modificationType; }
        }

        public override IList<ValueChange> ValueChanges
        {
            get { return valueChanges; }
        }

        internal bool IsAnchor
        {
            get { return anchor; }
        }
    }

    /// <summary>An anchor that belongs to no connector space.</summary>
    [Serializable]
    public class AnchorAttributeDetached : AnchorAttribute
    {
        private readonly string name;
        private readonly AttributeType dataType;
        private readonly object value;

        public AnchorAttributeDetached(string attributeName, AttributeType dataType, object value)
        {
            this.name = attributeName;
            this.dataType = dataType;
            this.value = value;
        }

        public override string Name
        {
            get { return name; }
        }

        public override AttributeType DataType
        {
            get { return dataType; }
        }

        public override object Value
        {
            get { return value; }
        }
    }
}
