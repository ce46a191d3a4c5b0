using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Security;
using System.Text;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>Parameters, their definitions, and the verdict on them.</summary>
    internal static class Parameters
    {
        internal static KeyedCollection<string, ConfigParameter> Read(object given)
        {
            ConfigParameterKeyedCollection found = new ConfigParameterKeyedCollection();
            foreach (object each in ((Packed)given).Items("parameters"))
            {
                Packed parameter = (Packed)each;
                object value = parameter["value"];
                SecureString secret = value as SecureString;
                found.Add(secret == null
                    ? new ConfigParameter(parameter.Text("name"), (string)value)
                    : new ConfigParameter(parameter.Text("name"), secret));
            }

            return found;
        }

        internal static void Write(PackWriter writer, IList<ConfigParameterDefinition> definitions)
        {
            if (definitions == null)
            {
                writer.Array(0);
                return;
            }

            writer.Array(definitions.Count);
            foreach (ConfigParameterDefinition each in definitions)
            {
                if (each == null)
                {
                    writer.Nil();
                    continue;
                }

                bool list = each.Type == ConfigParameterType.DropDown;
                writer.Array(7);
                writer.Text(each.Name ?? string.Empty);
                writer.Int((int)each.Type);
                writer.Text(each.Text ?? string.Empty);
                writer.Text(list ? string.Empty : each.Validation ?? string.Empty);
                writer.Text(Default(each));
                List<string> choices = list ? Choices(each.Validation) : new List<string>();
                writer.Array(choices.Count);
                foreach (string choice in choices)
                {
                    writer.Text(choice);
                }

                writer.Bool(each.DropDownExtensible);
            }
        }

        internal static void Write(PackWriter writer, ParameterValidationResult verdict)
        {
            if (verdict == null)
            {
                writer.Nil();
                return;
            }

            writer.Array(3);
            writer.Int((int)verdict.Code);
            writer.Text(verdict.ErrorMessage ?? string.Empty);
            writer.Text(verdict.ErrorParameter ?? string.Empty);
        }

        // A secret has no default that anybody is shown.
        private static string Default(ConfigParameterDefinition definition)
        {
            switch (definition.Type)
            {
                case ConfigParameterType.EncryptedString:
                    return string.Empty;
                case ConfigParameterType.CheckBox:
                    return definition.CheckBoxDefault || definition.DefaultValue == "1" ? "1" : "0";
                default:
                    return definition.DefaultValue ?? string.Empty;
            }
        }

        // One text: a comma follows each choice or stands between them, \, is one within a choice.
        private static List<string> Choices(string list)
        {
            List<string> found = new List<string>();
            StringBuilder choice = new StringBuilder();
            list = list ?? string.Empty;
            for (int index = 0; index < list.Length; index++)
            {
                if (list[index] == '\\' && index + 1 < list.Length && list[index + 1] == ',')
                {
                    choice.Append(',');
                    index++;
                }
                else if (list[index] == ',')
                {
                    found.Add(choice.ToString());
                    choice.Length = 0;
                }
                else
                {
                    choice.Append(list[index]);
                }
            }

            if (choice.Length > 0)
            {
                found.Add(choice.ToString());
            }

            return found;
        }
    }
}
