using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace System.Web.Script.Serialization
{
    /// <summary>Writes one object as JSON.</summary>
    internal sealed class JsonWriter
    {
        internal static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        private readonly JavaScriptSerializer serializer;
        private readonly StringBuilder output;

        internal JsonWriter(JavaScriptSerializer serializer, StringBuilder output)
        {
            this.serializer = serializer;
            this.output = output;
        }

        internal void Write(object value, int depth)
        {
            if (depth > serializer.RecursionLimit)
            {
                throw new ArgumentException(
                    "The object is nested deeper than RecursionLimit = " + serializer.RecursionLimit
                    + ", or within itself.");
            }

            if (!Simple(value))
            {
                Compound(value, depth);
            }
        }

        private bool Simple(object value)
        {
            if (value == null || value is DBNull)
            {
                output.Append("null");
            }
            else if (value is string || value is char || value is Guid || value is Uri)
            {
                Text(value.ToString());
            }
            else if (value is bool)
            {
                output.Append((bool)value ? "true" : "false");
            }
            else if (value is DateTime)
            {
                TimeSpan since = ((DateTime)value).ToUniversalTime() - Epoch;
                output.Append("\"\\/Date(").Append((long)since.TotalMilliseconds).Append(")\\/\"");
            }
            else if (value is Enum)
            {
                output.Append(((Enum)value).ToString("D"));
            }
            else if (value is double || value is float)
            {
                output.Append(((IFormattable)value).ToString("r", CultureInfo.InvariantCulture));
            }
            else if (value.GetType().IsPrimitive || value is decimal)
            {
                output.Append(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
            }
            else
            {
                return false;
            }

            return true;
        }

        private void Compound(object value, int depth)
        {
            JavaScriptConverter converter = serializer.ConverterOf(value.GetType());
            IDictionary members = value as IDictionary;
            IEnumerable items = value as IEnumerable;
            if (converter != null)
            {
                Members(Pairs(converter.Serialize(value, serializer)), depth);
            }
            else if (members != null)
            {
                Members(Pairs(members), depth);
            }
            else if (value is IDictionary<string, object>)
            {
                Members(Pairs((IDictionary<string, object>)value), depth);
            }
            else if (items != null)
            {
                Items(items, depth);
            }
            else
            {
                Members(Pairs(value), depth);
            }
        }

        private void Items(IEnumerable items, int depth)
        {
            string before = "[";
            foreach (object each in items)
            {
                output.Append(before);
                Write(each, depth + 1);
                before = ",";
            }

            output.Append(before == "[" ? "[]" : "]");
        }

        private void Members(IEnumerable<KeyValuePair<string, object>> members, int depth)
        {
            string before = "{";
            foreach (KeyValuePair<string, object> each in members)
            {
                output.Append(before);
                Text(each.Key);
                output.Append(':');
                Write(each.Value, depth + 1);
                before = ",";
            }

            output.Append(before == "{" ? "{}" : "}");
        }

        private static IEnumerable<KeyValuePair<string, object>> Pairs(IDictionary<string, object> members)
        {
            return members;
        }

        private static IEnumerable<KeyValuePair<string, object>> Pairs(IDictionary members)
        {
            foreach (DictionaryEntry each in members)
            {
                yield return new KeyValuePair<string, object>(each.Key.ToString(), each.Value);
            }
        }

        private static IEnumerable<KeyValuePair<string, object>> Pairs(object value)
        {
            const BindingFlags Public = BindingFlags.Instance | BindingFlags.Public;
            foreach (FieldInfo each in value.GetType().GetFields(Public))
            {
                if (!each.IsDefined(typeof(ScriptIgnoreAttribute), true))
                {
                    yield return new KeyValuePair<string, object>(each.Name, each.GetValue(value));
                }
            }

            foreach (PropertyInfo each in value.GetType().GetProperties(Public))
            {
                bool plain = each.GetGetMethod() != null && each.GetIndexParameters().Length == 0;
                if (plain && !each.IsDefined(typeof(ScriptIgnoreAttribute), true))
                {
                    yield return new KeyValuePair<string, object>(each.Name, each.GetValue(value, null));
                }
            }
        }

        private void Text(string text)
        {
            output.Append('"');
            foreach (char each in text)
            {
                switch (each)
                {
                    case '"': output.Append("\\\""); break;
                    case '\\': output.Append("\\\\"); break;
                    case '\b': output.Append("\\b"); break;
                    case '\f': output.Append("\\f"); break;
                    case '\n': output.Append("\\n"); break;
                    case '\r': output.Append("\\r"); break;
                    case '\t': output.Append("\\t"); break;
                    default:
                        // The marks of HTML too: pages have such text within scripts.
                        bool plain = each >= ' ' && "'<>&\u0085\u2028\u2029".IndexOf(each) < 0;
                        output.Append(plain ? each.ToString() : "\\u" + ((int)each).ToString("x4"));
                        break;
                }
            }

            output.Append('"');
        }
    }
}
