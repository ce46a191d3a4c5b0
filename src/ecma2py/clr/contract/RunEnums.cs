namespace Microsoft.MetadirectoryServices
{
    /// <summary>How much a run moves.</summary>
    public enum OperationType
    {
        Full = 0,
        FullObject = 1,
        Delta = 2,
    }

    /// <summary>Why a connection is closed.</summary>
    public enum CloseReason
    {
        Normal = 0,
        TerminatedByUser = 1,
        TerminatedShuttingDown = 2,
        OpenConnectionFailure = 3,
        Unknown = 4,
    }

    /// <summary>Why an object could not be imported.</summary>
    public enum MAImportError
    {
        Success = 0,
        ImportErrorMissingDomainName = 1,
        ImportErrorDomainNameNotLdapConformant = 2,
        ImportErrorInvalidDomainName = 3,
        ImportErrorMissingChangeType = 4,
        ImportErrorInvalidChangeType = 5,
        ImportErrorMultiValuedChangeType = 6,
        ImportErrorMissingObjectClass = 7,
        ImportErrorMissingObjectType = 8,
        ImportErrorParseError = 9,
        ImportErrorReadError = 10,
        ImportErrorInvalidAttributeValue = 11,
        ImportErrorInvalidBase64Value = 12,
        ImportErrorInvalidNumericValue = 13,
        ImportErrorInvalidBooleanValue = 14,
        ImportErrorCustomStopRun = 15,
        ImportErrorCustomContinueRun = 16,
    }

    /// <summary>What became of an exported object.</summary>
    public enum MAExportError
    {
        Success = 0,
        ExportActionConvertUpdateToAdd = 1,
        ExportActionRetryReferenceAttribute = 2,
        ExportActionProvisioningParent = 3,
        ExportErrorConnectedDirectoryError = 4,
        ExportErrorConnectedDirectoryMissingObject = 5,
        ExportErrorConnectedDirectoryExistingObject = 6,
        ExportErrorReferenceAttributeFailure = 7,
        ExportErrorNonExistingParent = 8,
        ExportErrorDuplicateAnchor = 9,
        ExportErrorAmbiguousUpdate = 10,
        ExportErrorPasswordPolicyViolation = 11,
        ExportErrorKerberosTimeSkew = 12,
        ExportErrorKerberosNoLogOnServer = 13,
        ExportErrorInvalidDN = 14,
        ExportErrorConstraintViolation = 15,
        ExportErrorSyntaxViolation = 16,
        ExportErrorChangeNamingAttribute = 17,
        ExportErrorPermissionIssue = 18,
        ExportErrorMissingProvisioningAttribute = 19,
        ExportErrorInvalidProvisioningAttributeValue = 20,
        ExportErrorMissingAnchorComponent = 21,
        ExportErrorMultiValuedAnchorComponent = 22,
        ExportErrorAnchorTooLong = 23,
        ExportErrorInvalidAttributeValue = 24,
        ExportErrorCustomStopRun = 25,
        ExportErrorCustomContinueRun = 26,
    }
}
