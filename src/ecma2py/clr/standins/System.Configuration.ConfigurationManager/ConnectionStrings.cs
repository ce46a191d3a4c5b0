using System;

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
        public ConnectionStringSettings this[int index]
        {
            get { return (ConnectionStringSettings)BaseGet(index); }
        }

        public new ConnectionStringSettings this[string name]
        {
            get
            {
                foreach (ConnectionStringSettings each in this)
                {
                    if (string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase))
                    {
                        return each;
                    }
                }

                return null;
            }
        }

        public void Add(ConnectionStringSettings settings)
        {
            BaseAdd(settings);
        }

        public void Remove(string name)
        {
            BaseRemove(name);
        }

        public void Clear()
        {
            BaseClear();
        }

        protected override ConfigurationElement CreateNewElement()
        {
            return new ConnectionStringSettings();
        }

        protected override object GetElementKey(ConfigurationElement element)
        {
            return ((ConnectionStringSettings)element).Name;
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
