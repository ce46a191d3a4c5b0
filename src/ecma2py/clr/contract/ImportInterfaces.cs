using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A connector that hands over objects page by page.</summary>
    public interface IMAExtensible2CallImport
    {
        /// <summary>The page size a new run profile starts with.</summary>
        int ImportDefaultPageSize { get; }

        /// <summary>The largest page the connector can make.</summary>
        int ImportMaxPageSize { get; }

        /// <summary>Called once, before the first page.</summary>
        OpenImportConnectionResults OpenImportConnection(
            KeyedCollection<string, ConfigParameter> configParameters,
            Schema types,
            OpenImportConnectionRunStep importRunStep);

        /// <summary>Called for each page, until a result has no more to import.</summary>
        GetImportEntriesResults GetImportEntries(GetImportEntriesRunStep importRunStep);

        /// <summary>Called once at the end, whatever happened before.</summary>
        CloseImportConnectionResults CloseImportConnection(CloseImportConnectionRunStep importRunStep);
    }

    /// <summary>A connector that writes everything to import into one file.</summary>
    public interface IMAExtensible2FileImport
    {
        /// <summary>Writes the file that the step names.</summary>
        WriteImportFileResults WriteImportFile(
            KeyedCollection<string, ConfigParameter> configParameters,
            Schema types,
            WriteImportFileRunStep importRunStep);
    }
}
