using System;
using System.Text;

namespace Ecma2py.Bridge
{
    /// <summary>Writes MessagePack into a buffer that grows, and stays for the next answer.</summary>
    internal sealed class PackWriter
    {
        /// <summary>Bytes of the longest answer: a little less than the longest frame.</summary>
        internal const int Longest = 255 * 1024 * 1024;

        private byte[] data = new byte[64 * 1024];
        private int length;

        internal byte[] Data
        {
            get { return data; }
        }

        internal int Length
        {
            get { return length; }
        }

        /// <summary>Begins anew, with room for as many bytes in front of the first value.</summary>
        internal void Clear(int front)
        {
            length = front;
        }

        /// <summary>Takes back what was written behind this length.</summary>
        internal void CutTo(int whole)
        {
            length = whole;
        }

        internal void Nil()
        {
            Byte(0xC0);
        }

        internal void Bool(bool value)
        {
            Byte(value ? 0xC3 : 0xC2);
        }

        internal void Int(long value)
        {
            if (value >= -32 && value < 128)
            {
                Byte((int)value & 0xFF);
            }
            else if (value >= short.MinValue && value <= short.MaxValue)
            {
                Head(0xD1, value, 2);
            }
            else if (value >= int.MinValue && value <= int.MaxValue)
            {
                Head(0xD2, value, 4);
            }
            else
            {
                Head(0xD3, value, 8);
            }
        }

        internal void Array(int count)
        {
            Container(count, 0x90, 0xDC);
        }

        internal void Map(int count)
        {
            Container(count, 0x80, 0xDE);
        }

        internal void Binary(byte[] value)
        {
            int count = value.Length;
            if (count < 256)
            {
                Head(0xC4, count, 1);
            }
            else if (count < 65536)
            {
                Head(0xC5, count, 2);
            }
            else
            {
                Head(0xC6, count, 4);
            }

            Raw(value);
        }

        /// <summary>A text, or nil. One with half surrogates goes as such.</summary>
        internal void Text(string value)
        {
            if (value == null)
            {
                Nil();
                return;
            }

            // Nearly every text is short and plain: it is copied while it is looked at.
            int count = value.Length;
            Room(count + 5);
            int begin = length;
            TextHead(count);
            for (int index = 0; index < count; index++)
            {
                char each = value[index];
                if (each >= 0x80)
                {
                    length = begin;
                    OtherText(value);
                    return;
                }

                data[length++] = (byte)each;
            }
        }

        /// <summary>Begins an extension of four bytes of length, which EndExtension writes.</summary>
        internal int BeginExtension(int code)
        {
            Head(0xC9, 0, 4);
            Byte(code);
            return length;
        }

        internal void EndExtension(int begin)
        {
            int count = length - begin;
            for (int index = 0; index < 4; index++)
            {
                data[begin - 5 + index] = (byte)(count >> (24 - (8 * index)));
            }
        }

        private void OtherText(string value)
        {
            byte[] encoded;
            try
            {
                encoded = Utf8.Strict.GetBytes(value);
            }
            catch (EncoderFallbackException)
            {
                int begin = BeginExtension(WireCode.Text);
                encoded = Utf8.WithHalves(value);
                Raw(encoded);
                EndExtension(begin);
                return;
            }

            TextHead(encoded.Length);
            Raw(encoded);
        }

        internal void Raw(byte[] bytes)
        {
            Room(bytes.Length);
            Buffer.BlockCopy(bytes, 0, data, length, bytes.Length);
            length += bytes.Length;
        }

        private void TextHead(int count)
        {
            if (count < 32)
            {
                Byte(0xA0 | count);
            }
            else if (count < 256)
            {
                Head(0xD9, count, 1);
            }
            else if (count < 65536)
            {
                Head(0xDA, count, 2);
            }
            else
            {
                Head(0xDB, count, 4);
            }
        }

        private void Container(int count, int few, int many)
        {
            if (count < 16)
            {
                Byte(few | count);
            }
            else if (count < 65536)
            {
                Head(many, count, 2);
            }
            else
            {
                Head(many + 1, count, 4);
            }
        }

        private void Head(int kind, long value, int size)
        {
            Room(size + 1);
            data[length++] = (byte)kind;
            for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
            {
                data[length++] = (byte)(value >> shift);
            }
        }

        private void Byte(int value)
        {
            Room(1);
            data[length++] = (byte)value;
        }

        private void Room(int more)
        {
            if (data.Length - length < more)
            {
                long needed = (long)length + more;
                if (needed > Longest)
                {
                    throw new TooLongException();
                }

                byte[] larger = new byte[Math.Max(needed, Math.Min(2L * data.Length, Longest))];
                Buffer.BlockCopy(data, 0, larger, 0, length);
                data = larger;
            }
        }
    }
}
