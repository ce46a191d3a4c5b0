using System;
using System.Runtime.Serialization;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The root of what an extension raises.</summary>
    public class ExtensionException : ApplicationException
    {
        public ExtensionException()
        {
        }

        public ExtensionException(string description)
            : base(description)
        {
        }

        public ExtensionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        protected ExtensionException(SerializationInfo info, StreamingContext context)
            : base(info, context)
        {
        }
    }

    /// <summary>The root of what the object model of rules extensions raises.</summary>
    public class MetadirectoryServicesException : ApplicationException
    {
        public MetadirectoryServicesException()
        {
        }

        public MetadirectoryServicesException(string description)
            : base(description)
        {
        }

        public MetadirectoryServicesException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        protected MetadirectoryServicesException(SerializationInfo info, StreamingContext context)
            : base(info, context)
        {
        }
    }
}
