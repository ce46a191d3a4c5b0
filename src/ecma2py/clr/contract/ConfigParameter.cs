using System;
using System.Collections.ObjectModel;
using System.Security;

namespace Microsoft.MetadirectoryServices
{
    /// <summary>A parameter and the value that was entered for it.</summary>
    /// <remarks>
    /// An encrypted one that was made from a SecureString is read through SecureValue, every other
    /// one through Value; the wrong door raises InvalidOperationException.
    /// </remarks>
    [Serializable]
    public sealed class ConfigParameter
    {
        private readonly string name;
        private readonly string value;
        private readonly bool encrypted;
        private readonly bool secured;

        [NonSerialized]
        private readonly SecureString secureValue;

        public ConfigParameter()
        {
        }

        public ConfigParameter(string name, string value)
            : this(name, value, false)
        {
        }

        /// <summary>The first generation's form: encrypted where it is kept, plain text here.</summary>
        public ConfigParameter(string name, string value, bool isEncrypted)
        {
            this.name = name;
            this.value = value;
            this.encrypted = isEncrypted;
        }

        public ConfigParameter(string name, SecureString secureValue)
        {
            this.name = name;
            this.secureValue = secureValue;
            this.encrypted = true;
            this.secured = true;
        }

        public string Name
        {
            get { return name; }
        }

        public string Value
        {
            get
            {
                if (secured)
                {
                    throw new InvalidOperationException(
                        "The parameter \"" + name + "\" is encrypted; read it through SecureValue.");
                }

                return value;
            }
        }

        public SecureString SecureValue
        {
            get
            {
                if (!secured)
                {
                    throw new InvalidOperationException(
                        "The parameter \"" + name + "\" holds plain text; read it through Value.");
                }

                return secureValue;
            }
        }

        public bool IsEncrypted
        {
            get { return encrypted; }
        }
    }

    /// <summary>Parameters by name; the case of the name matters.</summary>
    [Serializable]
    public sealed class ConfigParameterKeyedCollection : KeyedCollection<string, ConfigParameter>
    {
        protected override string GetKeyForItem(ConfigParameter item)
        {
            return item.Name;
        }
    }

    /// <summary>Whether what was entered will do, and what is wrong with it.</summary>
    [Serializable]
    public sealed class ParameterValidationResult
    {
        /// <summary>All is well.</summary>
        public ParameterValidationResult()
        {
        }

        public ParameterValidationResult(
            ParameterValidationResultCode code,
            string errorMessage,
            string errorParameter)
        {
            Code = code;
            ErrorMessage = errorMessage;
            ErrorParameter = errorParameter;
        }

        public ParameterValidationResultCode Code { get; set; }

        public string ErrorMessage { get; set; }

        /// <summary>The name of the parameter at fault.</summary>
        public string ErrorParameter { get; set; }
    }

    [Serializable]
    public enum ParameterValidationResultCode
    {
        Success = 0,
        Failure = 1,
    }
}
