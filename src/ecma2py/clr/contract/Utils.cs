using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Reflection;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>Services for extensions. What needs the synchronization engine asks it here.</summary>
    /// <remarks>Without an engine those members raise ApplicationException.</remarks>
    public abstract partial class Utils
    {
        // A host may set the field by reflection, as one does that was written for MIM's assembly.
        private static UtilsServices scriptHostCallbackService = null;

        protected Utils()
        {
        }

        public static ManagementAgentCollection MAs
        {
            get { return Engine("Utils.MAs").GetMACollection(); }
        }

        public static TransactionPropertyCollection TransactionProperties
        {
            get { return Engine("Utils.TransactionProperties").GetTransactionPropertyCollection(); }
        }

        public static string WorkingDirectory
        {
            get { return Engine("Utils.WorkingDirectory").GetWorkingDirectory(); }
        }

        /// <summary>The folder of the extension DLLs.</summary>
        /// <remarks>
        /// It is what the host put into the application domain under "ecma2py.ExtensionsDirectory",
        /// or else the folders from which .NET Framework makes shadow copies; null where there is
        /// neither.
        /// </remarks>
        public static string ExtensionsDirectory
        {
            get
            {
                string folder = HostData.Text("ecma2py.ExtensionsDirectory");
                if (folder != null)
                {
                    return folder;
                }

                // .NET 8 has no such property; naming it would make this method fail there.
                object setup = AppDomain.CurrentDomain.SetupInformation;
                PropertyInfo property = setup.GetType().GetProperty("ShadowCopyDirectories");
                return property == null ? null : property.GetValue(setup, null) as string;
            }
        }

        public static bool InPreviewMode
        {
            get { return Engine("Utils.InPreviewMode").IsInPreviewMode(); }
        }

        public static ValueCollection ValueCollection(string[] values)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromStringArray(values);
        }

        public static ValueCollection ValueCollection(long[] values)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromIntegerArray(values);
        }

        [CLSCompliant(false)]
        public static ValueCollection ValueCollection(byte[][] values)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromBinaryArray(values);
        }

        public static ValueCollection ValueCollection(Value value)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromValue(value);
        }

        public static ValueCollection ValueCollection(string value)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromString(value);
        }

        public static ValueCollection ValueCollection(long value)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromInteger(value);
        }

        public static ValueCollection ValueCollection(byte[] value)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromBinary(value);
        }

        public static ValueCollection ValueCollection(bool value)
        {
            return Engine("Utils.ValueCollection").MakeValueCollectionFromBoolean(value);
        }

        public static CSEntryChange CreateCSEntryChange()
        {
            return CSEntryChange.Create();
        }

        public static CSEntryChangeResult CreateCSEntryChangeResult(
            Guid identifier,
            IList<AttributeChange> attributeChanges,
            MAExportError errorCode)
        {
            return CSEntryChangeResult.Create(identifier, attributeChanges, errorCode);
        }

        public static CSEntryChangeResult CreateCSEntryChangeResult(
            Guid identifier,
            IList<AttributeChange> attributeChanges,
            MAExportError errorCode,
            string errorName,
            string errorDetail)
        {
            return CSEntryChangeResult.Create(
                identifier, attributeChanges, errorCode, errorName, errorDetail);
        }

        public static KeyedCollection<Guid, CSEntryChangeResult> CreateCSEntryChangeResultCollection()
        {
            return new CSEntryChangeResultKeyedCollectionDetached();
        }

        public static AnchorAttribute CreateAnchorAttribute(string attributeName, object value)
        {
            return AnchorAttribute.Create(attributeName, value);
        }

        /// <summary>An attribute change without values, to which they are added.</summary>
        public static AttributeChange CreateAttributeChange(
            string attributeChange,
            AttributeModificationType attributeModificationType)
        {
            return new AttributeChangeDetached(
                attributeChange, attributeModificationType, new List<ValueChange>());
        }

        public static void GetAttributeType(
            string attributeName,
            out AttributeType type,
            out bool isMultivalued)
        {
            Engine("Utils.GetAttributeType").GetAttributeType(
                attributeName, out type, out isMultivalued);
        }

        /// <summary>The engine, or null where there is none.</summary>
        internal static UtilsServices EngineIfAny
        {
            get { return scriptHostCallbackService; }
        }

        private static UtilsServices Engine(string member)
        {
            if (scriptHostCallbackService == null)
            {
                throw HostData.NeedsEngine(member);
            }

            return scriptHostCallbackService;
        }
    }
}
