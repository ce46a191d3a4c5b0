using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>Attributes by name, for good: every change raises NotSupportedException.</summary>
    [Serializable]
    public sealed class ReadOnlySchemaAttributeKeyedCollection
        : KeyedCollection<string, SchemaAttribute>
    {
        private readonly bool complete;

        internal ReadOnlySchemaAttributeKeyedCollection(IEnumerable<SchemaAttribute> attributes)
        {
            foreach (SchemaAttribute attribute in attributes)
            {
                Add(attribute);
            }

            complete = true;
        }

        protected override string GetKeyForItem(SchemaAttribute item)
        {
            return item.Name;
        }

        protected override void InsertItem(int index, SchemaAttribute item)
        {
            if (complete)
            {
                throw ReadOnly();
            }

            base.InsertItem(index, item);
        }

        protected override void SetItem(int index, SchemaAttribute item)
        {
            throw ReadOnly();
        }

        protected override void RemoveItem(int index)
        {
            throw ReadOnly();
        }

        protected override void ClearItems()
        {
            throw ReadOnly();
        }

        private static Exception ReadOnly()
        {
            return new NotSupportedException("This collection of attributes is read-only.");
        }
    }

    /// <summary>Object types by name, for good: every change raises NotSupportedException.</summary>
    [Serializable]
    public sealed class ReadOnlySchemaTypeKeyedCollection : KeyedCollection<string, SchemaType>
    {
        private readonly bool complete;

        internal ReadOnlySchemaTypeKeyedCollection(IEnumerable<SchemaType> types)
        {
            foreach (SchemaType type in types)
            {
                Add(type);
            }

            complete = true;
        }

        protected override string GetKeyForItem(SchemaType item)
        {
            return item.Name;
        }

        protected override void InsertItem(int index, SchemaType item)
        {
            if (complete)
            {
                throw ReadOnly();
            }

            base.InsertItem(index, item);
        }

        protected override void SetItem(int index, SchemaType item)
        {
            throw ReadOnly();
        }

        protected override void RemoveItem(int index)
        {
            throw ReadOnly();
        }

        protected override void ClearItems()
        {
            throw ReadOnly();
        }

        private static Exception ReadOnly()
        {
            return new NotSupportedException("This collection of object types is read-only.");
        }
    }
}
