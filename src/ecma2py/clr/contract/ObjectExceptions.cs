using System;
using System.Globalization;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The name is none that the management agent takes.</summary>
    public sealed class InvalidDNException : MetadirectoryServicesException
    {
        private readonly string maName;
        private readonly string dn;

        public InvalidDNException()
        {
        }

        public InvalidDNException(string description)
            : base(description)
        {
        }

        public InvalidDNException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public InvalidDNException(string MAName, string DN)
            : base("\"" + DN + "\" is no name that the management agent \"" + MAName + "\" takes.")
        {
            this.maName = MAName;
            this.dn = DN;
        }

        public InvalidDNException(string MAName, string DN, string messageFormat)
            : base(string.Format(CultureInfo.InvariantCulture, messageFormat, MAName, DN))
        {
            this.maName = MAName;
            this.dn = DN;
        }

        public string MAName
        {
            get { return maName; }
        }

        /// <summary>Made by the synchronization engine; ApplicationException where there is none.</summary>
        public ReferenceValue DN
        {
            get { return Utils.MAs[maName].CreateDN(dn); }
        }
    }

    /// <summary>The parent of the object is missing.</summary>
    public sealed class MissingParentObjectException : MetadirectoryServicesException
    {
        private readonly string maName;
        private readonly string dn;

        public MissingParentObjectException()
        {
        }

        public MissingParentObjectException(string description)
            : base(description)
        {
        }

        public MissingParentObjectException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public MissingParentObjectException(string MAName, string DN)
            : base("The parent of \"" + DN + "\" is missing in the management agent \"" + MAName + "\".")
        {
            this.maName = MAName;
            this.dn = DN;
        }

        public string MAName
        {
            get { return maName; }
        }

        /// <summary>Made by the synchronization engine; ApplicationException where there is none.</summary>
        public ReferenceValue DN
        {
            get { return Utils.MAs[maName].CreateDN(dn); }
        }
    }

    /// <summary>The object fits no partition.</summary>
    public sealed class NoCompatiblePartitionFoundException : MetadirectoryServicesException
    {
        private readonly string maName;
        private readonly string dn;
        private readonly string[] objectClasses;
        private readonly string objectType;

        public NoCompatiblePartitionFoundException()
        {
        }

        public NoCompatiblePartitionFoundException(string description)
            : base(description)
        {
        }

        public NoCompatiblePartitionFoundException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public NoCompatiblePartitionFoundException(
            string MAName,
            string DN,
            string[] ObjectClasses,
            string ObjectType)
            : base("\"" + DN + "\" fits no partition of the management agent \"" + MAName + "\".")
        {
            this.maName = MAName;
            this.dn = DN;
            this.objectClasses = ObjectClasses;
            this.objectType = ObjectType;
        }

        public string MAName
        {
            get { return maName; }
        }

        /// <summary>Made by the synchronization engine; ApplicationException where there is none.</summary>
        public ReferenceValue DN
        {
            get { return Utils.MAs[maName].CreateDN(dn); }
        }

        public string[] ObjectClasses
        {
            get { return objectClasses; }
        }

        public string ObjectType
        {
            get { return objectType; }
        }
    }

    /// <summary>The object is not there.</summary>
    public sealed class NoSuchObjectException : MetadirectoryServicesException
    {
        private readonly string maName;
        private readonly string dn;

        public NoSuchObjectException()
        {
        }

        public NoSuchObjectException(string description)
            : base(description)
        {
        }

        public NoSuchObjectException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public NoSuchObjectException(string MAName, string DN)
            : base("There is no \"" + DN + "\" in the management agent \"" + MAName + "\".")
        {
            this.maName = MAName;
            this.dn = DN;
        }

        public string MAName
        {
            get { return maName; }
        }

        /// <summary>Made by the synchronization engine; ApplicationException where there is none.</summary>
        public ReferenceValue DN
        {
            get { return Utils.MAs[maName].CreateDN(dn); }
        }
    }

    /// <summary>The object is there already.</summary>
    public sealed class ObjectAlreadyExistsException : MetadirectoryServicesException
    {
        private readonly string maName;
        private readonly string dn;

        public ObjectAlreadyExistsException()
        {
        }

        public ObjectAlreadyExistsException(string description)
            : base(description)
        {
        }

        public ObjectAlreadyExistsException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public ObjectAlreadyExistsException(string MAName, string DN)
            : base("\"" + DN + "\" exists already in the management agent \"" + MAName + "\".")
        {
            this.maName = MAName;
            this.dn = DN;
        }

        public string MAName
        {
            get { return maName; }
        }

        /// <summary>Made by the synchronization engine; ApplicationException where there is none.</summary>
        public ReferenceValue DN
        {
            get { return Utils.MAs[maName].CreateDN(dn); }
        }
    }
}
