using System;
using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    // Objects as rules extensions and password calls see them; a host derives its own.

    /// <summary>An object in a connector space.</summary>
    public abstract class CSEntry : IEnumerable
    {
        protected CSEntry()
        {
        }

        public abstract ReferenceValue DN { get; set; }

        public abstract string RDN { get; set; }

        public abstract ValueCollection ObjectClass { get; set; }

        public abstract string ObjectType { get; }

        public abstract Attrib this[string attributeName] { get; }

        public abstract ConnectionState ConnectionState { get; }

        public abstract ManagementAgent MA { get; }

        public abstract RuleType ConnectionRule { get; }

        public abstract DateTime ConnectionChangeTime { get; }

        public abstract AttributeNameEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        public abstract void Deprovision();

        public abstract void CommitNewConnector();

        public abstract override string ToString();
    }

    /// <summary>An object in the metaverse.</summary>
    public abstract class MVEntry : IEnumerable
    {
        protected MVEntry()
        {
        }

        public abstract Guid ObjectID { get; }

        public abstract string ObjectType { get; }

        public abstract Attrib this[string attributeName] { get; }

        public abstract ConnectedMACollection ConnectedMAs { get; }

        public abstract AttributeNameEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        public abstract override string ToString();
    }

    /// <summary>Goes through the names of attributes.</summary>
    [Serializable]
    public abstract class AttributeNameEnumerator : IEnumerator
    {
        protected AttributeNameEnumerator()
        {
        }

        public abstract string Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }
}
