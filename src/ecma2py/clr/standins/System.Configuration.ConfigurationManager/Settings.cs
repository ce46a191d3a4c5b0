using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using System.Reflection;
using System.Xml;
using System.Xml.Serialization;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    [AttributeUsage(AttributeTargets.Property)]
    public class SettingAttribute : Attribute
    {
    }

    public sealed class ApplicationScopedSettingAttribute : SettingAttribute
    {
    }

    public sealed class UserScopedSettingAttribute : SettingAttribute
    {
    }

    [AttributeUsage(AttributeTargets.Property)]
    public sealed class DefaultSettingValueAttribute : Attribute
    {
        private readonly string value;

        public DefaultSettingValueAttribute(string value)
        {
            this.value = value;
        }

        public string Value
        {
            get { return value; }
        }
    }

    public enum SpecialSetting
    {
        ConnectionString = 0,
        WebServiceUrl = 1,
    }

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Property)]
    public sealed class SpecialSettingAttribute : Attribute
    {
        private readonly SpecialSetting specialSetting;

        public SpecialSettingAttribute(SpecialSetting specialSetting)
        {
            this.specialSetting = specialSetting;
        }

        public SpecialSetting SpecialSetting
        {
            get { return specialSetting; }
        }
    }

    /// <summary>The root of the classes that Visual Studio makes of a project's settings.</summary>
    public abstract class SettingsBase
    {
        public abstract object this[string propertyName] { get; set; }

        public static SettingsBase Synchronized(SettingsBase settingsBase)
        {
            return settingsBase;
        }

        /// <summary>Nothing is kept: what was set is forgotten when the process ends.</summary>
        public virtual void Save()
        {
        }
    }

    /// <summary>A project's settings: those of the .config file, or else their defaults.</summary>
    public abstract class ApplicationSettingsBase : SettingsBase
    {
        private readonly Dictionary<string, object> values = new Dictionary<string, object>();

        public override object this[string propertyName]
        {
            get
            {
                lock (values)
                {
                    object value;
                    if (!values.TryGetValue(propertyName, out value))
                    {
                        value = Read(propertyName);
                        values[propertyName] = value;
                    }

                    return value;
                }
            }

            set
            {
                lock (values)
                {
                    values[propertyName] = value;
                }
            }
        }

        public void Reload()
        {
            lock (values)
            {
                values.Clear();
            }
        }

        public void Reset()
        {
            Reload();
        }

        public virtual void Upgrade()
        {
        }

        private object Read(string name)
        {
            const BindingFlags All =
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            PropertyInfo property = GetType().GetProperty(name, All);
            if (property == null)
            {
                throw new ConfigurationErrorsException(GetType() + " has no setting " + name + ".");
            }

            SpecialSettingAttribute special = Of<SpecialSettingAttribute>(property);
            if (special != null && special.SpecialSetting == SpecialSetting.ConnectionString)
            {
                ConnectionStringSettings found =
                    ConfigurationManager.ConnectionStrings[GetType().FullName + "." + name];
                if (found != null)
                {
                    return found.ConnectionString;
                }
            }

            DefaultSettingValueAttribute fallback = Of<DefaultSettingValueAttribute>(property);
            string text = Configured(name) ?? (fallback == null ? null : fallback.Value);
            return text == null ? Empty(property.PropertyType) : Parsed(text, property.PropertyType);
        }

        private string Configured(string name)
        {
            foreach (string group in new[] { "userSettings", "applicationSettings" })
            {
                XmlElement section = ConfigurationManager.Current().Element(group);
                XmlElement mine = ConfigFile.Child(section, GetType().FullName);
                XmlElement setting = ConfigFile.Named(mine, "setting", name);
                XmlElement value = ConfigFile.Child(setting, "value");
                if (value != null)
                {
                    bool structured = setting.GetAttribute("serializeAs") == "Xml";
                    return structured ? value.InnerXml.Trim() : value.InnerText;
                }
            }

            return null;
        }

        private static object Parsed(string text, Type type)
        {
            if (type == typeof(string))
            {
                return text;
            }

            if (text.StartsWith("<", StringComparison.Ordinal))
            {
                return new XmlSerializer(type).Deserialize(new StringReader(text));
            }

            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
        }

        private static object Empty(Type type)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        private static T Of<T>(PropertyInfo property)
            where T : Attribute
        {
            return (T)Attribute.GetCustomAttribute(property, typeof(T));
        }
    }
}
