using System;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>The type of an attribute's values; there is none for dates.</summary>
    [Serializable]
    public enum AttributeType
    {
        String = 0,
        Integer = 1,
        Reference = 2,
        Binary = 3,
        Boolean = 4,
        Undefined = 5,
    }

    /// <summary>The ways in which an attribute may flow.</summary>
    [Serializable]
    public enum AttributeOperation
    {
        ImportExport = 0,
        ExportOnly = 1,
        ImportOnly = 2,
    }

    /// <summary>Properties of an attribute, to be combined.</summary>
    [Flags]
    public enum AttribFlags
    {
        None = 0,
        MultiValued = 1,
        Encrypted = 2,
        ExportOnly = 4,
    }

    /// <summary>What happens to an attribute.</summary>
    public enum AttributeModificationType
    {
        Unconfigured = 0,
        Add = 1,
        Replace = 2,
        Update = 3,
        Delete = 4,
    }

    /// <summary>What happens to one value of an attribute.</summary>
    public enum ValueModificationType
    {
        Unconfigured = 0,
        Add = 1,
        Delete = 2,
    }

    /// <summary>What happens to an object.</summary>
    public enum ObjectModificationType
    {
        Unconfigured = 0,
        None = 1,
        Add = 2,
        Replace = 3,
        Update = 4,
        Delete = 5,
    }
}
