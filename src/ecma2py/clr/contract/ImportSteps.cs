using System;
using System.Collections.Generic;
using System.ComponentModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What every call of an import is told: the watermark.</summary>
    [Serializable]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public class ImportRunStep
    {
        private readonly string customData;

        protected ImportRunStep()
        {
        }

        protected ImportRunStep(string customData)
        {
            this.customData = customData;
        }

        public string CustomData
        {
            get { return customData; }
        }
    }

    /// <summary>The run step that an import connection is opened for.</summary>
    [Serializable]
    public sealed class OpenImportConnectionRunStep : ImportRunStep
    {
        private readonly Partition partition;
        private readonly OperationType importType = OperationType.Full;
        private readonly int pageSize = 1;
        private readonly IList<HierarchyNode> inclusionHierarchyNodes;
        private readonly IList<HierarchyNode> exclusionHierarchyNodes;

        public OpenImportConnectionRunStep()
        {
        }

        public OpenImportConnectionRunStep(
            Partition partition,
            OperationType importType,
            int pageSize,
            string customData,
            IList<HierarchyNode> inclusionHierarchyNodes,
            IList<HierarchyNode> exclusionHierarchyNodes)
            : base(customData)
        {
            this.partition = partition;
            this.importType = importType;
            this.pageSize = pageSize;
            this.inclusionHierarchyNodes = inclusionHierarchyNodes;
            this.exclusionHierarchyNodes = exclusionHierarchyNodes;
        }

        public int PageSize
        {
            get { return pageSize; }
        }

        public OperationType ImportType
        {
            get { return importType; }
        }

        public Partition StepPartition
        {
            get { return partition; }
        }

        public IList<HierarchyNode> InclusionHierarchyNodes
        {
            get { return inclusionHierarchyNodes; }
        }

        public IList<HierarchyNode> ExclusionHierarchyNodes
        {
            get { return exclusionHierarchyNodes; }
        }
    }

    /// <summary>The call for one page.</summary>
    [Serializable]
    public sealed class GetImportEntriesRunStep : ImportRunStep
    {
        private readonly IList<CSEntryChange> fullObjectEntries;

        public GetImportEntriesRunStep()
        {
        }

        public GetImportEntriesRunStep(IList<CSEntryChange> fullObjectEntries, string customData)
            : base(customData)
        {
            this.fullObjectEntries = fullObjectEntries;
        }

        /// <summary>The objects whose whole state an import of the type FullObject asks for.</summary>
        public IList<CSEntryChange> FullObjectEntries
        {
            get { return fullObjectEntries; }
        }
    }

    /// <summary>The end of an import.</summary>
    [Serializable]
    public sealed class CloseImportConnectionRunStep : ImportRunStep
    {
        private readonly CloseReason reason;

        public CloseImportConnectionRunStep()
        {
        }

        public CloseImportConnectionRunStep(CloseReason reason, string customData)
            : base(customData)
        {
            this.reason = reason;
        }

        public CloseReason Reason
        {
            get { return reason; }
        }
    }

    /// <summary>The call for a file; a host says where it goes.</summary>
    public abstract class WriteImportFileRunStep : ImportRunStep
    {
        private readonly Partition partition;

        protected WriteImportFileRunStep()
        {
        }

        protected WriteImportFileRunStep(Partition partition, string customData)
            : base(customData)
        {
            this.partition = partition;
        }

        public abstract string FilePath { get; }

        public abstract OperationType ImportType { get; }

        public Partition StepPartition
        {
            get { return partition; }
        }
    }
}
