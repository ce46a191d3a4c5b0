using System;
using System.Collections;
using System.Collections.Generic;

namespace System.Configuration
{
    public sealed class ConnectionStringSettings : ConfigurationElement
    {
        public ConnectionStringSettings()
            : this("", "", "")
        {
        }

        public ConnectionStringSettings(string name, string connectionString)
            : this(name, connectionString, "")
        {
        }

        public ConnectionStringSettings(string name, string connectionString, string providerName)
        {
            Name = name;
            ConnectionString = connectionString;
            ProviderName = providerName;
        }

        public string Name { get; set; }

        public string ConnectionString { get; set; }

        public string ProviderName { get; set; }

        public override string ToString()
        {
            return ConnectionString;
        }
    }

    /// <summary>Connection strings by name, whatever its case; null for a name that is not there.</summary>
    public sealed class ConnectionStringSettingsCollection : ConfigurationElementCollection
    {
        private readonly List<ConnectionStringSettings> all = new List<ConnectionStringSettings>();

        public override int Count
        {
            get { return all.Count; }
        }

        public ConnectionStringSettings this[int index]
        {
            get { return all[index]; }
        }

        public ConnectionStringSettings this[string name]
        {
            get
            {
                return all.Find(
                    each => string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase));
            }
        }

        public void Add(ConnectionStringSettings settings)
        {
            all.Add(settings);
        }

        public void Remove(string name)
        {
            all.Remove(this[name]);
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

    public sealed class ConnectionStringsSection : ConfigurationSection
    {
        private readonly ConnectionStringSettingsCollection all;

        internal ConnectionStringsSection(ConnectionStringSettingsCollection all)
        {
            this.all = all;
        }

        public ConnectionStringSettingsCollection ConnectionStrings
        {
            get { return all; }
        }
    }
}
