using System;

namespace System.Configuration
{
    /// <summary>Says which attribute or element of the file a member stands for.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    public sealed class ConfigurationPropertyAttribute : Attribute
    {
        private readonly string name;

        public ConfigurationPropertyAttribute(string name)
        {
            this.name = name;
        }

        public string Name
        {
            get { return name; }
        }

        public object DefaultValue { get; set; }

        public ConfigurationPropertyOptions Options { get; set; }

        public bool IsRequired
        {
            get { return Has(ConfigurationPropertyOptions.IsRequired); }
            set { Set(ConfigurationPropertyOptions.IsRequired, value); }
        }

        public bool IsKey
        {
            get { return Has(ConfigurationPropertyOptions.IsKey); }
            set { Set(ConfigurationPropertyOptions.IsKey, value); }
        }

        public bool IsDefaultCollection
        {
            get { return Has(ConfigurationPropertyOptions.IsDefaultCollection); }
            set { Set(ConfigurationPropertyOptions.IsDefaultCollection, value); }
        }

        private bool Has(ConfigurationPropertyOptions option)
        {
            return (Options & option) != 0;
        }

        private void Set(ConfigurationPropertyOptions option, bool value)
        {
            Options = value ? Options | option : Options & ~option;
        }
    }

    /// <summary>Says how the items of a collection are called in the file.</summary>
    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
    public sealed class ConfigurationCollectionAttribute : Attribute
    {
        private readonly Type itemType;

        public ConfigurationCollectionAttribute(Type itemType)
        {
            this.itemType = itemType;
            AddItemName = "add";
            RemoveItemName = "remove";
            ClearItemsName = "clear";
            CollectionType = ConfigurationElementCollectionType.AddRemoveClearMap;
        }

        public Type ItemType
        {
            get { return itemType; }
        }

        public string AddItemName { get; set; }

        public string RemoveItemName { get; set; }

        public string ClearItemsName { get; set; }

        public ConfigurationElementCollectionType CollectionType { get; set; }
    }

    public enum ConfigurationElementCollectionType
    {
        BasicMap = 0,
        AddRemoveClearMap = 1,
        BasicMapAlternate = 2,
        AddRemoveClearMapAlternate = 3,
    }

    /// <summary>The root of what checks a value; nothing is checked here.</summary>
    [AttributeUsage(AttributeTargets.Property)]
    public class ConfigurationValidatorAttribute : Attribute
    {
    }

    public sealed class StringValidatorAttribute : ConfigurationValidatorAttribute
    {
        public string InvalidCharacters { get; set; }

        public int MinLength { get; set; }

        public int MaxLength { get; set; }
    }

    public sealed class IntegerValidatorAttribute : ConfigurationValidatorAttribute
    {
        public int MinValue { get; set; }

        public int MaxValue { get; set; }

        public bool ExcludeRange { get; set; }
    }

    public sealed class LongValidatorAttribute : ConfigurationValidatorAttribute
    {
        public long MinValue { get; set; }

        public long MaxValue { get; set; }

        public bool ExcludeRange { get; set; }
    }

    public sealed class RegexStringValidatorAttribute : ConfigurationValidatorAttribute
    {
        private readonly string regex;

        public RegexStringValidatorAttribute(string regex)
        {
            this.regex = regex;
        }

        public string Regex
        {
            get { return regex; }
        }
    }

    public sealed class PositiveTimeSpanValidatorAttribute : ConfigurationValidatorAttribute
    {
    }

    public sealed class TimeSpanValidatorAttribute : ConfigurationValidatorAttribute
    {
        public string MinValueString { get; set; }

        public string MaxValueString { get; set; }

        public bool ExcludeRange { get; set; }
    }
}
