using System;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Configuration
{
    /// <summary>The older root of what is wrong with a configuration.</summary>
    public class ConfigurationException : SystemException
    {
        public ConfigurationException()
        {
        }

        public ConfigurationException(string message)
            : base(message)
        {
        }

        public ConfigurationException(string message, Exception inner)
            : base(message, inner)
        {
        }

        /// <summary>The message without where it happened.</summary>
        public virtual string BareMessage
        {
            get { return Message; }
        }
    }

    /// <summary>What is wrong with a configuration file, which the message names.</summary>
    public class ConfigurationErrorsException : ConfigurationException
    {
        public ConfigurationErrorsException()
        {
        }

        public ConfigurationErrorsException(string message)
            : base(message)
        {
        }

        public ConfigurationErrorsException(string message, Exception inner)
            : base(message, inner)
        {
        }
    }
}
