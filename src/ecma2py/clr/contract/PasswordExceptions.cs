using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The policy of the application forbids the password.</summary>
    public sealed class PasswordPolicyViolationException : ExtensionException
    {
        public PasswordPolicyViolationException()
        {
        }

        public PasswordPolicyViolationException(string description)
            : base(description)
        {
        }

        public PasswordPolicyViolationException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The password has characters or a length that the application does not take.</summary>
    public sealed class PasswordIllFormedException : ExtensionException
    {
        public PasswordIllFormedException()
        {
        }

        public PasswordIllFormedException(string description)
            : base(description)
        {
        }

        public PasswordIllFormedException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The password could not be set for any other reason.</summary>
    public sealed class PasswordExtensionException : ExtensionException
    {
        public PasswordExtensionException()
        {
        }

        public PasswordExtensionException(string description)
            : base(description)
        {
        }

        public PasswordExtensionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The old password is another one.</summary>
    public sealed class OldPasswordIncorrectException : ExtensionException
    {
        public OldPasswordIncorrectException()
        {
        }

        public OldPasswordIncorrectException(string description)
            : base(description)
        {
        }

        public OldPasswordIncorrectException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The connector may not do that.</summary>
    public sealed class AccessDeniedException : ExtensionException
    {
        public AccessDeniedException()
        {
        }

        public AccessDeniedException(string description)
            : base(description)
        {
        }

        public AccessDeniedException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The object is not there.</summary>
    public sealed class ObjectNotFoundException : ExtensionException
    {
        public ObjectNotFoundException()
        {
        }

        public ObjectNotFoundException(string description)
            : base(description)
        {
        }

        public ObjectNotFoundException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The connector cannot do that for objects of the type.</summary>
    public sealed class ObjectTypeNotSupportedException : ExtensionException
    {
        public ObjectTypeNotSupportedException()
        {
        }

        public ObjectTypeNotSupportedException(string description)
            : base(description)
        {
        }

        public ObjectTypeNotSupportedException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }
}
