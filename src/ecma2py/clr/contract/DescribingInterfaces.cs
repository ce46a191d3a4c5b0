using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A connector whose capabilities are always the same.</summary>
    public interface IMAExtensible2GetCapabilities
    {
        /// <summary>What the connector can do.</summary>
        MACapabilities Capabilities { get; }
    }

    /// <summary>A connector whose capabilities depend on its configuration.</summary>
    public interface IMAExtensible2GetCapabilitiesEx
    {
        /// <summary>What the connector can do with these parameters.</summary>
        MACapabilities GetCapabilitiesEx(KeyedCollection<string, ConfigParameter> configParameters);
    }

    /// <summary>A connector that has parameters.</summary>
    public interface IMAExtensible2GetParameters
    {
        /// <summary>The parameters of a page, in the order in which they are shown.</summary>
        IList<ConfigParameterDefinition> GetConfigParameters(
            KeyedCollection<string, ConfigParameter> configParameters,
            ConfigParameterPage page);

        /// <summary>Whether what was entered on a page will do.</summary>
        ParameterValidationResult ValidateConfigParameters(
            KeyedCollection<string, ConfigParameter> configParameters,
            ConfigParameterPage page);
    }

    /// <summary>A connector with as many schema pages as its configuration asks for.</summary>
    public interface IMAExtensible2GetParametersEx
    {
        /// <summary>The parameters of a page; schema pages count from 1 until one is empty.</summary>
        IList<ConfigParameterDefinition> GetConfigParametersEx(
            KeyedCollection<string, ConfigParameter> configParameters,
            ConfigParameterPage page,
            int pageNumber);

        /// <summary>Whether what was entered on a page will do.</summary>
        ParameterValidationResult ValidateConfigParametersEx(
            KeyedCollection<string, ConfigParameter> configParameters,
            ConfigParameterPage page,
            int pageNumber);
    }

    /// <summary>A connector that knows its object types and attributes.</summary>
    public interface IMAExtensible2GetSchema
    {
        /// <summary>Every object type that the application has.</summary>
        Schema GetSchema(KeyedCollection<string, ConfigParameter> configParameters);
    }

    /// <summary>A connector whose objects lie in several naming contexts.</summary>
    public interface IMAExtensible2GetPartitions
    {
        /// <summary>Every partition that the application has.</summary>
        IList<Partition> GetPartitions(KeyedCollection<string, ConfigParameter> configParameters);
    }

    /// <summary>A connector whose objects form a tree.</summary>
    public interface IMAExtensible2GetHierarchy
    {
        /// <summary>The nodes right below the parent; null or none for a leaf.</summary>
        IList<HierarchyNode> GetHierarchy(
            KeyedCollection<string, ConfigParameter> configParameters,
            HierarchyNode parent);
    }
}
