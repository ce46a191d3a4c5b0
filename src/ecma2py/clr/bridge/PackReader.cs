using System;
using System.Collections.Generic;

namespace Ecma2py.Bridge
{
    /// <summary>Reads MessagePack and the extensions of the wire out of a part of a buffer.</summary>
    internal sealed class PackReader
    {
        private readonly byte[] data;
        private int at;

        internal PackReader(byte[] data, int at)
        {
            this.data = data;
            this.at = at;
        }

        /// <summary>Where the next value begins.</summary>
        internal int Position
        {
            get { return at; }
            set { at = value; }
        }

        internal byte[] Data
        {
            get { return data; }
        }

        /// <summary>True, and past it, if the next value is nil.</summary>
        internal bool TakeNil()
        {
            if (data[at] != 0xC0)
            {
                return false;
            }

            at++;
            return true;
        }

        internal int Array()
        {
            int head = data[at++];
            if ((head & 0xF0) == 0x90)
            {
                return head & 0x0F;
            }

            if (head != 0xDC && head != 0xDD)
            {
                throw Unexpected("an array", head);
            }

            return (int)Unsigned(head == 0xDC ? 2 : 4);
        }

        /// <summary>How many keys and values take turns; a map whose keys are not all plain too.</summary>
        internal int Map()
        {
            int head = data[at++];
            if ((head & 0xF0) == 0x80)
            {
                return head & 0x0F;
            }

            if (head == 0xDE || head == 0xDF)
            {
                return (int)Unsigned(head == 0xDE ? 2 : 4);
            }

            int code;
            if (Extension(head, out code) >= 0 && code == WireCode.Map)
            {
                return Array() / 2;
            }

            throw Unexpected("a map", head);
        }

        internal string Text()
        {
            object value = Value();
            string text = value as string;
            if (text == null && value != null)
            {
                throw new UnfitException("A text is due, and " + Named(value) + " was given.");
            }

            return text;
        }

        internal long Int()
        {
            object value = Value();
            if (!(value is long))
            {
                throw new UnfitException("A number is due, and " + Named(value) + " was given.");
            }

            return (long)value;
        }

        /// <summary>The next value: what MessagePack has, or what an extension stands for.</summary>
        /// <remarks>
        /// An array is a List, a map a Dictionary, an integer a long; an object a Packed, and so are
        /// entries, whose place can be read on from.
        /// </remarks>
        internal object Value()
        {
            int head = data[at++];
            if (head < 0x80)
            {
                return (long)head;
            }

            if (head >= 0xE0)
            {
                return (long)(sbyte)head;
            }

            if (head < 0xA0 || (head >= 0xDC && head <= 0xDF))
            {
                at--;
                return (head & 0xF0) == 0x80 || head >= 0xDE ? (object)Pairs() : Items();
            }

            if (head < 0xC0)
            {
                return Plain(head & 0x1F);
            }

            switch (head)
            {
                case 0xC0:
                    return null;
                case 0xC2:
                    return false;
                case 0xC3:
                    return true;
                case 0xC4:
                    return Bytes((int)Unsigned(1));
                case 0xC5:
                    return Bytes((int)Unsigned(2));
                case 0xC6:
                    return Bytes((int)Unsigned(4));
                case 0xCA:
                    return (double)BitConverter.ToSingle(BitConverter.GetBytes((int)Unsigned(4)), 0);
                case 0xCB:
                    return BitConverter.Int64BitsToDouble(Unsigned(8));
                case 0xCC:
                    return Unsigned(1);
                case 0xCD:
                    return Unsigned(2);
                case 0xCE:
                    return Unsigned(4);
                case 0xCF:
                case 0xD3:
                    return Unsigned(8);
                case 0xD0:
                    return (long)(sbyte)Unsigned(1);
                case 0xD1:
                    return (long)(short)Unsigned(2);
                case 0xD2:
                    return (long)(int)Unsigned(4);
                case 0xD9:
                    return Plain((int)Unsigned(1));
                case 0xDA:
                    return Plain((int)Unsigned(2));
                case 0xDB:
                    return Plain((int)Unsigned(4));
                default:
                    int code;
                    int size = Extension(head, out code);
                    if (size < 0)
                    {
                        throw Unexpected("a value", head);
                    }

                    int end = at + size;
                    object found = WireCode.Read(this, code, size);
                    at = end;
                    return found;
            }
        }

        /// <summary>Goes past the next value, whatever is in it.</summary>
        internal void Skip()
        {
            for (long left = 1; left > 0; left--)
            {
                int head = data[at];
                if ((head >= 0x80 && head < 0xA0) || (head >= 0xDC && head <= 0xDF))
                {
                    bool pairs = (head & 0xF0) == 0x80 || head >= 0xDE;
                    left += pairs ? 2L * Map() : Array();
                }
                else
                {
                    at++;
                    int code;
                    int size = Extension(head, out code);
                    size = size >= 0 ? size : Size(head);
                    at += size;
                }
            }
        }

        internal List<object> Items()
        {
            int count = Array();
            List<object> found = new List<object>(count);
            for (int index = 0; index < count; index++)
            {
                found.Add(Value());
            }

            return found;
        }

        internal Dictionary<string, object> Pairs()
        {
            int count = Map();
            Dictionary<string, object> found = new Dictionary<string, object>(count);
            for (int index = 0; index < count; index++)
            {
                string name = Text();
                found[name] = Value();
            }

            return found;
        }

        internal byte[] Bytes(int count)
        {
            byte[] found = new byte[count];
            Buffer.BlockCopy(data, at, found, 0, count);
            at += count;
            return found;
        }

        internal string Plain(int count)
        {
            string found = Utf8.Strict.GetString(data, at, count);
            at += count;
            return found;
        }

        private static string Named(object value)
        {
            Packed packed = value as Packed;
            return packed != null ? packed.Name : value == null ? "nothing" : value.GetType().Name;
        }

        private static Exception Unexpected(string wanted, int head)
        {
            return new UnfitException(
                "Where " + wanted + " is due, there is the byte " + head + ".");
        }

        // The size of what follows the head of an extension, or -1 for any other head.
        private int Extension(int head, out int code)
        {
            int size = -1;
            if (head >= 0xC7 && head <= 0xC9)
            {
                size = (int)Unsigned(1 << (head - 0xC7));
            }
            else if (head >= 0xD4 && head <= 0xD8)
            {
                size = 1 << (head - 0xD4);
            }

            code = size < 0 ? 0 : data[at++];
            return size;
        }

        // Of what is neither a container nor an extension.
        private int Size(int head)
        {
            if (head < 0x80 || head >= 0xE0 || head == 0xC0 || head == 0xC2 || head == 0xC3)
            {
                return 0;
            }

            if (head < 0xC0)
            {
                return head & 0x1F;
            }

            if (head >= 0xC4 && head <= 0xC6)
            {
                return (int)Unsigned(1 << (head - 0xC4));
            }

            if (head >= 0xD9 && head <= 0xDB)
            {
                return (int)Unsigned(1 << (head - 0xD9));
            }

            if (head == 0xCA || head == 0xCB)
            {
                return head == 0xCA ? 4 : 8;
            }

            return 1 << ((head - 0xCC) & 3);
        }

        private long Unsigned(int size)
        {
            long found = 0;
            for (int index = 0; index < size; index++)
            {
                found = (found << 8) | data[at++];
            }

            return found;
        }
    }
}
