using System;
using System.Collections;
using System.Collections.Specialized;
using System.Xml;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    /// <summary>Makes an object of a section of its own.</summary>
    public interface IConfigurationSectionHandler
    {
        object Create(object parent, object configContext, XmlNode section);
    }

    /// <summary>Keys and values as a NameValueCollection.</summary>
    public class NameValueSectionHandler : IConfigurationSectionHandler
    {
        public object Create(object parent, object context, XmlNode section)
        {
            ReadOnlySettings found = new ReadOnlySettings();
            ConfigFile.ReadInto(found, (XmlElement)section);
            found.Seal();
            return found;
        }
    }

    /// <summary>Keys and values as a Hashtable.</summary>
    public class DictionarySectionHandler : IConfigurationSectionHandler
    {
        public virtual object Create(object parent, object context, XmlNode section)
        {
            NameValueCollection read = new NameValueCollection();
            ConfigFile.ReadInto(read, (XmlElement)section);
            Hashtable found = new Hashtable(StringComparer.OrdinalIgnoreCase);
            foreach (string key in read)
            {
                found[key] = read[key];
            }

            return found;
        }
    }

    /// <summary>The attributes of the section as a Hashtable.</summary>
    public class SingleTagSectionHandler : IConfigurationSectionHandler
    {
        public virtual object Create(object parent, object context, XmlNode section)
        {
            Hashtable found = new Hashtable();
            foreach (XmlAttribute each in section.Attributes)
            {
                found[each.Name] = each.Value;
            }

            return found;
        }
    }

    /// <summary>A section that others read for themselves.</summary>
    public class IgnoreSectionHandler : IConfigurationSectionHandler
    {
        public virtual object Create(object parent, object configContext, XmlNode section)
        {
            return null;
        }
    }
}
