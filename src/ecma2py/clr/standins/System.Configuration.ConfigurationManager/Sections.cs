using System;
using System.Xml;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    /// <summary>Makes objects of the sections that a file declares.</summary>
    internal static class Sections
    {
        /// <summary>What the class of a section makes of it; null for one that is not there.</summary>
        internal static object Of(ConfigFile file, string section)
        {
            XmlElement element = file.Element(section);
            return element == null ? null : Made(file, section, element);
        }

        private static object Made(ConfigFile file, string section, XmlElement element)
        {
            string where = "section " + section + " of " + file.Path;
            string name = file.Handler(section);
            if (string.IsNullOrEmpty(name))
            {
                throw new ConfigurationErrorsException(
                    "The " + where + " is not declared in its configSections.");
            }

            Type type = Type.GetType(name, false);
            if (type == null)
            {
                throw new ConfigurationErrorsException(
                    "The class " + name + " for the " + where + " was not found.");
            }

            object made = Activator.CreateInstance(type, true);
            IConfigurationSectionHandler handler = made as IConfigurationSectionHandler;
            if (handler != null)
            {
                return handler.Create(null, null, element);
            }

            ConfigurationSection declared = made as ConfigurationSection;
            if (declared == null)
            {
                throw new ConfigurationErrorsException(
                    "The class " + name + " for the " + where + " is no ConfigurationSection and no"
                    + " IConfigurationSectionHandler.");
            }

            declared.Read(element, file.Path + ": " + section);
            return declared.GetRuntimeObject();
        }
    }
}
