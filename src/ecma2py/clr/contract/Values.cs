using System;
using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    // Attributes and values as rules extensions and password calls see them; a host derives its own.

    /// <summary>An attribute of an object.</summary>
    public abstract class Attrib
    {
        protected Attrib()
        {
        }

        public abstract string Name { get; }

        public abstract AttributeType DataType { get; }

        public abstract bool IsPresent { get; }

        public abstract bool IsMultivalued { get; }

        public abstract ValueCollection Values { get; set; }

        public abstract string Value { get; set; }

        public abstract string StringValue { get; set; }

        public abstract ReferenceValue ReferenceValue { get; set; }

        public abstract byte[] BinaryValue { get; set; }

        public abstract long IntegerValue { get; set; }

        public abstract bool BooleanValue { get; set; }

        public abstract DateTime LastContributionTime { get; }

        public abstract ManagementAgent LastContributingMA { get; }

        public abstract void Delete();
    }

    /// <summary>One value.</summary>
    public abstract class Value
    {
        protected Value()
        {
        }

        public abstract AttributeType DataType { get; }

        public abstract long ToInteger();

        public abstract byte[] ToBinary();

        public abstract bool ToBoolean();

        public abstract override string ToString();

        public abstract override bool Equals(object obj);

        public abstract override int GetHashCode();
    }

    /// <summary>A distinguished name.</summary>
    public abstract class ReferenceValue : Value
    {
        protected ReferenceValue()
        {
        }

        public abstract string this[int componentIndex] { get; }

        public abstract int Depth { get; }

        public abstract ReferenceValue Concat(ReferenceValue DN);

        public abstract ReferenceValue Concat(string DN);

        public abstract ReferenceValue Parent();

        public abstract ReferenceValue Parent(int skipLevels);

        public abstract ReferenceValue Subcomponents(int startingComponent, int endingComponent);

        public abstract override string ToString();
    }

    /// <summary>The values of an attribute.</summary>
    public abstract class ValueCollection : IEnumerable
    {
        protected ValueCollection()
        {
        }

        public abstract int Count { get; }

        public abstract Value this[int index] { get; }

        public abstract ValueCollectionEnumerator GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        public abstract void Clear();

        public abstract void Add(string val);

        public abstract void Add(long val);

        public abstract void Add(byte[] val);

        public abstract void Add(Value val);

        public abstract void Add(ValueCollection val);

        public abstract void Remove(string val);

        public abstract void Remove(long val);

        public abstract void Remove(byte[] val);

        public abstract void Remove(Value val);

        public abstract void Set(bool val);

        public abstract bool Contains(string val);

        public abstract bool Contains(long val);

        public abstract bool Contains(byte[] val);

        public abstract bool Contains(Value val);

        public abstract string[] ToStringArray();

        public abstract long[] ToIntegerArray();

        /// <summary>The values as byte arrays; the engine makes them if there is one.</summary>
        [CLSCompliant(false)]
        public byte[][] ToByteArrays()
        {
            UtilsServices engine = Utils.EngineIfAny;
            if (engine != null)
            {
                return (byte[][])engine.ValueCollection_ToByteArrays(this);
            }

            byte[][] arrays = new byte[Count][];
            for (int index = 0; index < arrays.Length; index++)
            {
                arrays[index] = this[index].ToBinary();
            }

            return arrays;
        }
    }

    /// <summary>Goes through values.</summary>
    public abstract class ValueCollectionEnumerator : IEnumerator
    {
        protected ValueCollectionEnumerator()
        {
        }

        public abstract Value Current { get; }

        object IEnumerator.Current
        {
            get { return Current; }
        }

        public abstract bool MoveNext();

        public abstract void Reset();
    }
}
