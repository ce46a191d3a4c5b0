using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The object has no such attribute.</summary>
    public sealed class AttributeDoesNotExistOnObjectException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public AttributeDoesNotExistOnObjectException()
        {
        }

        public AttributeDoesNotExistOnObjectException(string attributeName)
            : base("The object has no attribute \"" + attributeName + "\".")
        {
            this.attributeName = attributeName;
        }

        public AttributeDoesNotExistOnObjectException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }

    /// <summary>The attribute is no source of the flow.</summary>
    public sealed class AttributeNotDefinedAsSourceException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public AttributeNotDefinedAsSourceException()
        {
        }

        public AttributeNotDefinedAsSourceException(string attributeName)
            : base("The attribute \"" + attributeName + "\" is no source of the flow.")
        {
            this.attributeName = attributeName;
        }

        public AttributeNotDefinedAsSourceException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }

    /// <summary>The attribute is not selected.</summary>
    public sealed class AttributeNotInInclusionListException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public AttributeNotInInclusionListException()
        {
        }

        public AttributeNotInInclusionListException(string attributeName)
            : base("The attribute \"" + attributeName + "\" is not selected.")
        {
            this.attributeName = attributeName;
        }

        public AttributeNotInInclusionListException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }

    /// <summary>The attribute has no value.</summary>
    public sealed class AttributeNotPresentException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public AttributeNotPresentException()
        {
        }

        public AttributeNotPresentException(string attributeName)
            : base("The attribute \"" + attributeName + "\" has no value.")
        {
            this.attributeName = attributeName;
        }

        public AttributeNotPresentException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }

    /// <summary>There is no such attribute.</summary>
    public sealed class NoSuchAttributeException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public NoSuchAttributeException()
        {
        }

        public NoSuchAttributeException(string attributeName)
            : base("There is no attribute \"" + attributeName + "\".")
        {
            this.attributeName = attributeName;
        }

        public NoSuchAttributeException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }

    /// <summary>The object type has no such attribute.</summary>
    public sealed class NoSuchAttributeInObjectTypeException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public NoSuchAttributeInObjectTypeException()
        {
        }

        public NoSuchAttributeInObjectTypeException(string attributeName)
            : base("The object type has no attribute \"" + attributeName + "\".")
        {
            this.attributeName = attributeName;
        }

        public NoSuchAttributeInObjectTypeException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }

    /// <summary>The attribute takes one value only.</summary>
    public sealed class TooManyValuesException : MetadirectoryServicesException
    {
        private readonly string attributeName;

        public TooManyValuesException()
        {
        }

        public TooManyValuesException(string attributeName)
            : base("The attribute \"" + attributeName + "\" takes one value only.")
        {
            this.attributeName = attributeName;
        }

        public TooManyValuesException(string description, Exception innerException)
            : base(description, innerException)
        {
        }

        public string AttributeName
        {
            get { return attributeName; }
        }
    }
}
