using System;
using System.Collections;

namespace Microsoft.MetadirectoryServices
{
    // Helpers that need nobody.
    public abstract partial class Utils
    {
        /// <summary>Negative, zero or positive, byte by byte; a beginning comes before the whole.</summary>
        public static int BinaryCompare(byte[] rgb1, byte[] rgb2)
        {
            if (rgb1 == null || rgb2 == null)
            {
                return (rgb1 == null ? 0 : 1) - (rgb2 == null ? 0 : 1);
            }

            int shorter = Math.Min(rgb1.Length, rgb2.Length);
            for (int index = 0; index < shorter; index++)
            {
                if (rgb1[index] != rgb2[index])
                {
                    return rgb1[index] < rgb2[index] ? -1 : 1;
                }
            }

            return rgb1.Length.CompareTo(rgb2.Length);
        }

        /// <summary>Whether the list has the value, byte arrays being compared by content.</summary>
        public static bool ContainsOverride(ArrayList arraylist, object val)
        {
            byte[] bytes = val as byte[];
            if (bytes == null)
            {
                return arraylist.Contains(val);
            }

            foreach (object item in arraylist)
            {
                byte[] other = item as byte[];
                if (other != null && BinaryCompare(bytes, other) == 0)
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Whether a value's .NET type is one of those that the attribute type has.</summary>
        public static bool IsTypeCompatible(object attributeValue, AttributeType attributeType)
        {
            switch (attributeType)
            {
                case AttributeType.String:
                case AttributeType.Reference:
                    return attributeValue is string;
                case AttributeType.Integer:
                    return attributeValue is long || attributeValue is int || attributeValue is short;
                case AttributeType.Binary:
                    return attributeValue is byte[];
                case AttributeType.Boolean:
                    return attributeValue is bool;
                default:
                    return false;
            }
        }

        /// <summary>The name of the type of the values: a reference is a String; empty for others.</summary>
        public static string GetAttributeTypeName(AttributeType attributeType)
        {
            switch (attributeType)
            {
                case AttributeType.String:
                case AttributeType.Reference:
                    return "String";
                case AttributeType.Integer:
                    return "Integer";
                case AttributeType.Binary:
                    return "Binary";
                case AttributeType.Boolean:
                    return "Boolean";
                default:
                    return string.Empty;
            }
        }
    }
}
