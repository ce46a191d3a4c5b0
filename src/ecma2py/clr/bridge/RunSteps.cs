using System;
using System.Collections.Generic;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>Run steps, partitions and nodes as a host gives them.</summary>
    internal static class RunSteps
    {
        internal static OpenImportConnectionRunStep OpenImport(Packed given)
        {
            return new OpenImportConnectionRunStep(
                ReadPartition(given["step_partition"]),
                (OperationType)given.Number("import_type"),
                given.Number("page_size"),
                given.Text("custom_data"),
                Nodes(given.Items("inclusion_hierarchy_nodes")),
                Nodes(given.Items("exclusion_hierarchy_nodes")));
        }

        internal static CloseImportConnectionRunStep CloseImport(Packed given)
        {
            return new CloseImportConnectionRunStep(
                (CloseReason)given.Number("reason"), given.Text("custom_data"));
        }

        internal static OpenExportConnectionRunStep OpenExport(Packed given)
        {
            return new OpenExportConnectionRunStep(
                ReadPartition(given["step_partition"]),
                given.Number("batch_size"),
                (OperationType)given.Number("export_type"),
                Nodes(given.Items("inclusion_hierarchy_nodes")),
                Nodes(given.Items("exclusion_hierarchy_nodes")));
        }

        internal static CloseExportConnectionRunStep CloseExport(Packed given)
        {
            return new CloseExportConnectionRunStep((CloseReason)given.Number("reason"));
        }

        internal static WriteImportFileRunStep WriteFile(Packed given)
        {
            return new HostWriteStep(given);
        }

        internal static ReadExportFileRunStep ReadFile(Packed given)
        {
            return new HostReadStep(given);
        }

        internal static Partition ReadPartition(object given)
        {
            Packed partition = (Packed)given;
            if (partition == null)
            {
                return null;
            }

            Partition found = Partition.Create(
                (Guid)partition["identifier"], partition.Text("dn"), partition.Text("name"));
            found.HiddenByDefault = partition.Flag("hidden_by_default");
            return found;
        }

        internal static HierarchyNode ReadNode(object given)
        {
            Packed node = (Packed)given;
            return node == null
                ? null
                : HierarchyNode.Create(node.Text("dn"), node.Text("display_name"));
        }

        internal static void Write(PackWriter writer, IList<Partition> partitions)
        {
            writer.Array(partitions == null ? 0 : partitions.Count);
            foreach (Partition each in partitions ?? new Partition[0])
            {
                if (each == null)
                {
                    throw new UnfitException("There is null among the partitions.");
                }

                writer.Array(4);
                writer.Text(each.DN ?? string.Empty);
                writer.Text(each.Name ?? string.Empty);
                writer.Binary(Identifiers.Bytes(each.Identifier));
                writer.Bool(each.HiddenByDefault);
            }
        }

        internal static void Write(PackWriter writer, IList<HierarchyNode> nodes)
        {
            writer.Array(nodes == null ? 0 : nodes.Count);
            foreach (HierarchyNode each in nodes ?? new HierarchyNode[0])
            {
                if (each == null)
                {
                    throw new UnfitException("There is null among the nodes of the hierarchy.");
                }

                writer.Array(2);
                writer.Text(each.DN ?? string.Empty);
                writer.Text(each.DisplayName ?? string.Empty);
            }
        }

        private static IList<HierarchyNode> Nodes(List<object> given)
        {
            return given.ConvertAll<HierarchyNode>(ReadNode);
        }

        private sealed class HostWriteStep : WriteImportFileRunStep
        {
            private readonly Packed given;

            internal HostWriteStep(Packed given)
                : base(ReadPartition(given["step_partition"]), given.Text("custom_data"))
            {
                this.given = given;
            }

            public override string FilePath
            {
                get { return given.Text("file_path"); }
            }

            public override OperationType ImportType
            {
                get { return (OperationType)given.Number("import_type"); }
            }
        }

        private sealed class HostReadStep : ReadExportFileRunStep
        {
            private readonly Packed given;

            internal HostReadStep(Packed given)
                : base(
                    ReadPartition(given["step_partition"]),
                    (OperationType)given.Number("export_type"))
            {
                this.given = given;
            }

            public override string FilePath
            {
                get { return given.Text("file_path"); }
            }
        }
    }
}
