using System;
using System.ComponentModel;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Diagnostics
{
    /// <summary>A counter of the connector's own, which counts in this process.</summary>
    /// <remarks>
    /// Nobody outside sees it. Counters of Windows are not read: the value of a counter that was
    /// opened for reading and that nobody here has written is refused.
    /// </remarks>
    public sealed class PerformanceCounter : Component, ISupportInitialize
    {
        private bool isReadOnly;

        public PerformanceCounter()
            : this(string.Empty, string.Empty, string.Empty, true)
        {
        }

        public PerformanceCounter(string categoryName, string counterName)
            : this(categoryName, counterName, string.Empty, true)
        {
        }

        public PerformanceCounter(string categoryName, string counterName, bool readOnly)
            : this(categoryName, counterName, string.Empty, readOnly)
        {
        }

        public PerformanceCounter(string categoryName, string counterName, string instanceName)
            : this(categoryName, counterName, instanceName, true)
        {
        }

        public PerformanceCounter(
            string categoryName, string counterName, string instanceName, string machineName)
            : this(categoryName, counterName, instanceName, true)
        {
            MachineName = machineName;
        }

        public PerformanceCounter(
            string categoryName, string counterName, string instanceName, bool readOnly)
        {
            CategoryName = categoryName;
            CounterName = counterName;
            InstanceName = instanceName;
            MachineName = ".";
            isReadOnly = readOnly;
        }

        public string CategoryName { get; set; }

        public string CounterName { get; set; }

        public string InstanceName { get; set; }

        public string MachineName { get; set; }

        public PerformanceCounterInstanceLifetime InstanceLifetime { get; set; }

        public bool ReadOnly
        {
            get { return isReadOnly; }
            set { isReadOnly = value; }
        }

        public string CounterHelp
        {
            get { return string.Empty; }
        }

        /// <summary>What it was last told to be, of whichever type it was created.</summary>
        public PerformanceCounterType CounterType
        {
            get { return Counts.TypeOf(CategoryName, CounterName); }
        }

        public long RawValue
        {
            get { return Counts.Read(CategoryName, CounterName, InstanceName); }
            set { Written(value, false); }
        }

        public static void CloseSharedResources()
        {
        }

        public long Increment()
        {
            return Written(1, true);
        }

        public long IncrementBy(long value)
        {
            return Written(value, true);
        }

        public long Decrement()
        {
            return Written(-1, true);
        }

        /// <summary>The count itself: rates and averages are not worked out.</summary>
        public float NextValue()
        {
            return RawValue;
        }

        public void RemoveInstance()
        {
            Counts.Forget(CategoryName, CounterName, InstanceName);
        }

        public void BeginInit()
        {
        }

        public void EndInit()
        {
        }

        public void Close()
        {
        }

        private long Written(long value, bool isAdded)
        {
            if (isReadOnly)
            {
                throw new InvalidOperationException(
                    "The performance counter " + CategoryName + ", " + CounterName
                    + " was opened for reading.");
            }

            return Counts.Write(CategoryName, CounterName, InstanceName, value, isAdded);
        }
    }
}
