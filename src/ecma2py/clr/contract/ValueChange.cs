namespace Microsoft.MetadirectoryServices
{
    /// <summary>A value and whether it comes or goes.</summary>
    public class ValueChange
    {
        private readonly object value;
        private readonly ValueModificationType modificationType;

        public ValueChange(object value, ValueModificationType valueModificationType)
        {
            this.value = value;
            this.modificationType = valueModificationType;
        }

        /// <summary>A string, a long, a byte array or a bool; a reference is a string too.</summary>
        public object Value
        {
            get { return value; }
        }

        public ValueModificationType ModificationType
        {
            get { return modificationType; }
        }

        public static ValueChange CreateValueAdd(object value)
        {
            return new ValueChange(value, ValueModificationType.Add);
        }

        public static ValueChange CreateValueDelete(object value)
        {
            return new ValueChange(value, ValueModificationType.Delete);
        }
    }

    /// <summary>Another way to a ValueChange.</summary>
    public static class ValueChangeFactory
    {
        public static ValueChange CreateValueChange(object value, ValueModificationType modificationType)
        {
            return new ValueChange(value, modificationType);
        }
    }
}
