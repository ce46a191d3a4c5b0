using System;
using System.Collections.Generic;

namespace Microsoft.MetadirectoryServices.DetachedObjectModel
{
    /// <summary>The rules of the detached object model.</summary>
    public static class DetachedUtils
    {
        /// <summary>The name of the attribute change that renames an object.</summary>
        public const string DNAttributeName = "DN";

        /// <summary>
        /// The components between the commas that no backslash precedes, as they are written; none
        /// for an empty name. Quotes and semicolons are characters like any other.
        /// </summary>
        public static string[] SplitDN(string dn)
        {
            List<string> components = new List<string>();
            if (dn.Length == 0)
            {
                return components.ToArray();
            }

            int start = 0;
            for (int index = 0; index < dn.Length; index++)
            {
                if (dn[index] == '\\')
                {
                    index++;
                }
                else if (dn[index] == ',')
                {
                    components.Add(dn.Substring(start, index - start));
                    start = index + 1;
                }
            }

            components.Add(dn.Substring(start));
            return components.ToArray();
        }

        /// <summary>InvalidOperationException unless it is Add, Replace, Update or Delete.</summary>
        public static void ValidateObjectModificationType(ObjectModificationType objectModificationType)
        {
            switch (objectModificationType)
            {
                case ObjectModificationType.Add:
                case ObjectModificationType.Replace:
                case ObjectModificationType.Update:
                case ObjectModificationType.Delete:
                    return;
                default:
                    throw new InvalidOperationException(
                        "ObjectModificationType " + objectModificationType + " is not valid.");
            }
        }

        /// <summary>
        /// ArgumentException unless an object changed in this way may have attributes changed in
        /// that way: Add and Replace take Add, Update takes all, Delete takes none.
        /// </summary>
        public static void ValidateAttributeModificationType(
            ObjectModificationType objectModificationType,
            AttributeModificationType attributeModificationType)
        {
            ValidateObjectModificationType(objectModificationType);
            if (!Fits(objectModificationType, attributeModificationType))
            {
                throw new ArgumentException(
                    "AttributeModificationType " + attributeModificationType
                    + " is invalid when the ObjectModificationType is set to "
                    + objectModificationType + ".");
            }
        }

        /// <summary>The same for one change of an attribute; a new DN goes with everything.</summary>
        public static void ValidateAttributeChange(
            CSEntryChange csEntryChange,
            AttributeChange attributeChange)
        {
            if (csEntryChange == null)
            {
                throw new ArgumentNullException("csEntryChange");
            }

            if (attributeChange == null)
            {
                throw new ArgumentNullException("attributeChange");
            }

            if (attributeChange.ModificationType == AttributeModificationType.Unconfigured
                && attributeChange.Name == DNAttributeName)
            {
                ValidateObjectModificationType(csEntryChange.ObjectModificationType);
            }
            else
            {
                ValidateAttributeModificationType(
                    csEntryChange.ObjectModificationType, attributeChange.ModificationType);
            }
        }

        private static bool Fits(
            ObjectModificationType objectModificationType,
            AttributeModificationType attributeModificationType)
        {
            switch (objectModificationType)
            {
                case ObjectModificationType.Update:
                    return attributeModificationType >= AttributeModificationType.Add
                        && attributeModificationType <= AttributeModificationType.Delete;
                case ObjectModificationType.Add:
                case ObjectModificationType.Replace:
                    return attributeModificationType == AttributeModificationType.Add;
                default:
                    return false;
            }
        }
    }
}
