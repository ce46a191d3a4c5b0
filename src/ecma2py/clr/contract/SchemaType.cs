using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>An object type and its attributes.</summary>
    [Serializable]
    public sealed class SchemaType
    {
        private readonly string name;
        private readonly bool locked;
        private readonly List<string> dnComponents = new List<string>();
        private KeyedCollection<string, SchemaAttribute> attributes;

        private SchemaType(string name, bool locked)
        {
            this.name = name;
            this.locked = locked;
            this.attributes = new SchemaAttributeKeyedCollection();
        }

        public string Name
        {
            get { return name; }
        }

        /// <summary>Whether the anchor is the connector's choice and not the administrator's.</summary>
        public bool Locked
        {
            get { return locked; }
        }

        public KeyedCollection<string, SchemaAttribute> Attributes
        {
            get { return attributes; }
        }

        /// <summary>The attributes that are anchors now; it is a view and takes no additions.</summary>
        public KeyedCollection<string, SchemaAttribute> AnchorAttributes
        {
            get
            {
                List<SchemaAttribute> anchors = new List<SchemaAttribute>();
                foreach (SchemaAttribute attribute in attributes)
                {
                    if (attribute.IsAnchor)
                    {
                        anchors.Add(attribute);
                    }
                }

                return new ReadOnlySchemaAttributeKeyedCollection(anchors);
            }
        }

        /// <summary>The RDN attributes from which parents are provisioned; never read-only.</summary>
        public IList<string> PossibleDNComponentsForProvisioning
        {
            get { return dnComponents; }
        }

        /// <summary>From now on the attributes cannot change.</summary>
        public void SetReadOnly()
        {
            if (!(attributes is ReadOnlySchemaAttributeKeyedCollection))
            {
                attributes = new ReadOnlySchemaAttributeKeyedCollection(attributes);
            }
        }

        public static SchemaType Create(string typeName, bool lockAnchorDefinition)
        {
            return new SchemaType(typeName, lockAnchorDefinition);
        }
    }

    /// <summary>Object types by name; the case of the name matters.</summary>
    [Serializable]
    public sealed class SchemaTypeKeyedCollection : KeyedCollection<string, SchemaType>
    {
        protected override string GetKeyForItem(SchemaType item)
        {
            return item.Name;
        }
    }
}
