using System;
using System.Collections;
using System.Collections.Generic;
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

        /// <summary>One of the two sections that are known; null for any other.</summary>
        public ConfigurationSection GetSection(string sectionName)
        {
            return sectionName == "appSettings" ? (ConfigurationSection)appSettings
                : sectionName == "connectionStrings" ? connectionStrings
                : null;
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

    /// <summary>The root of sections and of what is in them.</summary>
    public abstract class ConfigurationElement
    {
    }

    public abstract class ConfigurationSection : ConfigurationElement
    {
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

    public abstract class ConfigurationElementCollection : ConfigurationElement, IEnumerable
    {
        public abstract int Count { get; }

        public abstract IEnumerator GetEnumerator();
    }

    /// <summary>Keys and values; what is changed here stays in memory.</summary>
    public class KeyValueConfigurationCollection : ConfigurationElementCollection
    {
        private readonly List<KeyValueConfigurationElement> all = new List<KeyValueConfigurationElement>();

        public override int Count
        {
            get { return all.Count; }
        }

        public string[] AllKeys
        {
            get { return all.ConvertAll(each => each.Key).ToArray(); }
        }

        public KeyValueConfigurationElement this[string key]
        {
            get
            {
                return all.Find(
                    each => string.Equals(each.Key, key, StringComparison.OrdinalIgnoreCase));
            }
        }

        public void Add(string key, string value)
        {
            Add(new KeyValueConfigurationElement(key, value));
        }

        public void Add(KeyValueConfigurationElement keyValue)
        {
            all.Add(keyValue);
        }

        public void Remove(string key)
        {
            all.Remove(this[key]);
        }

        public void Clear()
        {
            all.Clear();
        }

        public override IEnumerator GetEnumerator()
        {
            return all.GetEnumerator();
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
