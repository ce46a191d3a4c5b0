using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Linq;
using System.Security;
using Microsoft.MetadirectoryServices;

namespace Demo
{
    /// <summary>People and groups in CSV files: every call-based interface that most connectors need.</summary>
    /// <remarks>
    /// The host makes a new object for every run, asks it what it can do and for its schema, and then opens
    /// an import, an export or a password connection. So a field that a run sets up is the run's own.
    /// </remarks>
    public sealed class DemoConnector :
        IMAExtensible2GetCapabilities,
        IMAExtensible2GetParameters,
        IMAExtensible2GetSchema,
        IMAExtensible2CallImport,
        IMAExtensible2CallExport,
        IMAExtensible2Password
    {
        private const string FolderParameter = "Folder";
        private const string PepperParameter = "Pepper";
        private const string ChecksParameter = "Check references";

        private Store store;
        private IEnumerator<CSEntryChange> entries;
        private bool more;
        private int pageSize;
        private long watermark;
        private Export export;
        private Passwords passwords;

        public int ImportDefaultPageSize
        {
            get { return 100; }
        }

        public int ImportMaxPageSize
        {
            get { return 1000; }
        }

        public int ExportDefaultPageSize
        {
            get { return 50; }
        }

        public int ExportMaxPageSize
        {
            get { return 500; }
        }

        /// <summary>Objects have no DN: references hold the key of what they refer to.</summary>
        public MACapabilities Capabilities
        {
            get
            {
                return new MACapabilities
                {
                    DistinguishedNameStyle = MADistinguishedNameStyle.None,
                    ExportType = MAExportType.AttributeUpdate,
                    ObjectConfirmation = MAObjectConfirmation.Normal,
                    DeltaImport = true,
                    SupportImport = true,
                    SupportExport = true,
                    SupportPassword = true,
                };
            }
        }

        public IList<ConfigParameterDefinition> GetConfigParameters(
            KeyedCollection<string, ConfigParameter> configParameters, ConfigParameterPage page)
        {
            switch (page)
            {
                case ConfigParameterPage.Connectivity:
                    return new[]
                    {
                        ConfigParameterDefinition.CreateLabelParameter("Where person.csv and group.csv are"),
                        ConfigParameterDefinition.CreateStringParameter(FolderParameter, "", "data"),
                        ConfigParameterDefinition.CreateDividerParameter(),
                        ConfigParameterDefinition.CreateEncryptedStringParameter(PepperParameter, ""),
                    };
                case ConfigParameterPage.Global:
                    return new[]
                    {
                        ConfigParameterDefinition.CreateCheckBoxParameter(ChecksParameter, true),
                    };
                default:
                    return new ConfigParameterDefinition[0];
            }
        }

        public ParameterValidationResult ValidateConfigParameters(
            KeyedCollection<string, ConfigParameter> configParameters, ConfigParameterPage page)
        {
            string folder = FolderOf(configParameters);
            if (page == ConfigParameterPage.Connectivity && !Directory.Exists(folder))
            {
                return new ParameterValidationResult(
                    ParameterValidationResultCode.Failure,
                    "There is no folder " + folder + ".",
                    FolderParameter);
            }

            return new ParameterValidationResult();
        }

        public Schema GetSchema(KeyedCollection<string, ConfigParameter> configParameters)
        {
            return Model.Schema();
        }

        /// <summary>A full import reads every record, a delta import those that the log tells of.</summary>
        public OpenImportConnectionResults OpenImportConnection(
            KeyedCollection<string, ConfigParameter> configParameters,
            Schema types,
            OpenImportConnectionRunStep importRunStep)
        {
            store = StoreOf(configParameters);
            pageSize = importRunStep.PageSize;
            // What changes while this import reads is read again by the next one, rather than missed.
            watermark = store.LastChange;
            Import import = new Import(store, types);
            if (importRunStep.ImportType == OperationType.Delta)
            {
                long last;
                if (!long.TryParse(importRunStep.CustomData, out last) || last > watermark)
                {
                    throw new WarningNoWatermarkException("changes.log does not lead here: import in full.");
                }

                entries = import.Since(last).GetEnumerator();
            }
            else
            {
                entries = import.All().GetEnumerator();
            }

            more = entries.MoveNext();
            return new OpenImportConnectionResults();
        }

        /// <summary>The next page; objects are read as they are handed over, so memory stays flat.</summary>
        public GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep importRunStep)
        {
            List<CSEntryChange> page = new List<CSEntryChange>();
            while (more && page.Count < pageSize)
            {
                page.Add(entries.Current);
                more = entries.MoveNext();
            }

            return new GetImportEntriesResults("", more, page);
        }

        /// <summary>The watermark goes to the host, which hands it to the next delta import.</summary>
        public CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep importRunStep)
        {
            entries.Dispose();
            return new CloseImportConnectionResults(watermark.ToString());
        }

        public void OpenExportConnection(
            KeyedCollection<string, ConfigParameter> configParameters,
            Schema types,
            OpenExportConnectionRunStep exportRunStep)
        {
            // A check box is "1" or "0".
            export = new Export(StoreOf(configParameters), configParameters[ChecksParameter].Value == "1");
        }

        /// <summary>Each change has a result of its own: one that fails leaves the others alone.</summary>
        public PutExportEntriesResults PutExportEntries(IList<CSEntryChange> csentries)
        {
            List<CSEntryChangeResult> results = csentries.Select(export.Apply).ToList();
            export.Save();
            return new PutExportEntriesResults(results);
        }

        public void CloseExportConnection(CloseExportConnectionRunStep exportRunStep)
        {
            export = null;
        }

        public void OpenPasswordConnection(
            KeyedCollection<string, ConfigParameter> configParameters, Partition partition)
        {
            // An encrypted parameter has no Value, only this.
            passwords = new Passwords(
                StoreOf(configParameters), configParameters[PepperParameter].SecureValue);
        }

        public ConnectionSecurityLevel GetConnectionSecurityLevel()
        {
            return ConnectionSecurityLevel.Secure;
        }

        public void SetPassword(CSEntry csentry, SecureString newPassword, PasswordOptions options)
        {
            passwords.Set(KeyOf(csentry), newPassword);
        }

        public void ChangePassword(CSEntry csentry, SecureString oldPassword, SecureString newPassword)
        {
            if (!passwords.Matches(KeyOf(csentry), oldPassword))
            {
                throw new OldPasswordIncorrectException("The old password is another one.");
            }

            passwords.Set(KeyOf(csentry), newPassword);
        }

        public void ClosePasswordConnection()
        {
            passwords.Dispose();
        }

        private static string KeyOf(CSEntry csentry)
        {
            if (csentry.ObjectType != Model.Person)
            {
                throw new ObjectTypeNotSupportedException("Only a person has a password.");
            }

            return csentry[Store.Key].Value;
        }

        private static Store StoreOf(KeyedCollection<string, ConfigParameter> configParameters)
        {
            string folder = FolderOf(configParameters);
            if (!Directory.Exists(folder))
            {
                throw new ServerDownException("There is no folder " + folder + ".");
            }

            return new Store(folder);
        }

        /// <summary>A relative folder is one of the host's folder for this connector.</summary>
        private static string FolderOf(KeyedCollection<string, ConfigParameter> configParameters)
        {
            string folder = configParameters[FolderParameter].Value;
            return Path.IsPathRooted(folder) ? folder : Path.Combine(MAUtils.MAFolder, folder);
        }
    }
}
