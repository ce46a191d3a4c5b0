using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices.DetachedObjectModel
{
    /// <summary>A change that belongs to no connector space.</summary>
    [Serializable]
    public class CSEntryChangeDetached : CSEntryChange
    {
        private readonly Guid identifier;
        private readonly IList<string> changedAttributeNames;
        private readonly AttributeChangeKeyedCollectionDetached attributeChanges;
        private readonly AnchorAttributeKeyedCollectionDetached anchorAttributes;
        private ObjectModificationType modificationType;

        /// <summary>Any modification type will do here, None and Unconfigured as well.</summary>
        public CSEntryChangeDetached(
            Guid identifier,
            ObjectModificationType modificationType,
            MAImportError eCodeImport,
            IList<string> changedAttributeNames)
        {
            this.identifier = identifier;
            this.modificationType = modificationType;
            this.ErrorCodeImport = eCodeImport;
            this.changedAttributeNames = changedAttributeNames;
            this.attributeChanges = new AttributeChangeKeyedCollectionDetached(this);
            this.anchorAttributes = new AnchorAttributeKeyedCollectionDetached();
        }

        public override ObjectModificationType ObjectModificationType
        {
            get
            {
                return modificationType;
            }

            set
            {
                if (modificationType != ObjectModificationType.Unconfigured)
                {
                    throw new InvalidOperationException(
                        "ObjectModificationType has already been set.");
                }

                DetachedUtils.ValidateObjectModificationType(value);
                modificationType = value;
            }
        }

        /// <summary>What the host said, or else the names of the attribute changes.</summary>
        public override IList<string> ChangedAttributeNames
        {
            get
            {
                if (changedAttributeNames != null)
                {
                    return changedAttributeNames;
                }

                List<string> names = new List<string>(attributeChanges.Count);
                foreach (AttributeChange change in attributeChanges)
                {
                    names.Add(change.Name);
                }

                return names;
            }
        }

        public override Guid Identifier
        {
            get { return identifier; }
        }

        public override string DN { get; set; }

        /// <summary>NullReferenceException without a DN, null for an empty one.</summary>
        public override string RDN
        {
            get
            {
                string[] components = DetachedUtils.SplitDN(DN);
                return components.Length == 0 ? null : components[0];
            }
        }

        public override string ObjectType { get; set; }

        public override MAImportError ErrorCodeImport { get; set; }

        public override KeyedCollection<string, AttributeChange> AttributeChanges
        {
            get { return attributeChanges; }
        }

        public override KeyedCollection<string, AnchorAttribute> AnchorAttributes
        {
            get { return anchorAttributes; }
        }

        public override string ErrorName { get; set; }

        public override string ErrorDetail { get; set; }
    }

    /// <summary>A result that belongs to no connector space.</summary>
    [Serializable]
    public class CSEntryChangeResultDetached : CSEntryChangeResult
    {
        private readonly Guid identifier;
        private readonly AttributeChangeKeyedCollectionDetached anchorAttributes;
        private readonly MAExportError errorCode;
        private readonly string errorName;
        private readonly string errorDetail;

        public CSEntryChangeResultDetached(
            Guid identifier,
            IList<AttributeChange> updatedAnchorAttributes,
            MAExportError errorCode,
            string errorName,
            string errorDetail)
        {
            this.identifier = identifier;
            this.errorCode = errorCode;
            this.errorName = errorName;
            this.errorDetail = errorDetail;
            this.anchorAttributes = new AttributeChangeKeyedCollectionDetached(null);
            if (updatedAnchorAttributes != null)
            {
                foreach (AttributeChange change in updatedAnchorAttributes)
                {
                    this.anchorAttributes.Add(change);
                }
            }
        }

        public override Guid Identifier
        {
            get { return identifier; }
        }

        public override KeyedCollection<string, AttributeChange> AnchorAttributes
        {
            get { return anchorAttributes; }
        }

        public override MAExportError ErrorCode
        {
            get { return errorCode; }
        }

        public override string ErrorName
        {
            get { return errorName; }
        }

        public override string ErrorDetail
        {
            get { return errorDetail; }
        }
    }
}
