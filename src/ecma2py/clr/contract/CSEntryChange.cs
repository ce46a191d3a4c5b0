using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>An object as it is, or what changed of it.</summary>
    public abstract class CSEntryChange
    {
        protected CSEntryChange()
        {
        }

        /// <summary>What happens to the object; it is set once, and before any attribute.</summary>
        public abstract ObjectModificationType ObjectModificationType { get; set; }

        public abstract IList<string> ChangedAttributeNames { get; }

        /// <summary>Ties a result to the change that it is about.</summary>
        public abstract Guid Identifier { get; }

        public abstract string DN { get; set; }

        /// <summary>The first component of the DN.</summary>
        public abstract string RDN { get; }

        public abstract string ObjectType { get; set; }

        public abstract MAImportError ErrorCodeImport { get; set; }

        public abstract KeyedCollection<string, AttributeChange> AttributeChanges { get; }

        public abstract KeyedCollection<string, AnchorAttribute> AnchorAttributes { get; }

        public abstract string ErrorName { get; set; }

        public abstract string ErrorDetail { get; set; }

        /// <summary>A change with an identifier of its own and nothing else set.</summary>
        public static CSEntryChange Create()
        {
            return new CSEntryChangeDetached(
                Guid.NewGuid(), ObjectModificationType.Unconfigured, MAImportError.Success, null);
        }
    }

    /// <summary>What became of an exported change.</summary>
    [Serializable]
    public abstract class CSEntryChangeResult
    {
        protected CSEntryChangeResult()
        {
        }

        public abstract Guid Identifier { get; }

        /// <summary>The anchors, and whatever else, that the application gave the object.</summary>
        public abstract KeyedCollection<string, AttributeChange> AnchorAttributes { get; }

        public abstract MAExportError ErrorCode { get; }

        public abstract string ErrorName { get; }

        public abstract string ErrorDetail { get; }

        public static CSEntryChangeResult Create(
            Guid identifier,
            IList<AttributeChange> anchorAttributeChanges,
            MAExportError errorCode)
        {
            return Create(identifier, anchorAttributeChanges, errorCode, null, null);
        }

        public static CSEntryChangeResult Create(
            Guid identifier,
            IList<AttributeChange> attributeChanges,
            MAExportError errorCode,
            string errorName,
            string errorDetail)
        {
            return new CSEntryChangeResultDetached(
                identifier, attributeChanges, errorCode, errorName, errorDetail);
        }
    }

    /// <summary>A part of what identifies an object for good.</summary>
    public abstract class AnchorAttribute
    {
        protected AnchorAttribute()
        {
        }

        public abstract string Name { get; }

        public abstract AttributeType DataType { get; }

        public abstract object Value { get; }

        /// <summary>An anchor of no declared type; neither name nor value is checked.</summary>
        public static AnchorAttribute Create(string attributeName, object value)
        {
            return new AnchorAttributeDetached(attributeName, AttributeType.Undefined, value);
        }
    }
}
