using System;
using System.Collections;
using System.ComponentModel;

namespace System.Management
{
    /// <summary>The root of what has properties; none of them can be read here.</summary>
    public class ManagementBaseObject : Component
    {
        public virtual PropertyDataCollection Properties
        {
            get { throw Unavailable.Asked(ToString()); }
        }

        public virtual PropertyDataCollection SystemProperties
        {
            get { throw Unavailable.Asked(ToString()); }
        }

        public object this[string propertyName]
        {
            get { throw Unavailable.Asked(propertyName); }
            set { throw Unavailable.Asked(propertyName); }
        }

        public object GetPropertyValue(string propertyName)
        {
            throw Unavailable.Asked(propertyName);
        }

        public void SetPropertyValue(string propertyName, object propertyValue)
        {
            throw Unavailable.Asked(propertyName);
        }
    }

    public class ManagementObject : ManagementBaseObject
    {
        public ManagementObject()
            : this("")
        {
        }

        public ManagementObject(string path)
            : this(new ManagementPath(path))
        {
        }

        public ManagementObject(ManagementPath path)
            : this(null, path, null)
        {
        }

        public ManagementObject(ManagementScope scope, ManagementPath path, ObjectGetOptions options)
        {
            Scope = scope;
            Path = path;
            Options = options;
        }

        public ManagementScope Scope { get; set; }

        public virtual ManagementPath Path { get; set; }

        public ObjectGetOptions Options { get; set; }

        public override string ToString()
        {
            return Path.Path;
        }

        public void Get()
        {
            throw Unavailable.Asked(ToString());
        }

        public void Delete()
        {
            throw Unavailable.Asked(ToString());
        }

        public ManagementPath Put()
        {
            throw Unavailable.Asked(ToString());
        }

        public object InvokeMethod(string methodName, object[] args)
        {
            throw Unavailable.Asked(methodName);
        }

        public ManagementBaseObject InvokeMethod(
            string methodName, ManagementBaseObject inParameters, InvokeMethodOptions options)
        {
            throw Unavailable.Asked(methodName);
        }

        public ManagementBaseObject GetMethodParameters(string methodName)
        {
            throw Unavailable.Asked(methodName);
        }
    }

    public class ManagementClass : ManagementObject
    {
        public ManagementClass()
        {
        }

        public ManagementClass(string path)
            : base(path)
        {
        }

        public ManagementClass(ManagementPath path)
            : base(path)
        {
        }

        public ManagementClass(ManagementScope scope, ManagementPath path, ObjectGetOptions options)
            : base(scope, path, options)
        {
        }

        public ManagementObjectCollection GetInstances()
        {
            throw Unavailable.Asked(ToString());
        }

        public ManagementObject CreateInstance()
        {
            throw Unavailable.Asked(ToString());
        }
    }

    /// <summary>What a query finds, if it ever found anything.</summary>
    public class ManagementObjectCollection : ICollection, IDisposable
    {
        internal ManagementObjectCollection()
        {
        }

        public int Count
        {
            get { return 0; }
        }

        public bool IsSynchronized
        {
            get { return false; }
        }

        public object SyncRoot
        {
            get { return this; }
        }

        public void CopyTo(Array array, int index)
        {
        }

        public ManagementObjectEnumerator GetEnumerator()
        {
            return new ManagementObjectEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        public void Dispose()
        {
        }

        public class ManagementObjectEnumerator : IEnumerator, IDisposable
        {
            internal ManagementObjectEnumerator()
            {
            }

            public ManagementBaseObject Current
            {
                get { return null; }
            }

            object IEnumerator.Current
            {
                get { return Current; }
            }

            public bool MoveNext()
            {
                return false;
            }

            public void Reset()
            {
            }

            public void Dispose()
            {
            }
        }
    }

    public class PropertyData
    {
        internal PropertyData()
        {
        }

        public string Name
        {
            get { return ""; }
        }

        public object Value { get; set; }
    }

    public class PropertyDataCollection : IEnumerable
    {
        internal PropertyDataCollection()
        {
        }

        public int Count
        {
            get { return 0; }
        }

        public virtual PropertyData this[string propertyName]
        {
            get { throw Unavailable.Asked(propertyName); }
        }

        public IEnumerator GetEnumerator()
        {
            return new PropertyData[0].GetEnumerator();
        }
    }
}
