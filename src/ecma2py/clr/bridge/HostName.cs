using System;
using Microsoft.MetadirectoryServices;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

namespace Ecma2py.Bridge
{
    /// <summary>A distinguished name as text, taken apart where no backslash escapes a comma.</summary>
    internal sealed class HostName : ReferenceValue
    {
        private readonly string text;

        internal HostName(string text)
        {
            this.text = text ?? string.Empty;
        }

        public override AttributeType DataType
        {
            get { return AttributeType.Reference; }
        }

        public override int Depth
        {
            get { return Parts.Length; }
        }

        private string[] Parts
        {
            get { return DetachedUtils.SplitDN(text); }
        }

        public override string this[int componentIndex]
        {
            get { return Parts[componentIndex]; }
        }

        public override ReferenceValue Concat(ReferenceValue DN)
        {
            return Concat(DN.ToString());
        }

        public override ReferenceValue Concat(string DN)
        {
            return new HostName(
                text.Length == 0 ? DN : string.IsNullOrEmpty(DN) ? text : text + "," + DN);
        }

        public override ReferenceValue Parent()
        {
            return Parent(1);
        }

        public override ReferenceValue Parent(int skipLevels)
        {
            return Subcomponents(skipLevels, Depth);
        }

        public override ReferenceValue Subcomponents(int startingComponent, int endingComponent)
        {
            string[] parts = Parts;
            int start = Math.Min(startingComponent, parts.Length);
            int end = Math.Min(endingComponent, parts.Length);
            return new HostName(string.Join(",", parts, start, Math.Max(0, end - start)));
        }

        public override long ToInteger()
        {
            throw new InvalidOperationException("A reference is no whole number.");
        }

        public override byte[] ToBinary()
        {
            throw new InvalidOperationException("A reference is not binary.");
        }

        public override bool ToBoolean()
        {
            throw new InvalidOperationException("A reference is no Boolean.");
        }

        public override string ToString()
        {
            return text;
        }

        public override bool Equals(object obj)
        {
            Value other = obj as Value;
            return other != null && text == other.ToString();
        }

        public override int GetHashCode()
        {
            return text.GetHashCode();
        }
    }
}
