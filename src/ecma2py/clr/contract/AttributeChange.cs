using System;
using System.Collections.Generic;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>An attribute's values, or what changed of them.</summary>
    /// <remarks>
    /// What the factories make is of the type Undefined and multi-valued; names and the types of
    /// values are not checked, but no value may be null.
    /// </remarks>
    public abstract class AttributeChange
    {
        protected AttributeChange()
        {
        }

        public abstract string Name { get; }

        public abstract AttributeType DataType { get; }

        public abstract bool IsMultiValued { get; }

        public abstract AttributeModificationType ModificationType { get; }

        public abstract IList<ValueChange> ValueChanges { get; }

        public static AttributeChange CreateAttributeAdd(string attributeName, object value)
        {
            return Make(attributeName, AttributeModificationType.Add, OneValue(attributeName, value));
        }

        public static AttributeChange CreateAttributeAdd(string attributeName, IList<object> values)
        {
            return Make(attributeName, AttributeModificationType.Add, Values(attributeName, values));
        }

        public static AttributeChange CreateAttributeDelete(string attributeName)
        {
            return Make(attributeName, AttributeModificationType.Delete, new List<ValueChange>());
        }

        public static AttributeChange CreateAttributeReplace(string attributeName, object value)
        {
            return Make(
                attributeName, AttributeModificationType.Replace, OneValue(attributeName, value));
        }

        public static AttributeChange CreateAttributeReplace(
            string attributeName,
            IList<object> values)
        {
            return Make(
                attributeName, AttributeModificationType.Replace, Values(attributeName, values));
        }

        public static AttributeChange CreateAttributeUpdate(
            string attributeName,
            IList<ValueChange> valueChanges)
        {
            if (valueChanges == null)
            {
                throw NullList(attributeName);
            }

            List<ValueChange> changes = new List<ValueChange>(valueChanges.Count);
            foreach (ValueChange change in valueChanges)
            {
                if (change == null)
                {
                    throw NullValue(attributeName);
                }

                changes.Add(change);
            }

            return Make(attributeName, AttributeModificationType.Update, changes);
        }

        /// <summary>A replacement, whatever its name says: one value stands for all.</summary>
        public static AttributeChange CreateAttributeUpdate(string attributeName, object value)
        {
            return CreateAttributeReplace(attributeName, value);
        }

        /// <summary>A new name for the object, which goes with every kind of object change.</summary>
        public static AttributeChange CreateNewDN(string newDN)
        {
            return Make(
                DetachedUtils.DNAttributeName,
                AttributeModificationType.Unconfigured,
                OneValue(DetachedUtils.DNAttributeName, newDN));
        }

        private static AttributeChange Make(
            string name,
            AttributeModificationType modification,
            List<ValueChange> values)
        {
            return new AttributeChangeDetached(name, modification, values);
        }

        private static List<ValueChange> OneValue(string attributeName, object value)
        {
            List<ValueChange> changes = new List<ValueChange>(1);
            changes.Add(Added(attributeName, value));
            return changes;
        }

        private static List<ValueChange> Values(string attributeName, IList<object> values)
        {
            if (values == null)
            {
                throw NullList(attributeName);
            }

            List<ValueChange> changes = new List<ValueChange>(values.Count);
            foreach (object value in values)
            {
                changes.Add(Added(attributeName, value));
            }

            return changes;
        }

        private static ValueChange Added(string attributeName, object value)
        {
            if (value == null)
            {
                throw NullValue(attributeName);
            }

            return ValueChange.CreateValueAdd(value);
        }

        private static Exception NullValue(string attributeName)
        {
            return new InvalidOperationException(
                "The attribute " + attributeName + " is assigned a null value");
        }

        private static Exception NullList(string attributeName)
        {
            return new InvalidOperationException(
                "The attribute " + attributeName + " is assigned a null value list");
        }
    }
}
