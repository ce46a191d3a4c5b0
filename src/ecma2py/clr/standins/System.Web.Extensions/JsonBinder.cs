using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace System.Web.Script.Serialization
{
    /// <summary>Makes objects of a type from what was read.</summary>
    internal sealed class JsonBinder
    {
        private readonly JavaScriptSerializer serializer;

        internal JsonBinder(JavaScriptSerializer serializer)
        {
            this.serializer = serializer;
        }

        internal object Bind(object value, Type type)
        {
            if (value == null)
            {
                return Nothing(type);
            }

            IDictionary<string, object> members = value as IDictionary<string, object>;
            JavaScriptConverter converter = serializer.ConverterOf(type);
            if (members != null && converter != null)
            {
                return converter.Deserialize(members, type, serializer);
            }

            if (type.IsInstanceOfType(value))
            {
                return value;
            }

            if (members != null)
            {
                return Members(members, type);
            }

            object[] items = value as object[];
            return items != null ? Items(items, type) : Simple(value, type);
        }

        private static object Nothing(Type type)
        {
            if (type.IsValueType && Nullable.GetUnderlyingType(type) == null)
            {
                throw new InvalidOperationException("null is no " + type + ".");
            }

            return null;
        }

        private object Members(IDictionary<string, object> members, Type type)
        {
            Type values = type.IsGenericType ? DictionaryValues(type) : null;
            if (values != null)
            {
                Type dictionary = typeof(Dictionary<,>).MakeGenericType(typeof(string), values);
                IDictionary made = (IDictionary)Activator.CreateInstance(dictionary);
                foreach (KeyValuePair<string, object> each in members)
                {
                    made.Add(each.Key, Bind(each.Value, values));
                }

                return made;
            }

            object instance = Activator.CreateInstance(type);
            foreach (KeyValuePair<string, object> each in members)
            {
                Set(instance, each.Key, each.Value);
            }

            return instance;
        }

        private void Set(object instance, string name, object value)
        {
            const BindingFlags Any =
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase;
            PropertyInfo property = instance.GetType().GetProperty(name, Any);
            FieldInfo field = instance.GetType().GetField(name, Any);
            if (property != null && property.GetSetMethod() != null)
            {
                property.SetValue(instance, Bind(value, property.PropertyType), null);
            }
            else if (field != null)
            {
                field.SetValue(instance, Bind(value, field.FieldType));
            }
        }

        private object Items(object[] items, Type type)
        {
            Type one = type.IsArray ? type.GetElementType()
                : type.IsGenericType ? type.GetGenericArguments()[0] : typeof(object);
            if (type.IsArray)
            {
                Array array = Array.CreateInstance(one, items.Length);
                for (int index = 0; index < items.Length; index++)
                {
                    array.SetValue(Bind(items[index], one), index);
                }

                return array;
            }

            Type list = type.IsInterface ? typeof(List<>).MakeGenericType(one) : type;
            if (!type.IsAssignableFrom(list) || !typeof(IList).IsAssignableFrom(list))
            {
                throw new InvalidOperationException("A JSON array does not become a " + type + ".");
            }

            IList made = (IList)Activator.CreateInstance(list);
            foreach (object each in items)
            {
                made.Add(Bind(each, one));
            }

            return made;
        }

        private static object Simple(object value, Type type)
        {
            Type wanted = Nullable.GetUnderlyingType(type) ?? type;
            if (wanted.IsInstanceOfType(value))
            {
                return value;
            }

            string text = value as string;
            if (wanted.IsEnum)
            {
                return text != null ? Enum.Parse(wanted, text, true) : Enum.ToObject(wanted, value);
            }

            if (wanted == typeof(string))
            {
                return Convert.ToString(value, CultureInfo.InvariantCulture);
            }

            if (text != null)
            {
                return TypeDescriptor.GetConverter(wanted).ConvertFromInvariantString(text);
            }

            return Convert.ChangeType(value, wanted, CultureInfo.InvariantCulture);
        }

        /// <summary>The type of the values of a dictionary by text; null for any other type.</summary>
        private static Type DictionaryValues(Type type)
        {
            Type[] arguments = type.GetGenericArguments();
            return arguments.Length == 2 && arguments[0] == typeof(string) ? arguments[1] : null;
        }
    }
}
