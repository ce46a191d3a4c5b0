using System;
using System.Collections.Specialized;

namespace System.Configuration
{
    public enum ConfigurationUserLevel
    {
        None = 0,
        PerUserRoaming = 10,
        PerUserRoamingAndLocal = 20,
    }

    public enum ConfigurationSaveMode
    {
        Modified = 0,
        Minimal = 1,
        Full = 2,
    }

    /// <summary>Names the files of a configuration; the first is read, those of users are not.</summary>
    public class ConfigurationFileMap
    {
        public string MachineConfigFilename { get; set; }
    }

    public sealed class ExeConfigurationFileMap : ConfigurationFileMap
    {
        public string ExeConfigFilename { get; set; }

        public string LocalUserConfigFilename { get; set; }

        public string RoamingUserConfigFilename { get; set; }
    }

    /// <summary>The settings in one file.</summary>
    public sealed class Configuration
    {
        private readonly ConfigFile file;
        private readonly AppSettingsSection appSettings;
        private readonly ConnectionStringsSection connectionStrings;

        internal Configuration(ConfigFile file)
        {
            this.file = file;
            appSettings = new AppSettingsSection(file.AppSettings());
            connectionStrings = new ConnectionStringsSection(file.ConnectionStrings());
        }

        public string FilePath
        {
            get { return file.Path; }
        }

        public bool HasFile
        {
            get { return file.Exists; }
        }

        public AppSettingsSection AppSettings
        {
            get { return appSettings; }
        }

        public ConnectionStringsSection ConnectionStrings
        {
            get { return connectionStrings; }
        }

        /// <summary>The section; null for one that is not there, or that is of another kind.</summary>
        public ConfigurationSection GetSection(string sectionName)
        {
            return sectionName == "appSettings" ? (ConfigurationSection)appSettings
                : sectionName == "connectionStrings" ? connectionStrings
                : Sections.Of(file, sectionName) as ConfigurationSection;
        }

        public void Save()
        {
            throw new ConfigurationErrorsException(
                (FilePath ?? "The configuration") + " is not written by ecma2py's stand-in: change it"
                + " with an editor.");
        }

        public void Save(ConfigurationSaveMode saveMode)
        {
            Save();
        }
    }

    public sealed class AppSettingsSection : ConfigurationSection
    {
        private readonly KeyValueConfigurationCollection settings = new KeyValueConfigurationCollection();

        internal AppSettingsSection(NameValueCollection read)
        {
            foreach (string key in read)
            {
                settings.Add(key, read[key]);
            }
        }

        public KeyValueConfigurationCollection Settings
        {
            get { return settings; }
        }
    }

    /// <summary>Keys and values; what is changed here stays in memory.</summary>
    public class KeyValueConfigurationCollection : ConfigurationElementCollection
    {
        public string[] AllKeys
        {
            get { return Array.ConvertAll(BaseGetAllKeys(), key => (string)key); }
        }

        public new KeyValueConfigurationElement this[string key]
        {
            get
            {
                foreach (KeyValueConfigurationElement each in this)
                {
                    if (string.Equals(each.Key, key, StringComparison.OrdinalIgnoreCase))
                    {
                        return each;
                    }
                }

                return null;
            }
        }

        public void Add(string key, string value)
        {
            BaseAdd(new KeyValueConfigurationElement(key, value));
        }

        public void Add(KeyValueConfigurationElement keyValue)
        {
            BaseAdd(keyValue);
        }

        public void Remove(string key)
        {
            BaseRemove(key);
        }

        public void Clear()
        {
            BaseClear();
        }

        protected override ConfigurationElement CreateNewElement()
        {
            return new KeyValueConfigurationElement("", "");
        }

        protected override object GetElementKey(ConfigurationElement element)
        {
            return ((KeyValueConfigurationElement)element).Key;
        }
    }

    public class KeyValueConfigurationElement : ConfigurationElement
    {
        private readonly string key;

        public KeyValueConfigurationElement(string key, string value)
        {
            this.key = key;
            Value = value;
        }

        public string Key
        {
            get { return key; }
        }

        public string Value { get; set; }
    }
}
