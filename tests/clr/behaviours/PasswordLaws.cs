using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using Microsoft.MetadirectoryServices;

/// <summary>The classes that a host derives to show a connector the object whose password it sets.</summary>
public static class PasswordLaws
{
    private sealed class Name : ReferenceValue
    {
        private readonly string text;

        public Name(string text)
        {
            this.text = text;
        }

        public override AttributeType DataType
        {
            get { return AttributeType.Reference; }
        }

        public override int Depth
        {
            get { return 1; }
        }

        public override string this[int componentIndex]
        {
            get { return text; }
        }

        public override ReferenceValue Concat(ReferenceValue DN)
        {
            throw new NotSupportedException();
        }

        public override ReferenceValue Concat(string DN)
        {
            throw new NotSupportedException();
        }

        public override ReferenceValue Parent()
        {
            throw new NotSupportedException();
        }

        public override ReferenceValue Parent(int skipLevels)
        {
            throw new NotSupportedException();
        }

        public override ReferenceValue Subcomponents(int startingComponent, int endingComponent)
        {
            throw new NotSupportedException();
        }

        public override long ToInteger()
        {
            throw new NotSupportedException();
        }

        public override byte[] ToBinary()
        {
            return text.Select(character => (byte)character).ToArray();
        }

        public override bool ToBoolean()
        {
            throw new NotSupportedException();
        }

        public override string ToString()
        {
            return text;
        }

        public override bool Equals(object obj)
        {
            return obj is Name && ((Name)obj).text == text;
        }

        public override int GetHashCode()
        {
            return text.GetHashCode();
        }
    }

    private sealed class NameEnumerator : ValueCollectionEnumerator
    {
        private readonly IEnumerator<Name> names;

        public NameEnumerator(IEnumerator<Name> names)
        {
            this.names = names;
        }

        public override Value Current
        {
            get { return names.Current; }
        }

        public override bool MoveNext()
        {
            return names.MoveNext();
        }

        public override void Reset()
        {
            names.Reset();
        }
    }

    private sealed class Names : ValueCollection
    {
        private readonly List<Name> names = new List<Name> { new Name("a"), new Name("bc") };

        public override int Count
        {
            get { return names.Count; }
        }

        public override Value this[int index]
        {
            get { return names[index]; }
        }

        public override ValueCollectionEnumerator GetEnumerator()
        {
            return new NameEnumerator(names.GetEnumerator());
        }

        public override void Clear() { }
        public override void Add(string val) { }
        public override void Add(long val) { }
        public override void Add(byte[] val) { }
        public override void Add(Value val) { }
        public override void Add(ValueCollection val) { }
        public override void Remove(string val) { }
        public override void Remove(long val) { }
        public override void Remove(byte[] val) { }
        public override void Remove(Value val) { }
        public override void Set(bool val) { }
        public override bool Contains(string val) { return false; }
        public override bool Contains(long val) { return false; }
        public override bool Contains(byte[] val) { return false; }
        public override bool Contains(Value val) { return false; }
        public override string[] ToStringArray() { return null; }
        public override long[] ToIntegerArray() { return null; }
    }

    /// <summary>What a host derives is what everybody sees, through whatever type it is looked at.</summary>
    public static void DerivedMembersAreSeenThroughEveryType()
    {
        Name name = new Name("cn=a");
        Check.Equal("cn=a", ((ReferenceValue)name).ToString());
        Check.Equal("cn=a", ((Value)name).ToString());
        Check.Equal("cn=a", string.Concat((object)name));
        Check.Equal(true, ((object)name).Equals(new Name("cn=a")));
    }

    /// <summary>Old-style collections go through foreach, in either way.</summary>
    public static void CollectionsAreEnumerated()
    {
        Names names = new Names();
        List<string> seen = new List<string>();
        foreach (Value value in names)
        {
            seen.Add(value.ToString());
        }

        Check.Sequence(seen, "a", "bc");
        Check.Sequence(((IEnumerable)names).Cast<Value>().Select(value => value.ToString()), "a", "bc");
    }

    /// <summary>Values become byte arrays without any engine.</summary>
    public static void ValuesBecomeByteArrays()
    {
        byte[][] arrays = new Names().ToByteArrays();
        Check.Equal(2, arrays.Length);
        Check.Equal(2, arrays[1].Length);
        Check.Equal((byte)'b', arrays[1][0]);
    }
}
