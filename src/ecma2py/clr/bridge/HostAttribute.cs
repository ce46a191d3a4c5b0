using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>An attribute of the object whose password is set.</summary>
    internal sealed class HostAttribute : Attrib
    {
        private readonly string name;
        private readonly AttributeType type;
        private readonly bool multi;
        private readonly HostValues values;

        internal HostAttribute(string name, AttributeType type, bool multi, IEnumerable<object> values)
        {
            this.name = name;
            this.type = type;
            this.multi = multi;
            this.values = new HostValues(type, values);
        }

        public override string Name
        {
            get { return name; }
        }

        public override AttributeType DataType
        {
            get { return type; }
        }

        public override bool IsPresent
        {
            get { return values.Count > 0; }
        }

        public override bool IsMultivalued
        {
            get { return multi; }
        }

        public override ValueCollection Values
        {
            get { return values; }
            set { throw HostEntry.Fixed(); }
        }

        public override string Value
        {
            get { return First.ToString(); }
            set { throw HostEntry.Fixed(); }
        }

        public override string StringValue
        {
            get { return First.ToString(); }
            set { throw HostEntry.Fixed(); }
        }

        public override ReferenceValue ReferenceValue
        {
            get { return new HostName(First.ToString()); }
            set { throw HostEntry.Fixed(); }
        }

        public override byte[] BinaryValue
        {
            get { return First.ToBinary(); }
            set { throw HostEntry.Fixed(); }
        }

        public override long IntegerValue
        {
            get { return First.ToInteger(); }
            set { throw HostEntry.Fixed(); }
        }

        public override bool BooleanValue
        {
            get { return First.ToBoolean(); }
            set { throw HostEntry.Fixed(); }
        }

        public override DateTime LastContributionTime
        {
            get { return DateTime.MinValue; }
        }

        public override ManagementAgent LastContributingMA
        {
            get { return null; }
        }

        private Value First
        {
            get
            {
                if (values.Count == 0)
                {
                    throw new AttributeNotPresentException(name);
                }

                return values[0];
            }
        }

        public override void Delete()
        {
            throw HostEntry.Fixed();
        }
    }

    /// <summary>One value that a host gave.</summary>
    internal sealed class HostValue : Value
    {
        private readonly AttributeType type;
        private readonly object value;

        internal HostValue(AttributeType type, object value)
        {
            this.type = type;
            this.value = value;
        }

        public override AttributeType DataType
        {
            get { return type; }
        }

        internal object Content
        {
            get { return value; }
        }

        public override long ToInteger()
        {
            return Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }

        public override byte[] ToBinary()
        {
            return (byte[])value;
        }

        public override bool ToBoolean()
        {
            return Convert.ToBoolean(value, CultureInfo.InvariantCulture);
        }

        public override string ToString()
        {
            byte[] bytes = value as byte[];
            return bytes != null
                ? Convert.ToBase64String(bytes)
                : Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        public override bool Equals(object obj)
        {
            Value other = obj as Value;
            return other != null && ToString() == other.ToString();
        }

        public override int GetHashCode()
        {
            return ToString().GetHashCode();
        }
    }

    /// <summary>The values of an attribute; they cannot be changed.</summary>
    internal sealed class HostValues : ValueCollection
    {
        private readonly List<HostValue> values;

        internal HostValues(AttributeType type, IEnumerable<object> values)
        {
            this.values = values.Select(each => new HostValue(type, each)).ToList();
        }

        public override int Count
        {
            get { return values.Count; }
        }

        public override Value this[int index]
        {
            get { return values[index]; }
        }

        public override ValueCollectionEnumerator GetEnumerator()
        {
            return new Walk(values);
        }

        public override void Clear()
        {
            throw HostEntry.Fixed();
        }

        public override void Add(string val)
        {
            throw HostEntry.Fixed();
        }

        public override void Add(long val)
        {
            throw HostEntry.Fixed();
        }

        public override void Add(byte[] val)
        {
            throw HostEntry.Fixed();
        }

        public override void Add(Value val)
        {
            throw HostEntry.Fixed();
        }

        public override void Add(ValueCollection val)
        {
            throw HostEntry.Fixed();
        }

        public override void Remove(string val)
        {
            throw HostEntry.Fixed();
        }

        public override void Remove(long val)
        {
            throw HostEntry.Fixed();
        }

        public override void Remove(byte[] val)
        {
            throw HostEntry.Fixed();
        }

        public override void Remove(Value val)
        {
            throw HostEntry.Fixed();
        }

        public override void Set(bool val)
        {
            throw HostEntry.Fixed();
        }

        public override bool Contains(string val)
        {
            return values.Any(each => val.Equals(each.Content));
        }

        public override bool Contains(long val)
        {
            return values.Any(each => val.Equals(each.Content));
        }

        public override bool Contains(byte[] val)
        {
            return values.Any(
                each => each.Content is byte[] && val.SequenceEqual((byte[])each.Content));
        }

        public override bool Contains(Value val)
        {
            return values.Any(each => each.Equals(val));
        }

        public override string[] ToStringArray()
        {
            return values.Select(each => each.ToString()).ToArray();
        }

        public override long[] ToIntegerArray()
        {
            return values.Select(each => each.ToInteger()).ToArray();
        }

        private sealed class Walk : ValueCollectionEnumerator
        {
            private readonly List<HostValue> values;
            private int at = -1;

            internal Walk(List<HostValue> values)
            {
                this.values = values;
            }

            public override Value Current
            {
                get { return values[at]; }
            }

            public override bool MoveNext()
            {
                return ++at < values.Count;
            }

            public override void Reset()
            {
                at = -1;
            }
        }
    }
}
