namespace Microsoft.MetadirectoryServices
{
    /// <summary>Provisioning of Exchange objects by rules extensions.</summary>
    /// <remarks>It all happens in the synchronization engine: here it raises ApplicationException.</remarks>
    public class ExchangeUtils
    {
        public static CSEntry CreateMailbox(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string HomeMDB)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailbox");
        }

        public static CSEntry CreateMailbox(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string HomeMDB,
            byte[] LogonAccountSID)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailbox");
        }

        public static CSEntry CreateMailbox(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string HomeMDB,
            long StoreQuota,
            long OverQuotaLimit,
            long HardLimit)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailbox");
        }

        public static CSEntry CreateMailbox(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string HomeMDB,
            long StoreQuota,
            long OverQuotaLimit,
            long HardLimit,
            byte[] LogonAccountSID)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailbox");
        }

        public static CSEntry CreateMailbox(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string HomeMDB,
            long StoreQuota,
            long OverQuotaLimit,
            long HardLimit,
            byte[] LogonAccountSID,
            bool Exchange2003InetOrgPerson)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailbox");
        }

        public static CSEntry CreateMailEnabledContact(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string SMTPEmail)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailEnabledContact");
        }

        public static CSEntry CreateMailEnabledUser(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string SMTPEmail)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailEnabledUser");
        }

        public static CSEntry CreateMailEnabledUser(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias,
            string SMTPEmail,
            bool Exchange2003InetOrgPerson)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateMailEnabledUser");
        }

        public static CSEntry CreateDistributionlist(
            ConnectedMA TargetADMA,
            ReferenceValue DistinguishedName,
            string Alias)
        {
            throw HostData.NeedsEngine("ExchangeUtils.CreateDistributionlist");
        }

        public static CSEntry Create55Mailbox(
            ConnectedMA TargetExchange55MA,
            ReferenceValue DistinguishedName,
            string Alias,
            string DisplayName,
            string SMTPEmail,
            string ORAddress,
            string HomeMDB,
            string HomeMTA,
            byte[] AssocNTAccount)
        {
            throw HostData.NeedsEngine("ExchangeUtils.Create55Mailbox");
        }

        public static CSEntry Create55CustomRecipient(
            ConnectedMA TargetExchange55MA,
            ReferenceValue DistinguishedName,
            string Alias,
            string DisplayName,
            string SMTPEmail,
            string ORAddress)
        {
            throw HostData.NeedsEngine("ExchangeUtils.Create55CustomRecipient");
        }

        public static CSEntry Create55Distributionlist(
            ConnectedMA TargetExchange55MA,
            ReferenceValue DistinguishedName,
            string Alias,
            string DisplayName,
            string SMTPEmail,
            string ORAddress)
        {
            throw HostData.NeedsEngine("ExchangeUtils.Create55Distributionlist");
        }
    }
}
