using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace System.Web.Script.Serialization
{
    /// <summary>Reads one JSON text.</summary>
    internal sealed class JsonReader
    {
        private readonly string text;
        private readonly int deepest;
        private int at;

        internal JsonReader(string text, int deepest)
        {
            this.text = text;
            this.deepest = deepest;
        }

        internal object Read()
        {
            object value = Value(1);
            Space();
            if (at < text.Length)
            {
                throw Wrong("nothing more was expected");
            }

            return value;
        }

        private object Value(int depth)
        {
            if (depth > deepest)
            {
                throw Wrong("it is nested deeper than RecursionLimit = " + deepest);
            }

            Space();
            char next = Peek();
            if (next == '{')
            {
                return Members(depth);
            }

            if (next == '[')
            {
                return Items(depth);
            }

            return next == '"' || next == '\'' ? Text() : Word();
        }

        private Dictionary<string, object> Members(int depth)
        {
            Dictionary<string, object> found = new Dictionary<string, object>();
            at++;
            if (Take('}'))
            {
                return found;
            }

            do
            {
                Space();
                string name = Peek() == '"' || Peek() == '\'' ? (string)Text(true) : Plain();
                if (!Take(':'))
                {
                    throw Wrong("a colon was expected");
                }

                found[name] = Value(depth + 1);
            }
            while (Take(','));
            if (!Take('}'))
            {
                throw Wrong("a comma or a closing brace was expected");
            }

            return found;
        }

        private object[] Items(int depth)
        {
            List<object> found = new List<object>();
            at++;
            if (Take(']'))
            {
                return found.ToArray();
            }

            do
            {
                found.Add(Value(depth + 1));
            }
            while (Take(','));
            if (!Take(']'))
            {
                throw Wrong("a comma or a closing bracket was expected");
            }

            return found.ToArray();
        }

        private object Text(bool isName = false)
        {
            char quote = text[at++];
            int start = at;
            StringBuilder found = new StringBuilder();
            while (Peek() != quote)
            {
                char each = text[at++];
                found.Append(each == '\\' ? Escaped() : each);
            }

            at++;
            // A moment is written as "\/Date(1700000000000)\/", by the escaped slashes no plain text.
            bool moment = !isName && string.CompareOrdinal(text, start, "\\/Date(", 0, 7) == 0;
            return moment ? Moment(found.ToString()) : found.ToString();
        }

        private static object Moment(string found)
        {
            string number = found.EndsWith(")/", StringComparison.Ordinal)
                ? found.Substring(6, found.Length - 8) : "";
            long milliseconds;
            return long.TryParse(
                number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out milliseconds)
                ? (object)JsonWriter.Epoch.AddMilliseconds(milliseconds) : found;
        }

        private char Escaped()
        {
            char each = Peek();
            at++;
            switch (each)
            {
                case 'b': return '\b';
                case 'f': return '\f';
                case 'n': return '\n';
                case 'r': return '\r';
                case 't': return '\t';
                case 'u': return Code();
                default: return each;
            }
        }

        private char Code()
        {
            int code;
            if (at + 4 > text.Length
                || !int.TryParse(
                    text.Substring(at, 4),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out code))
            {
                throw Wrong("four hexadecimal digits were expected");
            }

            at += 4;
            return (char)code;
        }

        private string Plain()
        {
            int start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || "_$+-.".IndexOf(text[at]) >= 0))
            {
                at++;
            }

            if (start == at)
            {
                throw Wrong("a value was expected");
            }

            return text.Substring(start, at - start);
        }

        private object Word()
        {
            int start = at;
            string word = Plain();
            switch (word)
            {
                case "null": return null;
                case "true": return true;
                case "false": return false;
            }

            CultureInfo plain = CultureInfo.InvariantCulture;
            int small;
            long large;
            decimal exact;
            double any;
            if (int.TryParse(word, NumberStyles.AllowLeadingSign, plain, out small))
            {
                return small;
            }

            if (long.TryParse(word, NumberStyles.AllowLeadingSign, plain, out large))
            {
                return large;
            }

            const NumberStyles Point = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
            if (decimal.TryParse(word, Point, plain, out exact))
            {
                return exact;
            }

            if (double.TryParse(word, Point | NumberStyles.AllowExponent, plain, out any))
            {
                return any;
            }

            at = start;
            throw Wrong("a value was expected");
        }

        private bool Take(char wanted)
        {
            Space();
            if (at < text.Length && text[at] == wanted)
            {
                at++;
                return true;
            }

            return false;
        }

        private char Peek()
        {
            if (at >= text.Length)
            {
                throw Wrong("it ends too early");
            }

            return text[at];
        }

        private void Space()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        private ArgumentException Wrong(string what)
        {
            return new ArgumentException("This is no JSON at character " + at + ": " + what + ".");
        }
    }
}
