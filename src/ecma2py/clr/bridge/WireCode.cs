using System;
using System.Globalization;
using System.Collections.Generic;
using System.Security;

namespace Ecma2py.Bridge
{
    /// <summary>An object of the vocabulary by the names of its class and fields, or entries.</summary>
    internal sealed class Packed
    {
        /// <summary>The name of what is no object, but entries.</summary>
        internal const string Entries = "entries";

        internal string Name;
        internal Dictionary<string, object> Fields;

        /// <summary>For entries: where their buffer begins.</summary>
        internal int Position;

        /// <summary>A field; null where it was left out or is nil.</summary>
        internal object this[string name]
        {
            get
            {
                object found;
                return Fields.TryGetValue(name, out found) ? found : null;
            }
        }

        internal string Text(string name)
        {
            return (string)this[name];
        }

        internal int Number(string name)
        {
            object found = this[name];
            return found == null ? 0 : checked((int)(long)found);
        }

        internal bool Flag(string name)
        {
            object found = this[name];
            return found != null && (bool)found;
        }

        internal List<object> Items(string name)
        {
            return (List<object>)this[name] ?? new List<object>();
        }
    }

    /// <summary>What was given is nothing that .NET's side of ECMA2 can hold.</summary>
    internal class UnfitException : Exception
    {
        internal UnfitException(string message)
            : base(message)
        {
        }
    }

    /// <summary>An answer has outgrown what can be passed at once.</summary>
    internal sealed class TooLongException : UnfitException
    {
        internal TooLongException()
            : base(
                "The answer takes more than " + PackWriter.Longest.ToString("N0", CultureInfo.InvariantCulture)
                + " bytes, which is the most that can be passed at once: ask for fewer objects at a"
                + " time.")
        {
        }
    }

    /// <summary>The extension types of the wire; ecma2py.workers.wire specifies them.</summary>
    internal static class WireCode
    {
        internal const int Object = 1;
        internal const int Enum = 2;
        internal const int Secret = 3;
        internal const int Integer = 4;
        internal const int Text = 5;
        internal const int Uuid = 6;
        internal const int Path = 7;
        internal const int Foreign = 8;
        internal const int Entries = 9;
        internal const int Entry = 10;
        internal const int Results = 11;
        internal const int Map = 12;

        /// <summary>What an extension stands for, whose payload begins where the reader is.</summary>
        internal static object Read(PackReader reader, int code, int size)
        {
            switch (code)
            {
                case Object:
                    reader.Array();
                    Packed made = new Packed();
                    made.Name = reader.Text();
                    made.Fields = reader.Pairs();
                    return made;
                case Enum:
                    reader.Array();
                    reader.Skip();
                    return reader.Int();
                case Secret:
                    return Secured(reader, size);
                case Text:
                    return Utf8.Decoded(reader.Data, reader.Position, size);
                case Uuid:
                    return Identifiers.Read(reader.Bytes(16));
                case Path:
                    return Utf8.Decoded(reader.Data, reader.Position, size);
                case Entries:
                case Entry:
                    return new Packed { Name = Packed.Entries, Position = reader.Position };
                case Map:
                    return MapOf(reader);
                case Integer:
                    throw new UnfitException("A whole number is beyond the 64 bits that ECMA2 has.");
                default:
                    string name = code == Foreign ? reader.Plain(size) : "extension " + code;
                    throw new UnfitException("A value is " + name + ", which ECMA2 has not.");
            }
        }

        private static SecureString Secured(PackReader reader, int size)
        {
            SecureString found = new SecureString();
            foreach (char each in Utf8.Decoded(reader.Data, reader.Position, size))
            {
                found.AppendChar(each);
            }

            found.MakeReadOnly();
            return found;
        }

        private static Dictionary<string, object> MapOf(PackReader reader)
        {
            int count = reader.Array() / 2;
            Dictionary<string, object> found = new Dictionary<string, object>(count);
            for (int index = 0; index < count; index++)
            {
                string name = reader.Text();
                found[name] = reader.Value();
            }

            return found;
        }
    }

    /// <summary>Identifiers in the order of their hexadecimal form, which is not that of a Guid.</summary>
    internal static class Identifiers
    {
        internal static Guid Read(byte[] bytes)
        {
            Turn(bytes);
            return new Guid(bytes);
        }

        internal static byte[] Bytes(Guid identifier)
        {
            byte[] bytes = identifier.ToByteArray();
            Turn(bytes);
            return bytes;
        }

        private static void Turn(byte[] bytes)
        {
            Array.Reverse(bytes, 0, 4);
            Array.Reverse(bytes, 4, 2);
            Array.Reverse(bytes, 6, 2);
        }
    }
}
