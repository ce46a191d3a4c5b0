using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What opening an export is told, through calls or through a file.</summary>
    [Serializable]
    public class ExportRunStep
    {
        private readonly OperationType exportType = OperationType.Full;

        protected ExportRunStep()
        {
        }

        protected ExportRunStep(OperationType exportType)
        {
            this.exportType = exportType;
        }

        public OperationType ExportType
        {
            get { return exportType; }
        }
    }

    /// <summary>The run step that an export connection is opened for.</summary>
    [Serializable]
    public sealed class OpenExportConnectionRunStep : ExportRunStep
    {
        private readonly Partition partition;
        private readonly int batchSize = 1;
        private readonly IList<HierarchyNode> inclusionHierarchyNodes;
        private readonly IList<HierarchyNode> exclusionHierarchyNodes;

        public OpenExportConnectionRunStep()
        {
        }

        public OpenExportConnectionRunStep(
            Partition partition,
            int batchSize,
            OperationType exportType,
            IList<HierarchyNode> inclusionHierarchyNodes,
            IList<HierarchyNode> exclusionHierarchyNodes)
            : base(exportType)
        {
            this.partition = partition;
            this.batchSize = batchSize;
            this.inclusionHierarchyNodes = inclusionHierarchyNodes;
            this.exclusionHierarchyNodes = exclusionHierarchyNodes;
        }

        public int BatchSize
        {
            get { return batchSize; }
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

    /// <summary>The end of an export.</summary>
    [Serializable]
    public sealed class CloseExportConnectionRunStep
    {
        private readonly CloseReason reason;

        public CloseExportConnectionRunStep()
        {
        }

        public CloseExportConnectionRunStep(CloseReason reason)
        {
            this.reason = reason;
        }

        public CloseReason Reason
        {
            get { return reason; }
        }
    }

    /// <summary>The call with a file; a host says where it lies.</summary>
    public abstract class ReadExportFileRunStep : ExportRunStep
    {
        private readonly Partition partition;

        protected ReadExportFileRunStep()
        {
        }

        protected ReadExportFileRunStep(Partition partition, OperationType exportType)
            : base(exportType)
        {
            this.partition = partition;
        }

        public abstract string FilePath { get; }

        public Partition StepPartition
        {
            get { return partition; }
        }
    }

    /// <summary>What became of a batch; what is not named has succeeded.</summary>
    [Serializable]
    public sealed class PutExportEntriesResults
    {
        private readonly CSEntryChangeResultKeyedCollectionDetached results =
            new CSEntryChangeResultKeyedCollectionDetached();

        public PutExportEntriesResults()
        {
        }

        /// <summary>ArgumentException when two results are about one change.</summary>
        public PutExportEntriesResults(IList<CSEntryChangeResult> csentryChangeResults)
        {
            // A null list is a NullReferenceException here, as connectors may rely on.
            for (int index = 0; index < csentryChangeResults.Count; index++)
            {
                results.Add(csentryChangeResults[index]);
            }
        }

        public KeyedCollection<Guid, CSEntryChangeResult> CSEntryChangeResults
        {
            get { return results; }
        }
    }
}
