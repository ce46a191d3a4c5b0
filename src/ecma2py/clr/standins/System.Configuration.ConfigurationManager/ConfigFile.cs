using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.IO;
using System.Xml;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    /// <summary>One .config file, read once; a file that is not there is an empty one.</summary>
    internal sealed class ConfigFile
    {
        private readonly string path;
        private readonly XmlElement root;
        private NameValueCollection appSettings;

        internal ConfigFile(string path)
        {
            this.path = path;
            root = path != null && File.Exists(path) ? Read(path) : null;
        }

        /// <summary>The file of this process, which its host has named.</summary>
        internal static ConfigFile OfThisProcess()
        {
            return new ConfigFile(AppDomain.CurrentDomain.GetData("APP_CONFIG_FILE") as string);
        }

        internal string Path
        {
            get { return path; }
        }

        internal bool Exists
        {
            get { return root != null; }
        }

        /// <summary>The keys and values of appSettings, by the rules of add, remove and clear.</summary>
        internal NameValueCollection AppSettings()
        {
            if (appSettings == null)
            {
                appSettings = ReadAppSettings();
            }

            return appSettings;
        }

        private NameValueCollection ReadAppSettings()
        {
            ReadOnlySettings found = new ReadOnlySettings();
            XmlElement section = Element("appSettings");
            if (section != null)
            {
                ReadInto(found, section);
                string more = section.GetAttribute("file");
                if (more.Length > 0 && File.Exists(Beside(more)))
                {
                    ReadInto(found, Read(Beside(more)));
                }
            }

            found.Seal();
            return found;
        }

        /// <summary>The connection strings; a later one of a name takes the place of an earlier.</summary>
        internal ConnectionStringSettingsCollection ConnectionStrings()
        {
            ConnectionStringSettingsCollection found = new ConnectionStringSettingsCollection();
            foreach (XmlElement each in Elements(Element("connectionStrings")))
            {
                if (each.Name == "clear")
                {
                    found.Clear();
                }
                else if (each.Name == "remove")
                {
                    found.Remove(each.GetAttribute("name"));
                }
                else
                {
                    found.Remove(each.GetAttribute("name"));
                    found.Add(new ConnectionStringSettings(
                        each.GetAttribute("name"),
                        each.GetAttribute("connectionString"),
                        each.GetAttribute("providerName")));
                }
            }

            return found;
        }

        /// <summary>The section at a path such as "group/section", or null.</summary>
        internal XmlElement Element(string section)
        {
            XmlElement found = root;
            foreach (string step in section.Split('/'))
            {
                found = Child(found, step);
            }

            if (found == null)
            {
                return null;
            }

            if (found.HasAttribute("configProtectionProvider"))
            {
                throw new ConfigurationErrorsException(
                    "The section " + section + " of " + path + " is encrypted, which ecma2py's"
                    + " stand-in cannot read: decrypt it with aspnet_regiis -pdf on the machine"
                    + " where it was encrypted.");
            }

            string elsewhere = found.GetAttribute("configSource");
            return elsewhere.Length > 0 ? Read(Beside(elsewhere)) : found;
        }

        /// <summary>The class that configSections names for a section, or null.</summary>
        internal string Handler(string section)
        {
            XmlElement declared = Child(root, "configSections");
            string[] steps = section.Split('/');
            for (int depth = 0; depth < steps.Length; depth++)
            {
                string kind = depth == steps.Length - 1 ? "section" : "sectionGroup";
                declared = Named(declared, kind, steps[depth]);
            }

            return declared == null ? null : declared.GetAttribute("type");
        }

        internal static IEnumerable<XmlElement> Elements(XmlElement parent)
        {
            if (parent != null)
            {
                foreach (XmlNode each in parent.ChildNodes)
                {
                    XmlElement element = each as XmlElement;
                    if (element != null)
                    {
                        yield return element;
                    }
                }
            }
        }

        internal static XmlElement Named(XmlElement parent, string kind, string name)
        {
            foreach (XmlElement each in Elements(parent))
            {
                if (each.LocalName == kind && each.GetAttribute("name") == name)
                {
                    return each;
                }
            }

            return null;
        }

        internal static XmlElement Child(XmlElement parent, string name)
        {
            foreach (XmlElement each in Elements(parent))
            {
                if (each.LocalName == name)
                {
                    return each;
                }
            }

            return null;
        }

        internal static void ReadInto(NameValueCollection settings, XmlElement section)
        {
            foreach (XmlElement each in Elements(section))
            {
                if (each.Name == "clear")
                {
                    settings.Clear();
                }
                else if (each.Name == "remove")
                {
                    settings.Remove(each.GetAttribute("key"));
                }
                else
                {
                    settings.Set(each.GetAttribute("key"), each.GetAttribute("value"));
                }
            }
        }

        private string Beside(string name)
        {
            string folder = System.IO.Path.GetDirectoryName(path);
            return System.IO.Path.Combine(folder, name.Replace('\\', System.IO.Path.DirectorySeparatorChar));
        }

        private static XmlElement Read(string file)
        {
            XmlDocument document = new XmlDocument();
            document.XmlResolver = null;
            try
            {
                document.Load(file);
            }
            catch (XmlException error)
            {
                throw new ConfigurationErrorsException(file + " is no XML: " + error.Message, error);
            }
            catch (IOException error)
            {
                throw new ConfigurationErrorsException(file + " cannot be read: " + error.Message, error);
            }

            return document.DocumentElement;
        }
    }

    /// <summary>Names and values that cannot be changed once they were read.</summary>
    internal sealed class ReadOnlySettings : NameValueCollection
    {
        internal ReadOnlySettings()
            : base(StringComparer.OrdinalIgnoreCase)
        {
        }

        internal void Seal()
        {
            IsReadOnly = true;
        }
    }
}
