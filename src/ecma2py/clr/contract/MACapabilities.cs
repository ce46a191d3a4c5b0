using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What a connector can do, and how it wants to be called.</summary>
    /// <remarks>A new one holds what holds for a connector that says nothing of itself.</remarks>
    [Serializable]
    public sealed class MACapabilities
    {
        public MACapabilities()
        {
            DistinguishedNameStyle = MADistinguishedNameStyle.Generic;
            ObjectRename = true;
            DeltaImport = true;
            ConcurrentOperation = true;
            DeleteAddAsReplace = true;
            ObjectConfirmation = MAObjectConfirmation.Normal;
            ExportType = MAExportType.ObjectReplace;
            Normalizations = MANormalizations.None;
            SupportImport = true;
            SupportExport = true;
            SupportPartitions = true;
            SupportPassword = true;
            SupportHierarchy = true;
        }

        public MADistinguishedNameStyle DistinguishedNameStyle { get; set; }

        /// <summary>Whether a new name reaches the connector as a change of the DN.</summary>
        public bool ObjectRename { get; set; }

        /// <summary>Whether references wait for a second pass.</summary>
        public bool NoReferenceValuesInFirstExport { get; set; }

        public bool DeltaImport { get; set; }

        /// <summary>Whether others may run at the same time.</summary>
        public bool ConcurrentOperation { get; set; }

        /// <summary>Whether a deletion followed by an addition comes as one replacement.</summary>
        public bool DeleteAddAsReplace { get; set; }

        /// <summary>Whether the first password comes with the new object.</summary>
        public bool ExportPasswordInFirstPass { get; set; }

        public bool FullExport { get; set; }

        public MAObjectConfirmation ObjectConfirmation { get; set; }

        public MAExportType ExportType { get; set; }

        public MANormalizations Normalizations { get; set; }

        public bool IsDNAsAnchor { get; set; }

        public bool SupportImport { get; set; }

        public bool SupportExport { get; set; }

        public bool SupportPartitions { get; set; }

        public bool SupportPassword { get; set; }

        public bool SupportHierarchy { get; set; }
    }

    /// <summary>What a distinguished name looks like.</summary>
    public enum MADistinguishedNameStyle
    {
        None = 0,
        Generic = 1,
        Ldap = 2,
    }

    /// <summary>How a changed object reaches the connector; 4 is not in use.</summary>
    public enum MAExportType
    {
        AttributeUpdate = 1,
        AttributeReplace = 2,
        ObjectReplace = 3,
        MultivaluedReferenceAttributeUpdate = 5,
    }

    /// <summary>Which exports an import need not confirm; 2 is not in use.</summary>
    public enum MAObjectConfirmation
    {
        Normal = 0,
        NoDeleteConfirmation = 1,
        NoAddAndDeleteConfirmation = 3,
    }

    /// <summary>What is done to anchor values before the connector sees them.</summary>
    [Flags]
    public enum MANormalizations
    {
        None = 0,
        Uppercase = 1,
        RemoveAccents = 2,
    }
}
