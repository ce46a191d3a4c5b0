namespace Microsoft.MetadirectoryServices
{
    // The first generation of extensible connectors. The types exist so that a DLL which holds both
    // generations loads; ecma2py calls the second one only.

    /// <summary>First generation: wrapped around the export of a built-in connector.</summary>
    public interface IMACalloutExtension
    {
        void BeginExportToCd(string connectTo, string user, string domain, string server, string password);

        void BeforeExportEntryToCd(string deltaEntryXml, string[] changedAttributes);

        void AfterExportEntryToCd(
            byte[] origAnchor,
            string origDN,
            string origDeltaEntryXml,
            byte[] newAnchor,
            string newDN,
            string failedDeltaEntryXml,
            string errorMessage);

        void EndExportToCd();
    }

    /// <summary>First generation: export object by object.</summary>
    public interface IMAExtensibleCallExport
    {
        void BeginExport(
            string connectTo,
            string user,
            string password,
            ConfigParameterCollection configParameters,
            TypeDescriptionCollection types);

        void ExportEntry(ModificationType modificationType, string[] changedAttributes, CSEntry csentry);

        void EndExport();
    }

    /// <summary>First generation: export through a file.</summary>
    public interface IMAExtensibleFileExport
    {
        void DeliverExportFile(
            string fileName,
            string connectTo,
            string user,
            string password,
            ConfigParameterCollection configParameters,
            TypeDescriptionCollection types);
    }

    /// <summary>First generation: import through a file.</summary>
    public interface IMAExtensibleFileImport
    {
        void GenerateImportFile(
            string fileName,
            string connectTo,
            string user,
            string password,
            ConfigParameterCollection configParameters,
            bool fFullImport,
            TypeDescriptionCollection types,
            ref string customData);
    }

    /// <summary>First generation: passwords.</summary>
    public interface IMAPasswordManagement
    {
        void BeginConnectionToServer(string connectTo, string user, string password);

        void EndConnectionToServer();

        ConnectionSecurityLevel GetConnectionSecurityLevel();

        void SetPassword(CSEntry csentry, string NewPassword);

        void ChangePassword(CSEntry csentry, string OldPassword, string NewPassword);

        void RequireChangePasswordOnNextLogin(CSEntry csentry, bool fRequireChangePasswordOnNextLogin);
    }

    /// <summary>First generation: what happened to an exported object.</summary>
    public enum ModificationType
    {
        Add = 0,
        Replace = 1,
        Delete = 2,
    }
}
