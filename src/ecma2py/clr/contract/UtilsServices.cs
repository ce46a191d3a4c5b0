using System.ComponentModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>What a synchronization engine answers to Utils.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract class UtilsServices
    {
        protected UtilsServices()
        {
        }

        public abstract ValueCollection MakeValueCollectionFromStringArray(string[] values);

        public abstract ValueCollection MakeValueCollectionFromIntegerArray(long[] values);

        public abstract ValueCollection MakeValueCollectionFromBinaryArray(object values);

        public abstract ValueCollection MakeValueCollectionFromValue(Value value);

        public abstract ValueCollection MakeValueCollectionFromString(string value);

        public abstract ValueCollection MakeValueCollectionFromInteger(long value);

        public abstract ValueCollection MakeValueCollectionFromBinary(byte[] value);

        public abstract ValueCollection MakeValueCollectionFromBoolean(bool value);

        public abstract MVEntry[] FindMVEntries_Value(
            string attributeName,
            Value value,
            int maxResults,
            string collationOrder);

        public abstract MVEntry[] FindMVEntries(
            string attributeName,
            object value,
            int maxResults,
            string collationOrder);

        public abstract ManagementAgentCollection GetMACollection();

        public abstract object ValueCollection_ToByteArrays(ValueCollection collection);

        public abstract TransactionPropertyCollection GetTransactionPropertyCollection();

        public abstract string GetWorkingDirectory();

        public abstract bool IsInPreviewMode();

        public abstract void GetAttributeType(
            string attributeName,
            out AttributeType type,
            out bool isMultivalued);
    }
}
