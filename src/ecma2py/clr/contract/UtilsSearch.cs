namespace Microsoft.MetadirectoryServices
{
    // Searches of the metaverse. Without a limit all results are asked for, which is the number 0.
    public abstract partial class Utils
    {
        public static MVEntry[] FindMVEntries(
            string attributeName,
            Value value,
            int maxResults)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries_Value(
                attributeName, value, maxResults, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            string value,
            int maxResults)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, maxResults, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            long value,
            int maxResults)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, maxResults, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            byte[] value,
            int maxResults)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, maxResults, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            bool value,
            int maxResults)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, maxResults, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            Value value)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries_Value(
                attributeName, value, 0, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            string value)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, 0, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            long value)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, 0, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            byte[] value)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, 0, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            bool value)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, 0, null);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            Value value,
            int maxResults,
            string collationOrder)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries_Value(
                attributeName, value, maxResults, collationOrder);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            string value,
            int maxResults,
            string collationOrder)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, maxResults, collationOrder);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            Value value,
            string collationOrder)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries_Value(
                attributeName, value, 0, collationOrder);
        }

        public static MVEntry[] FindMVEntries(
            string attributeName,
            string value,
            string collationOrder)
        {
            return Engine("Utils.FindMVEntries").FindMVEntries(
                attributeName, value, 0, collationOrder);
        }
    }
}
