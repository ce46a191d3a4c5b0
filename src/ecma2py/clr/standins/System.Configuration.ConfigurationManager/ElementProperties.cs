using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Reflection;

namespace System.Configuration
{
    [Flags]
    public enum ConfigurationPropertyOptions
    {
        None = 0,
        IsDefaultCollection = 1,
        IsRequired = 2,
        IsKey = 4,
    }

    /// <summary>An attribute of a file, or an element within another.</summary>
    public sealed class ConfigurationProperty
    {
        private readonly TypeConverter converter;
        private readonly ConfigurationPropertyOptions options;
        private readonly object defaultValue;

        public ConfigurationProperty(string name, Type type)
            : this(name, type, null)
        {
        }

        public ConfigurationProperty(string name, Type type, object defaultValue)
            : this(name, type, defaultValue, ConfigurationPropertyOptions.None)
        {
        }

        public ConfigurationProperty(
            string name, Type type, object defaultValue, ConfigurationPropertyOptions options)
            : this(name, type, defaultValue, null, options)
        {
        }

        internal ConfigurationProperty(
            string name,
            Type type,
            object defaultValue,
            TypeConverter converter,
            ConfigurationPropertyOptions options)
        {
            Name = name;
            Type = type;
            this.options = options;
            this.converter = converter;
            this.defaultValue = defaultValue;
        }

        public string Name { get; private set; }

        public Type Type { get; private set; }

        public bool IsRequired
        {
            get { return (options & ConfigurationPropertyOptions.IsRequired) != 0; }
        }

        public bool IsKey
        {
            get { return (options & ConfigurationPropertyOptions.IsKey) != 0; }
        }

        public bool IsDefaultCollection
        {
            get { return (options & ConfigurationPropertyOptions.IsDefaultCollection) != 0; }
        }

        public object DefaultValue
        {
            get
            {
                string text = defaultValue as string;
                if (text != null && Type != typeof(string))
                {
                    return Parsed(text, Name);
                }

                return defaultValue
                    ?? (Type == typeof(string) ? "" : Type.IsValueType ? Activator.CreateInstance(Type) : null);
            }
        }

        internal bool IsElement
        {
            get { return typeof(ConfigurationElement).IsAssignableFrom(Type); }
        }

        /// <summary>How a collection calls its items, if its property says so.</summary>
        internal ConfigurationCollectionAttribute Names { get; set; }

        internal ConfigurationElement NewElement()
        {
            ConfigurationElement made = (ConfigurationElement)Activator.CreateInstance(Type, true);
            ConfigurationElementCollection collection = made as ConfigurationElementCollection;
            if (collection != null)
            {
                collection.CallItems(Names);
            }

            return made;
        }

        internal object Parsed(string text, string path)
        {
            if (Type == typeof(string) && converter == null)
            {
                return text;
            }

            try
            {
                if (Type.IsEnum)
                {
                    return Enum.Parse(Type, text);
                }

                return (converter ?? TypeDescriptor.GetConverter(Type)).ConvertFromInvariantString(text);
            }
            catch (Exception error)
            {
                throw new ConfigurationErrorsException(
                    path + " holds no " + Type.Name + ": " + error.Message, error);
            }
        }
    }

    /// <summary>What an element has, by name.</summary>
    public class ConfigurationPropertyCollection : ICollection
    {
        private readonly List<ConfigurationProperty> all = new List<ConfigurationProperty>();

        public int Count
        {
            get { return all.Count; }
        }

        bool ICollection.IsSynchronized
        {
            get { return false; }
        }

        object ICollection.SyncRoot
        {
            get { return all; }
        }

        public ConfigurationProperty this[string name]
        {
            get { return all.Find(each => each.Name == name); }
        }

        public void Add(ConfigurationProperty property)
        {
            all.Add(property);
        }

        public bool Contains(string name)
        {
            return this[name] != null;
        }

        public IEnumerator GetEnumerator()
        {
            return all.GetEnumerator();
        }

        void ICollection.CopyTo(Array array, int index)
        {
            ((ICollection)all).CopyTo(array, index);
        }

        /// <summary>What the attributes of a class's members say.</summary>
        internal static ConfigurationPropertyCollection Of(Type type)
        {
            const BindingFlags All =
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            ConfigurationPropertyCollection found = new ConfigurationPropertyCollection();
            foreach (PropertyInfo member in type.GetProperties(All))
            {
                ConfigurationPropertyAttribute told = (ConfigurationPropertyAttribute)
                    Attribute.GetCustomAttribute(member, typeof(ConfigurationPropertyAttribute));
                if (told != null)
                {
                    found.Add(new ConfigurationProperty(
                        told.Name, member.PropertyType, told.DefaultValue, Converter(member), told.Options)
                    {
                        Names = (ConfigurationCollectionAttribute)Attribute.GetCustomAttribute(
                            member, typeof(ConfigurationCollectionAttribute)),
                    });
                }
            }

            return found;
        }

        private static TypeConverter Converter(PropertyInfo member)
        {
            TypeConverterAttribute told = (TypeConverterAttribute)
                Attribute.GetCustomAttribute(member, typeof(TypeConverterAttribute));
            return told == null ? null
                : (TypeConverter)Activator.CreateInstance(Type.GetType(told.ConverterTypeName, true));
        }
    }
}
