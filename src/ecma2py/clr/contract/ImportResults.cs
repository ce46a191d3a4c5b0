using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Xml.Serialization;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What every call of an import gives back: the watermark.</summary>
    [Serializable]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public class ImportResults
    {
        public ImportResults()
        {
        }

        public ImportResults(string customData)
        {
            CustomData = customData;
        }

        public string CustomData { get; set; }
    }

    [Serializable]
    public sealed class OpenImportConnectionResults : ImportResults
    {
        public OpenImportConnectionResults()
        {
        }

        public OpenImportConnectionResults(string customData)
            : base(customData)
        {
        }
    }

    /// <summary>A page. A new one has no list of entries and is the last.</summary>
    [Serializable]
    public sealed class GetImportEntriesResults : ImportResults
    {
        public GetImportEntriesResults()
        {
        }

        public GetImportEntriesResults(
            string customData,
            bool moreToImport,
            IList<CSEntryChange> csentries)
            : base(customData)
        {
            MoreToImport = moreToImport;
            CSEntries = csentries;
        }

        public bool MoreToImport { get; set; }

        [XmlElement(Type = typeof(List<CSEntryChange>))]
        public IList<CSEntryChange> CSEntries { get; set; }
    }

    [Serializable]
    public sealed class CloseImportConnectionResults : ImportResults
    {
        public CloseImportConnectionResults()
        {
        }

        public CloseImportConnectionResults(string customData)
            : base(customData)
        {
        }
    }

    [Serializable]
    public sealed class WriteImportFileResults : ImportResults
    {
        public WriteImportFileResults()
        {
        }

        public WriteImportFileResults(string customData)
            : base(customData)
        {
        }
    }
}
