using System;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices.DetachedObjectModel
{
    /// <summary>Attribute changes by name, each of which fits the change it is part of.</summary>
    [Serializable]
    public class AttributeChangeKeyedCollectionDetached : KeyedCollection<string, AttributeChange>
    {
        private readonly CSEntryChange owner;

        /// <summary>Without an owner, as in a result, any attribute change fits.</summary>
        internal AttributeChangeKeyedCollectionDetached(CSEntryChange owner)
        {
            this.owner = owner;
        }

        protected override string GetKeyForItem(AttributeChange item)
        {
            return item.Name;
        }

        protected override void InsertItem(int index, AttributeChange item)
        {
            Validate(item);
            base.InsertItem(index, item);
        }

        protected override void SetItem(int index, AttributeChange item)
        {
            Validate(item);
            base.SetItem(index, item);
        }

        private void Validate(AttributeChange item)
        {
            if (owner != null)
            {
                DetachedUtils.ValidateAttributeChange(owner, item);
            }
        }
    }

    /// <summary>Anchors by name; the case of the name matters.</summary>
    [Serializable]
    public class AnchorAttributeKeyedCollectionDetached : KeyedCollection<string, AnchorAttribute>
    {
        protected override string GetKeyForItem(AnchorAttribute item)
        {
            return item.Name;
        }
    }

    /// <summary>Results by the identifier of the change they are about.</summary>
    [Serializable]
    public class CSEntryChangeResultKeyedCollectionDetached
        : KeyedCollection<Guid, CSEntryChangeResult>
    {
        protected override Guid GetKeyForItem(CSEntryChangeResult item)
        {
            return item.Identifier;
        }
    }
}
