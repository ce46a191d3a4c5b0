using System;

namespace System.Management
{
    /// <summary>How a call of Windows Management Instrumentation ended.</summary>
    public enum ManagementStatus
    {
        NoError = 0,
        Failed = unchecked((int)0x80041001),
        NotFound = unchecked((int)0x80041002),
        AccessDenied = unchecked((int)0x80041003),
        InvalidParameter = unchecked((int)0x80041008),
        NotSupported = unchecked((int)0x8004100C),
    }

    /// <summary>What every call raises that would have to ask Windows.</summary>
    public class ManagementException : SystemException
    {
        private readonly ManagementStatus errorCode = ManagementStatus.NotSupported;

        public ManagementException()
        {
        }

        public ManagementException(string message)
            : base(message)
        {
        }

        public ManagementException(string message, Exception innerException)
            : base(message, innerException)
        {
        }

        public ManagementStatus ErrorCode
        {
            get { return errorCode; }
        }

        public ManagementBaseObject ErrorInformation
        {
            get { return null; }
        }
    }

    internal static class Unavailable
    {
        /// <summary>The error of every call, with what it was about.</summary>
        internal static ManagementException Asked(string what)
        {
            return new ManagementException(
                what + ": ecma2py's stand-in for System.Management asks nothing of Windows. On"
                + " Windows, run the connector on .NET Framework, or copy System.Management.dll from"
                + " its NuGet package to the connector's folder.");
        }
    }
}
