using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    // Schema and parameters as the first generation of extensible connectors gets them.

    /// <summary>An attribute.</summary>
    public abstract class AttributeDescription
    {
        protected AttributeDescription()
        {
        }

        public abstract string Name { get; }

        public abstract bool IsMultiValued { get; }

        public abstract bool IsAnchor { get; }

        public abstract AttributeType DataType { get; }
    }

    /// <summary>Attributes by name.</summary>
    public abstract class AttributeDescriptionCollection : IEnumerable
    {
        protected AttributeDescriptionCollection()
        {
        }

        public abstract int Count { get; }

        public abstract AttributeDescription this[string AttributeName] { get; }

        public abstract AttributeDescriptionEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>Goes through attributes.</summary>
    public abstract class AttributeDescriptionEnumerator : IEnumerator
    {
        protected AttributeDescriptionEnumerator()
        {
        }

        public abstract AttributeDescription Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }

    /// <summary>An object type.</summary>
    public abstract class TypeDescription
    {
        protected TypeDescription()
        {
        }

        public abstract string Name { get; }

        public abstract AttributeDescriptionCollection Attributes { get; }

        public abstract AttributeDescriptionCollection AnchorAttributes { get; }
    }

    /// <summary>Object types by name.</summary>
    public abstract class TypeDescriptionCollection : IEnumerable
    {
        protected TypeDescriptionCollection()
        {
        }

        public abstract int Count { get; }

        public abstract TypeDescription this[string TypeName] { get; }

        public abstract ChangeTypeDescription ChangeType { get; }

        public abstract string ObjectTypeAttributeName { get; }

        public abstract TypeDescriptionEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>Goes through object types.</summary>
    public abstract class TypeDescriptionEnumerator : IEnumerator
    {
        protected TypeDescriptionEnumerator()
        {
        }

        public abstract TypeDescription Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }

    /// <summary>Parameters by name.</summary>
    public abstract class ConfigParameterCollection : IEnumerable
    {
        protected ConfigParameterCollection()
        {
        }

        public abstract int Count { get; }

        public abstract ConfigParameter this[string ParamName] { get; }

        public abstract ConfigParameterEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }
    }

    /// <summary>Goes through parameters.</summary>
    public abstract class ConfigParameterEnumerator : IEnumerator
    {
        protected ConfigParameterEnumerator()
        {
        }

        public abstract ConfigParameter Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }
}
