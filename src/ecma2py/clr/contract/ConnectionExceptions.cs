using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The server does not answer.</summary>
    public sealed class ServerDownException : ExtensionException
    {
        public ServerDownException()
        {
        }

        public ServerDownException(string description)
            : base(description)
        {
        }

        public ServerDownException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The server does not take the credentials.</summary>
    public sealed class BadServerCredentialsException : ExtensionException
    {
        public BadServerCredentialsException()
        {
        }

        public BadServerCredentialsException(string description)
            : base(description)
        {
        }

        public BadServerCredentialsException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>No connection could be made.</summary>
    public sealed class FailedConnectionException : ExtensionException
    {
        public FailedConnectionException()
        {
        }

        public FailedConnectionException(string description)
            : base(description)
        {
        }

        public FailedConnectionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The connection broke off.</summary>
    public sealed class DroppedConnectionException : ExtensionException
    {
        public DroppedConnectionException()
        {
        }

        public DroppedConnectionException(string description)
            : base(description)
        {
        }

        public DroppedConnectionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>A search failed.</summary>
    public sealed class FailedSearchException : ExtensionException
    {
        public FailedSearchException()
        {
        }

        public FailedSearchException(string description)
            : base(description)
        {
        }

        public FailedSearchException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The connection could not be closed.</summary>
    public sealed class EndConnectionException : ExtensionException
    {
        public EndConnectionException()
        {
        }

        public EndConnectionException(string description)
            : base(description)
        {
        }

        public EndConnectionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The password connection could not be closed.</summary>
    public sealed class ClosePasswordConnectionException : ExtensionException
    {
        public ClosePasswordConnectionException()
        {
        }

        public ClosePasswordConnectionException(string description)
            : base(description)
        {
        }

        public ClosePasswordConnectionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }
}
