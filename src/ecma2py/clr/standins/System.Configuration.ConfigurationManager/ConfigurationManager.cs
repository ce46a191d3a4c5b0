using System;
using System.Collections.Specialized;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    /// <summary>The settings in the connector's .config file; they are read, never written.</summary>
    public static class ConfigurationManager
    {
        private static readonly object Gate = new object();
        private static ConfigFile file;

        public static NameValueCollection AppSettings
        {
            get { return Current().AppSettings(); }
        }

        public static ConnectionStringSettingsCollection ConnectionStrings
        {
            get { return Current().ConnectionStrings(); }
        }

        /// <summary>What the handler of a section makes of it; null for one that is not there.</summary>
        public static object GetSection(string sectionName)
        {
            ConfigFile current = Current();
            if (sectionName == "appSettings")
            {
                return current.AppSettings();
            }

            if (sectionName == "connectionStrings")
            {
                return new ConnectionStringsSection(current.ConnectionStrings());
            }

            return Sections.Of(current, sectionName);
        }

        /// <summary>The file is read again when it is next asked for anything.</summary>
        public static void RefreshSection(string sectionName)
        {
            lock (Gate)
            {
                file = null;
            }
        }

        /// <summary>The settings of this process, whatever the level: those of users are not kept.</summary>
        public static Configuration OpenExeConfiguration(ConfigurationUserLevel userLevel)
        {
            return new Configuration(Current());
        }

        /// <summary>The settings in the file beside a program or library, which ends in .config.</summary>
        public static Configuration OpenExeConfiguration(string exePath)
        {
            return new Configuration(
                string.IsNullOrEmpty(exePath) ? Current() : new ConfigFile(exePath + ".config"));
        }

        public static Configuration OpenMappedExeConfiguration(
            ExeConfigurationFileMap fileMap, ConfigurationUserLevel userLevel)
        {
            return new Configuration(new ConfigFile(fileMap.ExeConfigFilename));
        }

        internal static ConfigFile Current()
        {
            lock (Gate)
            {
                if (file == null)
                {
                    file = ConfigFile.OfThisProcess();
                }

                return file;
            }
        }
    }

    /// <summary>The older name of the same settings.</summary>
    public sealed class ConfigurationSettings
    {
        private ConfigurationSettings()
        {
        }

        public static NameValueCollection AppSettings
        {
            get { return ConfigurationManager.AppSettings; }
        }

        public static object GetConfig(string sectionName)
        {
            return ConfigurationManager.GetSection(sectionName);
        }
    }

    /// <summary>Reads settings as values of a type.</summary>
    public class AppSettingsReader
    {
        public object GetValue(string key, Type type)
        {
            string text = ConfigurationManager.AppSettings[key];
            if (text == null)
            {
                throw new InvalidOperationException("There is no key " + key + " in appSettings.");
            }

            return Convert.ChangeType(text, type, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
