using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>Every object type of a connector, or those that were selected.</summary>
    [Serializable]
    public sealed class Schema
    {
        private readonly ChangeTypeDescription changeType;
        private readonly string objectTypeAttributeName;
        private KeyedCollection<string, SchemaType> types = new SchemaTypeKeyedCollection();

        public Schema()
        {
        }

        /// <summary>For files: the attributes that hold the change type and the object type.</summary>
        public Schema(
            ChangeTypeDescription changeTypeAttributeDescription,
            string objectTypeAttributeName)
        {
            this.changeType = changeTypeAttributeDescription;
            this.objectTypeAttributeName = objectTypeAttributeName;
        }

        public ChangeTypeDescription ChangeType
        {
            get { return changeType; }
        }

        public string ObjectTypeAttributeName
        {
            get { return objectTypeAttributeName; }
        }

        public KeyedCollection<string, SchemaType> Types
        {
            get { return types; }
        }

        /// <summary>From now on neither the types nor their attributes can change.</summary>
        public void SetReadOnly()
        {
            foreach (SchemaType type in types)
            {
                type.SetReadOnly();
            }

            if (!(types is ReadOnlySchemaTypeKeyedCollection))
            {
                types = new ReadOnlySchemaTypeKeyedCollection(types);
            }
        }

        /// <summary>
        /// False when two types define one attribute differently, or a locked type has no anchor.
        /// </summary>
        public bool Validate()
        {
            Dictionary<string, SchemaAttribute> known = new Dictionary<string, SchemaAttribute>();
            foreach (SchemaType type in types)
            {
                if (type.Locked && type.AnchorAttributes.Count == 0)
                {
                    return false;
                }

                foreach (SchemaAttribute attribute in type.Attributes)
                {
                    SchemaAttribute first;
                    if (!known.TryGetValue(attribute.Name, out first))
                    {
                        known.Add(attribute.Name, attribute);
                    }
                    else if (!first.Equals(attribute))
                    {
                        return false;
                    }
                }
            }

            return true;
        }

        public static Schema Create()
        {
            return new Schema();
        }
    }

    /// <summary>For files: which values of which attribute tell what happened to an object.</summary>
    [Serializable]
    public abstract class ChangeTypeDescription
    {
        protected ChangeTypeDescription()
        {
        }

        public abstract string AttributeName { get; }

        public abstract string Add { get; }

        public abstract string Modify { get; }

        public abstract string Delete { get; }
    }
}
