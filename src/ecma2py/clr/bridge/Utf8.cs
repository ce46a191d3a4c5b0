using System;
using System.Text;

namespace Ecma2py.Bridge
{
    /// <summary>UTF-8, also of texts that hold half of a surrogate pair.</summary>
    internal static class Utf8
    {
        internal static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        /// <summary>Every code point encoded, a half surrogate like any other one.</summary>
        internal static byte[] WithHalves(string text)
        {
            byte[] found = new byte[3 * text.Length];
            int length = 0;
            for (int index = 0; index < text.Length; index++)
            {
                int code = text[index];
                if (char.IsHighSurrogate(text[index]) && index + 1 < text.Length
                    && char.IsLowSurrogate(text[index + 1]))
                {
                    code = char.ConvertToUtf32(text, index);
                    index++;
                    found[length++] = (byte)(0xF0 | (code >> 18));
                    found[length++] = (byte)(0x80 | ((code >> 12) & 0x3F));
                    found[length++] = (byte)(0x80 | ((code >> 6) & 0x3F));
                    found[length++] = (byte)(0x80 | (code & 0x3F));
                }
                else if (code < 0x80)
                {
                    found[length++] = (byte)code;
                }
                else if (code < 0x800)
                {
                    found[length++] = (byte)(0xC0 | (code >> 6));
                    found[length++] = (byte)(0x80 | (code & 0x3F));
                }
                else
                {
                    found[length++] = (byte)(0xE0 | (code >> 12));
                    found[length++] = (byte)(0x80 | ((code >> 6) & 0x3F));
                    found[length++] = (byte)(0x80 | (code & 0x3F));
                }
            }

            Array.Resize(ref found, length);
            return found;
        }

        /// <summary>What WithHalves encoded.</summary>
        internal static string Decoded(byte[] data, int at, int count)
        {
            StringBuilder found = new StringBuilder(count);
            int end = at + count;
            while (at < end)
            {
                int lead = data[at++];
                int more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
                int code = more == 0 ? lead : lead & (0x3F >> more);
                for (; more > 0; more--)
                {
                    code = (code << 6) | (data[at++] & 0x3F);
                }

                if (code < 0x10000)
                {
                    found.Append((char)code);
                }
                else
                {
                    found.Append(char.ConvertFromUtf32(code));
                }
            }

            return found.ToString();
        }
    }
}
