using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What the rules of one synchronization tell each other.</summary>
    public abstract class TransactionPropertyCollection
    {
        protected TransactionPropertyCollection()
        {
        }

        public abstract object this[string propertyName] { get; set; }

        public abstract ICollection Keys { get; }

        public abstract ICollection Values { get; }

        public abstract int Count { get; }

        public abstract void Add(string propertyName, object value);

        public abstract void Clear();

        public abstract bool Contains(string propertyName);

        public abstract void Remove(string propertyName);
    }
}
