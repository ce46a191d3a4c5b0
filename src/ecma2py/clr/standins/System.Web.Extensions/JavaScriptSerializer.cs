using System;
using System.Collections.Generic;
using System.Text;

namespace System.Web.Script.Serialization
{
    /// <summary>Writes objects as JSON and reads them back, as ASP.NET did.</summary>
    public class JavaScriptSerializer
    {
        private readonly Dictionary<Type, JavaScriptConverter> converters =
            new Dictionary<Type, JavaScriptConverter>();

        public JavaScriptSerializer()
        {
            MaxJsonLength = 2097152;
            RecursionLimit = 100;
        }

        /// <summary>The longest text that is read or written.</summary>
        public int MaxJsonLength { get; set; }

        /// <summary>How deep objects may lie in each other.</summary>
        public int RecursionLimit { get; set; }

        public void RegisterConverters(IEnumerable<JavaScriptConverter> converters)
        {
            foreach (JavaScriptConverter each in converters)
            {
                foreach (Type type in each.SupportedTypes)
                {
                    this.converters[type] = each;
                }
            }
        }

        public string Serialize(object obj)
        {
            StringBuilder output = new StringBuilder();
            Serialize(obj, output);
            return output.ToString();
        }

        public void Serialize(object obj, StringBuilder output)
        {
            new JsonWriter(this, output).Write(obj, 0);
            CheckLength(output.Length);
        }

        public T Deserialize<T>(string input)
        {
            return (T)Deserialize(input, typeof(T));
        }

        public object Deserialize(string input, Type targetType)
        {
            return ConvertToType(DeserializeObject(input), targetType);
        }

        /// <summary>Dictionaries, arrays of objects, strings, numbers, truth values and null.</summary>
        public object DeserializeObject(string input)
        {
            if (input == null)
            {
                throw new ArgumentNullException("input");
            }

            CheckLength(input.Length);
            return new JsonReader(input, RecursionLimit).Read();
        }

        public T ConvertToType<T>(object obj)
        {
            return (T)ConvertToType(obj, typeof(T));
        }

        public object ConvertToType(object obj, Type targetType)
        {
            return new JsonBinder(this).Bind(obj, targetType);
        }

        internal JavaScriptConverter ConverterOf(Type type)
        {
            JavaScriptConverter found;
            return converters.TryGetValue(type, out found) ? found : null;
        }

        private void CheckLength(int length)
        {
            if (length > MaxJsonLength)
            {
                throw new InvalidOperationException(
                    "The JSON has " + length + " characters, more than MaxJsonLength = "
                    + MaxJsonLength + ".");
            }
        }
    }

    /// <summary>Writes and reads objects of some types in its own way.</summary>
    public abstract class JavaScriptConverter
    {
        public abstract IEnumerable<Type> SupportedTypes { get; }

        public abstract object Deserialize(
            IDictionary<string, object> dictionary, Type type, JavaScriptSerializer serializer);

        public abstract IDictionary<string, object> Serialize(
            object obj, JavaScriptSerializer serializer);
    }

    /// <summary>A member that is not written.</summary>
    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
    public sealed class ScriptIgnoreAttribute : Attribute
    {
    }
}
