using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A connector that takes changes batch by batch.</summary>
    public interface IMAExtensible2CallExport
    {
        /// <summary>The batch size a new run profile starts with.</summary>
        int ExportDefaultPageSize { get; }

        /// <summary>The largest batch the connector can take.</summary>
        int ExportMaxPageSize { get; }

        /// <summary>Called once, before the first batch.</summary>
        void OpenExportConnection(
            KeyedCollection<string, ConfigParameter> configParameters,
            Schema types,
            OpenExportConnectionRunStep exportRunStep);

        /// <summary>Called for each batch; a change without a result has succeeded.</summary>
        PutExportEntriesResults PutExportEntries(IList<CSEntryChange> csentries);

        /// <summary>Called once at the end, even when opening failed.</summary>
        void CloseExportConnection(CloseExportConnectionRunStep exportRunStep);
    }

    /// <summary>A connector that delivers a file of changes made by the host.</summary>
    public interface IMAExtensible2FileExport
    {
        /// <summary>Reads the file that the step names and delivers what is in it.</summary>
        void ReadExportFile(
            KeyedCollection<string, ConfigParameter> configParameters,
            Schema types,
            ReadExportFileRunStep exportRunStep);
    }
}
