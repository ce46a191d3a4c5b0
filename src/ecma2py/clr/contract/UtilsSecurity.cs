using System;
using System.Globalization;
using System.Security.AccessControl;
using System.Text;

namespace Microsoft.MetadirectoryServices
{
    // Windows identifiers. SIDs are converted here and so on every platform (MS-DTYP 2.4.2); security
    // descriptors need a runtime that knows them.
    public abstract partial class Utils
    {
        private const int HeaderLength = 8;
        private const int MostSubAuthorities = 15;

        /// <summary>S-1-5-21-... for the bytes of a SID; ArgumentException if they are none.</summary>
        public static string ConvertSidToString(byte[] sid)
        {
            if (sid == null)
            {
                throw new ArgumentNullException("sid");
            }

            int count = sid.Length < HeaderLength ? 0 : sid[1];
            if (sid.Length < HeaderLength || sid[0] != 1 || count > MostSubAuthorities
                || sid.Length != HeaderLength + (4 * count))
            {
                throw new ArgumentException(
                    "The " + sid.Length + " bytes are not a security identifier.", "sid");
            }

            ulong authority = 0;
            for (int index = 2; index < HeaderLength; index++)
            {
                authority = (authority << 8) | sid[index];
            }

            StringBuilder text = new StringBuilder("S-1-");
            text.Append(authority < 1UL << 32
                ? authority.ToString(CultureInfo.InvariantCulture)
                : "0x" + authority.ToString("X12", CultureInfo.InvariantCulture));
            for (int index = 0; index < count; index++)
            {
                int at = HeaderLength + (4 * index);
                uint part = sid[at] | (uint)sid[at + 1] << 8 | (uint)sid[at + 2] << 16
                    | (uint)sid[at + 3] << 24;
                text.Append('-').Append(part.ToString(CultureInfo.InvariantCulture));
            }

            return text.ToString();
        }

        /// <summary>The bytes of a SID such as S-1-5-21-...; ArgumentException if it is none.</summary>
        public static byte[] ConvertStringToSid(string textSid)
        {
            if (textSid == null)
            {
                throw new ArgumentNullException("textSid");
            }

            string[] parts = textSid.Split('-');
            ulong authority;
            if (parts.Length < 3 || parts.Length > MostSubAuthorities + 3
                || !parts[0].Equals("S", StringComparison.OrdinalIgnoreCase) || parts[1] != "1"
                || !TryParseAuthority(parts[2], out authority))
            {
                throw NotASid(textSid);
            }

            byte[] sid = new byte[HeaderLength + (4 * (parts.Length - 3))];
            sid[0] = 1;
            sid[1] = (byte)(parts.Length - 3);
            for (int index = 0; index < 6; index++)
            {
                sid[2 + index] = (byte)(authority >> (8 * (5 - index)));
            }

            for (int index = 3; index < parts.Length; index++)
            {
                uint part;
                if (!uint.TryParse(
                    parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out part))
                {
                    throw NotASid(textSid);
                }

                int at = HeaderLength + (4 * (index - 3));
                sid[at] = (byte)part;
                sid[at + 1] = (byte)(part >> 8);
                sid[at + 2] = (byte)(part >> 16);
                sid[at + 3] = (byte)(part >> 24);
            }

            return sid;
        }

        /// <summary>The bytes of SDDL; PlatformNotSupportedException where the runtime knows none.</summary>
        public static byte[] ConvertStringToSecurityDescriptor(string sddl)
        {
            RawSecurityDescriptor descriptor = new RawSecurityDescriptor(sddl);
            byte[] bytes = new byte[descriptor.BinaryLength];
            descriptor.GetBinaryForm(bytes, 0);
            return bytes;
        }

        /// <summary>The reverse: SDDL for the bytes of a security descriptor.</summary>
        public static string ConvertSecurityDescriptorToString(byte[] sd)
        {
            return new RawSecurityDescriptor(sd, 0).GetSddlForm(AccessControlSections.All);
        }

        private static bool TryParseAuthority(string text, out ulong authority)
        {
            bool parsed = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                ? ulong.TryParse(
                    text.Substring(2),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out authority)
                : ulong.TryParse(
                    text, NumberStyles.None, CultureInfo.InvariantCulture, out authority);
            return parsed && authority < 1UL << 48;
        }

        private static Exception NotASid(string text)
        {
            return new ArgumentException(
                "\"" + text + "\" is not a security identifier such as S-1-5-32-544.", "textSid");
        }
    }
}
