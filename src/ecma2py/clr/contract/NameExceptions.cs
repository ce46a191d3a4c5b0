using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>There is no such object class.</summary>
    public sealed class NoSuchClassException : MetadirectoryServicesException
    {
        private readonly string className;

        public NoSuchClassException()
        {
        }

        public NoSuchClassException(string className)
            : base("There is no object class \"" + className + "\".")
        {
            this.className = className;
        }

        public NoSuchClassException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string ClassName
        {
            get { return className; }
        }
    }

    /// <summary>There is no such management agent.</summary>
    public sealed class NoSuchManagementAgentException : MetadirectoryServicesException
    {
        private readonly string maName;

        public NoSuchManagementAgentException()
        {
        }

        public NoSuchManagementAgentException(string MAName)
            : base("There is no management agent \"" + MAName + "\".")
        {
            this.maName = MAName;
        }

        public NoSuchManagementAgentException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string MAName
        {
            get { return maName; }
        }
    }

    /// <summary>There is no such object type.</summary>
    public sealed class NoSuchObjectTypeException : MetadirectoryServicesException
    {
        private readonly string objectType;

        public NoSuchObjectTypeException()
        {
        }

        public NoSuchObjectTypeException(string objectType)
            : base("There is no object type \"" + objectType + "\".")
        {
            this.objectType = objectType;
        }

        public NoSuchObjectTypeException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string ObjectType
        {
            get { return objectType; }
        }
    }

    /// <summary>There is no such parameter.</summary>
    public sealed class NoSuchParameterException : MetadirectoryServicesException
    {
        private readonly string parameterName;

        public NoSuchParameterException()
        {
        }

        public NoSuchParameterException(string parameterName)
            : base("There is no parameter \"" + parameterName + "\".")
        {
            this.parameterName = parameterName;
        }

        public NoSuchParameterException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string ParameterName
        {
            get { return parameterName; }
        }
    }
}
