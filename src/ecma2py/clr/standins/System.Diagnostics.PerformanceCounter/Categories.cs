using System;
using System.Collections;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Diagnostics
{
    public enum PerformanceCounterCategoryType
    {
        Unknown = -1,
        SingleInstance = 0,
        MultiInstance = 1,
    }

    public enum PerformanceCounterInstanceLifetime
    {
        Global = 0,
        Process = 1,
    }

    /// <summary>The counters of one name; there are those that this process has created.</summary>
    public sealed class PerformanceCounterCategory
    {
        public PerformanceCounterCategory()
        {
            CategoryName = string.Empty;
            MachineName = ".";
        }

        public PerformanceCounterCategory(string categoryName)
            : this(categoryName, ".")
        {
        }

        public PerformanceCounterCategory(string categoryName, string machineName)
        {
            CategoryName = categoryName;
            MachineName = machineName;
        }

        public string CategoryName { get; set; }

        public string MachineName { get; set; }

        public string CategoryHelp
        {
            get { return string.Empty; }
        }

        public static bool Exists(string categoryName)
        {
            return Counts.Exists(categoryName);
        }

        public static bool Exists(string categoryName, string machineName)
        {
            return Counts.Exists(categoryName);
        }

        public static bool CounterExists(string counterName, string categoryName)
        {
            return Counts.Exists(categoryName, counterName);
        }

        public static PerformanceCounterCategory Create(
            string categoryName, string categoryHelp, CounterCreationDataCollection counterData)
        {
            return Create(
                categoryName, categoryHelp, PerformanceCounterCategoryType.Unknown, counterData);
        }

        public static PerformanceCounterCategory Create(
            string categoryName,
            string categoryHelp,
            PerformanceCounterCategoryType categoryType,
            CounterCreationDataCollection counterData)
        {
            if (Counts.Exists(categoryName))
            {
                throw new InvalidOperationException(
                    "The category of performance counters " + categoryName + " exists already.");
            }

            Counts.Create(categoryName, counterData ?? new CounterCreationDataCollection());
            return new PerformanceCounterCategory(categoryName);
        }

        public static PerformanceCounterCategory Create(
            string categoryName,
            string categoryHelp,
            PerformanceCounterCategoryType categoryType,
            string counterName,
            string counterHelp)
        {
            CounterCreationDataCollection one = new CounterCreationDataCollection();
            one.Add(new CounterCreationData(
                counterName, counterHelp, PerformanceCounterType.NumberOfItems32));
            return Create(categoryName, categoryHelp, categoryType, one);
        }

        public static void Delete(string categoryName)
        {
            Counts.Delete(categoryName);
        }

        public bool CounterExists(string counterName)
        {
            return Counts.Exists(CategoryName, counterName);
        }
    }

    /// <summary>A counter to be created.</summary>
    public class CounterCreationData
    {
        public CounterCreationData()
            : this(string.Empty, string.Empty, PerformanceCounterType.NumberOfItems32)
        {
        }

        public CounterCreationData(
            string counterName, string counterHelp, PerformanceCounterType counterType)
        {
            CounterName = counterName;
            CounterHelp = counterHelp;
            CounterType = counterType;
        }

        public string CounterName { get; set; }

        public string CounterHelp { get; set; }

        public PerformanceCounterType CounterType { get; set; }
    }

    /// <summary>Counters to be created together.</summary>
    public class CounterCreationDataCollection : CollectionBase
    {
        public CounterCreationData this[int index]
        {
            get { return (CounterCreationData)List[index]; }
            set { List[index] = value; }
        }

        public int Add(CounterCreationData value)
        {
            return List.Add(value);
        }

        public void AddRange(CounterCreationData[] value)
        {
            foreach (CounterCreationData each in value)
            {
                List.Add(each);
            }
        }
    }
}
