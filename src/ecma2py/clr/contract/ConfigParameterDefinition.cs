using System;
using System.Text;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A parameter as a page shows it. What the factory of its type does not set is null.</summary>
    /// <remarks>Nothing is checked: neither names, nor patterns, nor defaults.</remarks>
    [Serializable]
    public sealed class ConfigParameterDefinition
    {
        private string name;
        private ConfigParameterType type;
        private string text;
        private string validation;
        private string defaultValue;
        private bool checkBoxDefault;
        private bool dropDownExtensible;

        public ConfigParameterDefinition()
        {
        }

        public string Name
        {
            get { return name; }
        }

        public ConfigParameterType Type
        {
            get { return type; }
        }

        /// <summary>The text of a label.</summary>
        public string Text
        {
            get { return text; }
        }

        /// <summary>A regular expression, or the choices of a drop-down list.</summary>
        public string Validation
        {
            get { return validation; }
        }

        public string DefaultValue
        {
            get { return defaultValue; }
        }

        public bool CheckBoxDefault
        {
            get { return checkBoxDefault; }
        }

        /// <summary>Whether a drop-down list takes values that it does not show.</summary>
        public bool DropDownExtensible
        {
            get { return dropDownExtensible; }
        }

        public static ConfigParameterDefinition CreateStringParameter(string name, string validation)
        {
            return CreateStringParameter(name, validation, null);
        }

        public static ConfigParameterDefinition CreateStringParameter(
            string name,
            string validation,
            string defaultValue)
        {
            ConfigParameterDefinition made = Make(ConfigParameterType.String, name, defaultValue);
            made.validation = validation;
            return made;
        }

        public static ConfigParameterDefinition CreateEncryptedStringParameter(
            string name,
            string validation)
        {
            return CreateEncryptedStringParameter(name, validation, null);
        }

        public static ConfigParameterDefinition CreateEncryptedStringParameter(
            string name,
            string validation,
            string defaultValue)
        {
            ConfigParameterDefinition made = Make(
                ConfigParameterType.EncryptedString, name, defaultValue);
            made.validation = validation;
            return made;
        }

        public static ConfigParameterDefinition CreateLabelParameter(string text)
        {
            ConfigParameterDefinition made = Make(ConfigParameterType.Label, null, null);
            made.text = text;
            return made;
        }

        public static ConfigParameterDefinition CreateTextParameter(string name)
        {
            return CreateTextParameter(name, null);
        }

        public static ConfigParameterDefinition CreateTextParameter(string name, string defaultValue)
        {
            return Make(ConfigParameterType.Text, name, defaultValue);
        }

        public static ConfigParameterDefinition CreateDropDownParameter(
            string name,
            string values,
            bool extensible)
        {
            return CreateDropDownParameter(name, values, extensible, null);
        }

        /// <summary>The choices come as one text, with commas between them.</summary>
        public static ConfigParameterDefinition CreateDropDownParameter(
            string name,
            string values,
            bool extensible,
            string defaultValue)
        {
            ConfigParameterDefinition made = Make(ConfigParameterType.DropDown, name, defaultValue);
            made.validation = values;
            made.dropDownExtensible = extensible;
            return made;
        }

        public static ConfigParameterDefinition CreateDropDownParameter(
            string name,
            string[] values,
            bool extensible)
        {
            return CreateDropDownParameter(name, values, extensible, null);
        }

        public static ConfigParameterDefinition CreateDropDownParameter(
            string name,
            string[] values,
            bool extensible,
            string defaultValue)
        {
            if (values == null)
            {
                throw new ArgumentNullException("values");
            }

            return CreateDropDownParameter(name, Joined(values), extensible, defaultValue);
        }

        public static ConfigParameterDefinition CreateCheckBoxParameter(string name)
        {
            return CreateCheckBoxParameter(name, false);
        }

        public static ConfigParameterDefinition CreateCheckBoxParameter(string name, bool defaultValue)
        {
            // An unticked box starts as an empty text, though its value is later "0".
            ConfigParameterDefinition made = Make(
                ConfigParameterType.CheckBox, name, defaultValue ? "1" : string.Empty);
            made.checkBoxDefault = defaultValue;
            return made;
        }

        public static ConfigParameterDefinition CreateDividerParameter()
        {
            return Make(ConfigParameterType.Divider, null, null);
        }

        public static ConfigParameterDefinition CreateFileParameter(string name)
        {
            return CreateFileParameter(name, null);
        }

        public static ConfigParameterDefinition CreateFileParameter(string name, string defaultValue)
        {
            return Make(ConfigParameterType.File, name, defaultValue);
        }

        private static ConfigParameterDefinition Make(
            ConfigParameterType type,
            string name,
            string defaultValue)
        {
            ConfigParameterDefinition made = new ConfigParameterDefinition();
            made.type = type;
            made.name = name;
            made.defaultValue = defaultValue;
            return made;
        }

        // A comma follows each choice, the last one too: hosts split the list that way.
        private static string Joined(string[] values)
        {
            StringBuilder joined = new StringBuilder();
            foreach (string value in values)
            {
                joined.Append(value.Replace(",", "\\,")).Append(',');
            }

            return joined.ToString();
        }
    }

    /// <summary>How a parameter is shown.</summary>
    public enum ConfigParameterType
    {
        String = 0,
        EncryptedString = 1,
        Label = 2,
        Text = 3,
        DropDown = 4,
        CheckBox = 5,
        Divider = 6,
        File = 7,
    }

    /// <summary>Where a parameter is shown.</summary>
    public enum ConfigParameterPage
    {
        Connectivity = 0,
        Global = 1,
        RunStep = 2,
        Partition = 3,
        Capabilities = 4,
        Schema = 5,
    }
}
