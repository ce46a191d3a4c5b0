namespace Microsoft.MetadirectoryServices
{
    // Rules extensions run inside MIM's synchronization engine, between connector space and
    // metaverse. The types exist so that a DLL which holds such rules beside a connector loads.

    /// <summary>Rules of one connector.</summary>
    public interface IMASynchronization
    {
        void Initialize();

        void Terminate();

        bool FilterForDisconnection(CSEntry csentry);

        bool ResolveJoinSearch(
            string joinCriteriaName,
            CSEntry csentry,
            MVEntry[] rgmventry,
            out int imventry,
            ref string MVObjectType);

        bool ShouldProjectToMV(CSEntry csentry, out string MVObjectType);

        void MapAttributesForImport(string FlowRuleName, CSEntry csentry, MVEntry mventry);

        void MapAttributesForJoin(string FlowRuleName, CSEntry csentry, ref ValueCollection values);

        void MapAttributesForExport(string FlowRuleName, MVEntry mventry, CSEntry csentry);

        DeprovisionAction Deprovision(CSEntry csentry);
    }

    /// <summary>Rules of the metaverse.</summary>
    public interface IMVSynchronization
    {
        void Initialize();

        void Terminate();

        void Provision(MVEntry mventry);

        bool ShouldDeleteFromMV(CSEntry csentry, MVEntry mventry);
    }

    /// <summary>Transformations of declarative rules.</summary>
    public interface IMASyncRuleCallout
    {
        void ExecuteInboundTransformation(
            CSEntry csentry,
            MVEntry mventry,
            string strSyncRuleGuid,
            string xmlExpression);

        void ExecuteOutboundTransformation(
            CSEntry csentry,
            MVEntry mventry,
            string strSyncRuleGuid,
            string xmlExpression,
            string workflowParameterTypes,
            string workflowParameterValues);

        bool CompareTransformedAttributeValue(
            CSEntry csentry,
            MVEntry mventry,
            string strSyncRuleGuid,
            string xmlExpression);
    }

    /// <summary>What becomes of an object whose metaverse object let go of it.</summary>
    public enum DeprovisionAction
    {
        Disconnect = 1,
        ExplicitDisconnect = 2,
        Delete = 3,
    }

    /// <summary>How an object in a connector space relates to the metaverse.</summary>
    public enum ConnectionState
    {
        Connected = 0,
        ExplicitlyConnected = 1,
        Disconnected = 2,
        ExplicitlyDisconnected = 3,
        DisconnectedByFilter = 4,
        Placeholder = 5,
    }

    /// <summary>The rule that connected an object or contributed a value.</summary>
    public enum RuleType
    {
        Provisioning = 0,
        Projection = 1,
        Join = 2,
        AccountJoiner = 3,
        ConnectorFilter = 4,
        MVDeletion = 5,
        ImportAttributeFlow = 6,
        ExportAttributeFlow = 7,
        CSDeprovisioning = 8,
        Unknown = 9,
    }
}
