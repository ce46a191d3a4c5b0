using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The run shall end.</summary>
    public sealed class TerminateRunException : ExtensionException
    {
        public TerminateRunException()
        {
        }

        public TerminateRunException(string description)
            : base(description)
        {
        }

        public TerminateRunException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The extension does not do what it was called for.</summary>
    public sealed class EntryPointNotImplementedException : ExtensionException
    {
        public EntryPointNotImplementedException()
        {
        }

        public EntryPointNotImplementedException(string description)
            : base(description)
        {
        }

        public EntryPointNotImplementedException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The extension failed; the run ends.</summary>
    public sealed class ExtensibleExtensionException : ExtensionException
    {
        public ExtensibleExtensionException()
        {
        }

        public ExtensibleExtensionException(string description)
            : base(description)
        {
        }

        public ExtensibleExtensionException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The application gave what the extension cannot read.</summary>
    public sealed class UnexpectedDataException : ExtensionException
    {
        public UnexpectedDataException()
        {
        }

        public UnexpectedDataException(string description)
            : base(description)
        {
        }

        public UnexpectedDataException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>There is no watermark to start from; a full import makes one.</summary>
    public sealed class WarningNoWatermarkException : ExtensionException
    {
        public WarningNoWatermarkException()
        {
        }

        public WarningNoWatermarkException(string description)
            : base(description)
        {
        }

        public WarningNoWatermarkException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>This object could not be exported; the run goes on.</summary>
    public sealed class EntryExportException : ExtensionException
    {
        public EntryExportException()
        {
        }

        public EntryExportException(string description)
            : base(description)
        {
        }

        public EntryExportException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>This object could not be exported; the run ends.</summary>
    public sealed class FatalEntryExportException : ExtensionException
    {
        public FatalEntryExportException()
        {
        }

        public FatalEntryExportException(string description)
            : base(description)
        {
        }

        public FatalEntryExportException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>The rule lets this flow be.</summary>
    public sealed class DeclineMappingException : ExtensionException
    {
        public DeclineMappingException()
        {
        }

        public DeclineMappingException(string description)
            : base(description)
        {
        }

        public DeclineMappingException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>A function of a declarative rule failed.</summary>
    public sealed class FunctionEvaluationException : ExtensionException
    {
        public FunctionEvaluationException()
        {
        }

        public FunctionEvaluationException(string description)
            : base(description)
        {
        }

        public FunctionEvaluationException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }

    /// <summary>A declarative rule could not provision.</summary>
    public sealed class ProvisioningBySyncRuleException : ExtensionException
    {
        public ProvisioningBySyncRuleException()
        {
        }

        public ProvisioningBySyncRuleException(string description)
            : base(description)
        {
        }

        public ProvisioningBySyncRuleException(string description, Exception innerException)
            : base(description, innerException)
        {
        }
    }
}
