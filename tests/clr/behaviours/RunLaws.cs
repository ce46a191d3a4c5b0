using System.Collections.Generic;
using Microsoft.MetadirectoryServices;
using System;

public static class RunLaws
{
    private sealed class WriteStep : WriteImportFileRunStep
    {
        public WriteStep(Partition partition, string customData)
            : base(partition, customData)
        {
        }

        public override string FilePath
        {
            get { return "file"; }
        }

        public override OperationType ImportType
        {
            get { return OperationType.Delta; }
        }
    }

    private sealed class ReadStep : ReadExportFileRunStep
    {
        public ReadStep(Partition partition, OperationType type)
            : base(partition, type)
        {
        }

        public override string FilePath
        {
            get { return "file"; }
        }
    }

    /// <summary>A step that was told nothing moves everything, one object at a time.</summary>
    public static void StepsHaveDefaults()
    {
        OpenImportConnectionRunStep import = new OpenImportConnectionRunStep();
        Check.Equal(1, import.PageSize);
        Check.Equal(OperationType.Full, import.ImportType);
        Check.Equal(null, import.StepPartition);
        Check.Equal(null, import.InclusionHierarchyNodes);
        Check.Equal(null, import.ExclusionHierarchyNodes);
        Check.Equal(null, import.CustomData);
        OpenExportConnectionRunStep export = new OpenExportConnectionRunStep();
        Check.Equal(1, export.BatchSize);
        Check.Equal(OperationType.Full, export.ExportType);
        Check.Equal(null, export.StepPartition);
        Check.Equal(null, export.InclusionHierarchyNodes);
        Check.Equal(null, export.ExclusionHierarchyNodes);
        Check.Equal(null, new GetImportEntriesRunStep().FullObjectEntries);
        Check.Equal(CloseReason.Normal, new CloseImportConnectionRunStep().Reason);
        Check.Equal(CloseReason.Normal, new CloseExportConnectionRunStep().Reason);
    }

    /// <summary>A step says what it was told.</summary>
    public static void StepsSayWhatTheyWereTold()
    {
        Partition partition = Partition.Create(Guid.NewGuid(), "dc=a");
        HierarchyNode[] inside = { HierarchyNode.Create("ou=a", "a") };
        HierarchyNode[] outside = { HierarchyNode.Create("ou=b", "b") };
        OpenImportConnectionRunStep import = new OpenImportConnectionRunStep(
            partition, OperationType.Delta, 7, "mark", inside, outside);
        Check.Equal(7, import.PageSize);
        Check.Equal(OperationType.Delta, import.ImportType);
        Check.Equal(partition, import.StepPartition);
        Check.Equal("mark", import.CustomData);
        Check.Equal(inside, import.InclusionHierarchyNodes);
        Check.Equal(outside, import.ExclusionHierarchyNodes);
        OpenExportConnectionRunStep export = new OpenExportConnectionRunStep(
            partition, 8, OperationType.FullObject, inside, outside);
        Check.Equal(8, export.BatchSize);
        Check.Equal(OperationType.FullObject, export.ExportType);
        Check.Equal(partition, export.StepPartition);
        Check.Equal(inside, export.InclusionHierarchyNodes);
        Check.Equal(outside, export.ExclusionHierarchyNodes);
        List<CSEntryChange> wanted = new List<CSEntryChange>();
        GetImportEntriesRunStep page = new GetImportEntriesRunStep(wanted, "mark");
        Check.Equal(wanted, page.FullObjectEntries);
        Check.Equal("mark", page.CustomData);
        CloseImportConnectionRunStep close = new CloseImportConnectionRunStep(
            CloseReason.TerminatedByUser, "mark");
        Check.Equal(CloseReason.TerminatedByUser, close.Reason);
        Check.Equal("mark", close.CustomData);
        Check.Equal(
            CloseReason.OpenConnectionFailure,
            new CloseExportConnectionRunStep(CloseReason.OpenConnectionFailure).Reason);
    }

    /// <summary>The steps of files are a host's to derive.</summary>
    public static void FileStepsAreDerived()
    {
        Partition partition = Partition.Create(Guid.NewGuid(), "dc=a");
        WriteImportFileRunStep write = new WriteStep(partition, "mark");
        Check.Equal(partition, write.StepPartition);
        Check.Equal("mark", write.CustomData);
        ReadExportFileRunStep read = new ReadStep(partition, OperationType.Delta);
        Check.Equal(partition, read.StepPartition);
        Check.Equal(OperationType.Delta, read.ExportType);
    }

    /// <summary>A page that was told nothing is the last one, and has no list at all.</summary>
    public static void ResultsHaveDefaults()
    {
        GetImportEntriesResults page = new GetImportEntriesResults();
        Check.Equal(null, page.CSEntries);
        Check.Equal(false, page.MoreToImport);
        Check.Equal(null, page.CustomData);
        Check.Equal(null, new OpenImportConnectionResults().CustomData);
        Check.Equal(null, new CloseImportConnectionResults().CustomData);
        Check.Equal(null, new WriteImportFileResults().CustomData);
        Check.Equal(null, new ImportResults().CustomData);
    }

    /// <summary>Results keep the watermark and the page.</summary>
    public static void ResultsKeepWhatTheyAreGiven()
    {
        CSEntryChange[] entries = { CSEntryChange.Create() };
        GetImportEntriesResults page = new GetImportEntriesResults("mark", true, entries);
        Check.Equal("mark", page.CustomData);
        Check.Equal(true, page.MoreToImport);
        Check.Equal(entries, page.CSEntries);
        page.CustomData = "next";
        page.CSEntries = null;
        Check.Equal("next", page.CustomData);
        Check.Equal(null, page.CSEntries);
        Check.Equal("mark", new OpenImportConnectionResults("mark").CustomData);
        Check.Equal("mark", new CloseImportConnectionResults("mark").CustomData);
        Check.Equal("mark", new WriteImportFileResults("mark").CustomData);
    }
}
