using System;
using System.Collections.Generic;
using System.Text;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>The object whose password is set, in the older form that password calls get.</summary>
    /// <remarks>
    /// It knows its name, its type, its anchor and what the request changes beside the password.
    /// Nothing of it can be changed: that would have no effect.
    /// </remarks>
    internal sealed class HostEntry : CSEntry
    {
        private readonly Dictionary<string, HostAttribute> attributes =
            new Dictionary<string, HostAttribute>();
        private readonly List<string> names = new List<string>();
        private readonly CSEntryChange entry;
        private readonly string agent;

        internal HostEntry(CSEntryChange entry, string agent)
        {
            this.entry = entry;
            this.agent = agent;
            foreach (AnchorAttribute each in entry.AnchorAttributes)
            {
                Take(new HostAttribute(each.Name, each.DataType, false, new[] { each.Value }));
            }

            foreach (AttributeChange each in entry.AttributeChanges)
            {
                List<object> values = new List<object>();
                foreach (ValueChange change in each.ValueChanges)
                {
                    if (change.ModificationType == ValueModificationType.Add)
                    {
                        values.Add(change.Value);
                    }
                }

                Take(new HostAttribute(each.Name, each.DataType, each.IsMultiValued, values));
            }
        }

        public override ReferenceValue DN
        {
            get { return new HostName(entry.DN); }
            set { throw Fixed(); }
        }

        public override string RDN
        {
            get { return entry.RDN; }
            set { throw Fixed(); }
        }

        public override ValueCollection ObjectClass
        {
            get { return new HostValues(AttributeType.String, new object[] { entry.ObjectType }); }
            set { throw Fixed(); }
        }

        public override string ObjectType
        {
            get { return entry.ObjectType; }
        }

        public override ConnectionState ConnectionState
        {
            get { return ConnectionState.Connected; }
        }

        public override ManagementAgent MA
        {
            get { return new HostAgent(agent); }
        }

        public override RuleType ConnectionRule
        {
            get { return RuleType.Unknown; }
        }

        public override DateTime ConnectionChangeTime
        {
            get { return DateTime.MinValue; }
        }

        public override Attrib this[string attributeName]
        {
            get
            {
                HostAttribute found;
                return attributes.TryGetValue(attributeName, out found)
                    ? found
                    : new HostAttribute(
                        attributeName, AttributeType.Undefined, false, new object[0]);
            }
        }

        public override AttributeNameEnumerator GetEnumerator()
        {
            return new HostNames(names);
        }

        public override void Deprovision()
        {
            throw Fixed();
        }

        public override void CommitNewConnector()
        {
            throw Fixed();
        }

        public override string ToString()
        {
            return entry.DN;
        }

        internal static Exception Fixed()
        {
            return new NotSupportedException(
                "The object of a password call cannot be changed: it has no effect.");
        }

        private void Take(HostAttribute attribute)
        {
            if (!attributes.ContainsKey(attribute.Name))
            {
                names.Add(attribute.Name);
            }

            attributes[attribute.Name] = attribute;
        }

        private sealed class HostNames : AttributeNameEnumerator
        {
            private readonly List<string> names;
            private int at = -1;

            internal HostNames(List<string> names)
            {
                this.names = names;
            }

            public override string Current
            {
                get { return names[at]; }
            }

            public override bool MoveNext()
            {
                return ++at < names.Count;
            }

            public override void Reset()
            {
                at = -1;
            }
        }
    }

    /// <summary>The connector, as password calls see it: it has a name.</summary>
    internal sealed class HostAgent : ManagementAgent
    {
        private readonly string name;

        internal HostAgent(string name)
        {
            this.name = name;
        }

        public override string Name
        {
            get { return name; }
        }

        public override ReferenceValue CreateDN(string dn)
        {
            return new HostName(dn);
        }

        public override ReferenceValue CreateDN(Value dn)
        {
            return new HostName(dn.ToString());
        }

        public override ReferenceValue EscapeDNComponent(params string[] parts)
        {
            string[] escaped = Array.ConvertAll(
                parts, each => each.Replace("\\", "\\\\").Replace(",", "\\,").Replace("+", "\\+"));
            return new HostName(string.Join("+", escaped));
        }

        public override ReferenceValue EscapeDNComponent(params Value[] parts)
        {
            return EscapeDNComponent(Array.ConvertAll(parts, each => each.ToString()));
        }

        public override string[] UnescapeDNComponent(string component)
        {
            List<string> parts = new List<string>();
            StringBuilder part = new StringBuilder();
            for (int index = 0; index < component.Length; index++)
            {
                if (component[index] == '+')
                {
                    parts.Add(part.ToString());
                    part.Length = 0;
                }
                else
                {
                    bool escapes = component[index] == '\\' && index + 1 < component.Length;
                    part.Append(component[escapes ? ++index : index]);
                }
            }

            parts.Add(part.ToString());
            return parts.ToArray();
        }

        public override string NormalizeString(string value)
        {
            return value;
        }
    }
}
