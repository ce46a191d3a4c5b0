using System;
using System.Collections.Generic;
using System.Xml;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    /// <summary>A part of a configuration whose class says which attributes and elements it has.</summary>
    public abstract class ConfigurationElement
    {
        private readonly Dictionary<string, object> values = new Dictionary<string, object>();
        private ConfigurationPropertyCollection declared;

        /// <summary>What it has: a class may say it in code, or else by attributes of its members.</summary>
        protected internal virtual ConfigurationPropertyCollection Properties
        {
            get
            {
                if (declared == null)
                {
                    declared = ConfigurationPropertyCollection.Of(GetType());
                }

                return declared;
            }
        }

        protected internal object this[ConfigurationProperty prop]
        {
            get { return this[prop.Name]; }
            set { this[prop.Name] = value; }
        }

        protected internal object this[string propertyName]
        {
            get
            {
                object value;
                if (!values.TryGetValue(propertyName, out value))
                {
                    ConfigurationProperty property = Properties[propertyName];
                    if (property == null)
                    {
                        return null;
                    }

                    // An element that is not in the file has its defaults, and is there all the same.
                    value = property.IsElement ? property.NewElement() : property.DefaultValue;
                    values[propertyName] = value;
                }

                return value;
            }

            set
            {
                values[propertyName] = value;
            }
        }

        public virtual bool IsReadOnly()
        {
            return false;
        }

        /// <summary>Called before anything is read.</summary>
        protected internal virtual void Init()
        {
        }

        /// <summary>Called when all is read.</summary>
        protected virtual void PostDeserialize()
        {
        }

        /// <summary>Takes what an element of the file has; the path is for errors.</summary>
        internal virtual void Read(XmlElement element, string path)
        {
            Init();
            foreach (ConfigurationProperty property in Properties)
            {
                if (property.IsElement)
                {
                    ReadElement(property, element, path);
                }
                else if (element.HasAttribute(property.Name))
                {
                    string text = element.GetAttribute(property.Name);
                    values[property.Name] = property.Parsed(text, path + "/" + property.Name);
                }
                else if (property.IsRequired)
                {
                    throw new ConfigurationErrorsException(
                        "Required attribute '" + property.Name + "' not found in " + path + ".");
                }
            }

            PostDeserialize();
        }

        private void ReadElement(ConfigurationProperty property, XmlElement element, string path)
        {
            XmlElement child = property.Name.Length == 0
                ? element : ConfigFile.Child(element, property.Name);
            if (child != null)
            {
                ConfigurationElement made = property.NewElement();
                made.Read(child, path + "/" + child.LocalName);
                values[property.Name] = made;
            }
            else if (property.IsRequired)
            {
                throw new ConfigurationErrorsException(
                    "Required element '" + property.Name + "' not found in " + path + ".");
            }
        }
    }

    /// <summary>A section of its own, which configSections names with its class.</summary>
    public abstract class ConfigurationSection : ConfigurationElement
    {
        protected internal virtual object GetRuntimeObject()
        {
            return this;
        }
    }
}
