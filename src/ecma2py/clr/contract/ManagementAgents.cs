using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    // Management agents, which is MIM's name for connectors that are set up.

    /// <summary>A management agent.</summary>
    public abstract class ManagementAgent
    {
        protected ManagementAgent()
        {
        }

        public abstract string Name { get; }

        public abstract ReferenceValue CreateDN(string dn);

        public abstract ReferenceValue CreateDN(Value dn);

        public abstract ReferenceValue EscapeDNComponent(params string[] parts);

        public abstract ReferenceValue EscapeDNComponent(params Value[] parts);

        public abstract string[] UnescapeDNComponent(string component);

        public abstract string NormalizeString(string value);
    }

    /// <summary>Management agents by name.</summary>
    public abstract class ManagementAgentCollection : IEnumerable
    {
        protected ManagementAgentCollection()
        {
        }

        public abstract ManagementAgent this[string MAName] { get; }

        public abstract int Count { get; }

        public abstract ManagementAgentEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>Goes through the names of management agents.</summary>
    public abstract class ManagementAgentEnumerator : IEnumerator
    {
        protected ManagementAgentEnumerator()
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

    /// <summary>A management agent with objects that are joined to one metaverse object.</summary>
    public abstract class ConnectedMA : ManagementAgent
    {
        protected ConnectedMA()
        {
        }

        public abstract ConnectorCollection Connectors { get; }
    }

    /// <summary>Those of one metaverse object, by name.</summary>
    public abstract class ConnectedMACollection : IEnumerable
    {
        protected ConnectedMACollection()
        {
        }

        public abstract int Count { get; }

        public abstract ConnectedMA this[string MAName] { get; }

        public abstract void DeprovisionAll();

        public abstract ConnectedMACollectionEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>Goes through them.</summary>
    public abstract class ConnectedMACollectionEnumerator : IEnumerator
    {
        protected ConnectedMACollectionEnumerator()
        {
        }

        public abstract ConnectedMA Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }
}
