using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A naming context of the application.</summary>
    [Serializable]
    public sealed class Partition
    {
        private readonly Guid identifier;
        private readonly string dn;
        private readonly string name;

        private Partition(Guid identifier, string dn, string name)
        {
            this.identifier = identifier;
            this.dn = string.IsNullOrEmpty(dn) ? identifier.ToString() : dn;
            this.name = name;
        }

        public Guid Identifier
        {
            get { return identifier; }
        }

        /// <summary>Where it lies; the text of the identifier if nobody said.</summary>
        public string DN
        {
            get { return dn; }
        }

        public string Name
        {
            get { return name; }
        }

        public bool HiddenByDefault { get; set; }

        public static Partition Create(Guid identifier, string dn, string name)
        {
            return new Partition(identifier, dn, name);
        }

        public static Partition Create(Guid identifier, string dn)
        {
            return new Partition(identifier, dn, string.Empty);
        }
    }

    /// <summary>A container in the application's tree.</summary>
    [Serializable]
    public sealed class HierarchyNode
    {
        private readonly string dn;
        private readonly string displayName;

        private HierarchyNode(string dn, string displayName)
        {
            this.dn = dn;
            this.displayName = displayName;
        }

        public string DN
        {
            get { return dn; }
        }

        public string DisplayName
        {
            get { return displayName; }
        }

        public static HierarchyNode Create(string dn, string displayName)
        {
            return new HierarchyNode(dn, displayName);
        }
    }
}
