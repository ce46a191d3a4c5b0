using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    // The objects of one management agent that are joined to one metaverse object.

    /// <summary>The objects, and the way to new ones.</summary>
    public abstract class ConnectorCollection : IEnumerable
    {
        protected ConnectorCollection()
        {
        }

        public abstract int Count { get; }

        public abstract ConnectorCollectionByDN ByDN { get; }

        public abstract ConnectorCollectionByIndex ByIndex { get; }

        public abstract CSEntry StartNewConnector(string objectType, ValueCollection objectClass);

        public abstract CSEntry StartNewConnector(string objectType, string[] objectClass);

        public abstract CSEntry StartNewConnector(string objectType);

        public abstract void DeprovisionAll();

        public abstract ConnectorCollectionEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>The objects by name.</summary>
    public abstract class ConnectorCollectionByDN
    {
        protected ConnectorCollectionByDN()
        {
        }

        public abstract CSEntry this[ReferenceValue DN] { get; }
    }

    /// <summary>The objects by position.</summary>
    public abstract class ConnectorCollectionByIndex
    {
        protected ConnectorCollectionByIndex()
        {
        }

        public abstract CSEntry this[int index] { get; }
    }

    /// <summary>Goes through the objects.</summary>
    public abstract class ConnectorCollectionEnumerator : IEnumerator
    {
        protected ConnectorCollectionEnumerator()
        {
        }

        public abstract CSEntry Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }
}
