using System;
using System.Collections.Generic;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Diagnostics
{
    /// <summary>All that is known of counters: what was written in this process.</summary>
    internal static class Counts
    {
        private static readonly Dictionary<string, Dictionary<string, PerformanceCounterType>> Categories =
            new Dictionary<string, Dictionary<string, PerformanceCounterType>>(
                StringComparer.OrdinalIgnoreCase);

        private static readonly Dictionary<string, long> Values =
            new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);

        internal static void Create(string category, CounterCreationDataCollection counters)
        {
            lock (Values)
            {
                Dictionary<string, PerformanceCounterType> types =
                    new Dictionary<string, PerformanceCounterType>(StringComparer.OrdinalIgnoreCase);
                foreach (CounterCreationData each in counters)
                {
                    types[each.CounterName] = each.CounterType;
                }

                Categories.Add(category, types);
            }
        }

        internal static bool Exists(string category)
        {
            lock (Values)
            {
                return Categories.ContainsKey(category);
            }
        }

        internal static bool Exists(string category, string counter)
        {
            lock (Values)
            {
                return Exists(category) && Categories[category].ContainsKey(counter);
            }
        }

        internal static void Delete(string category)
        {
            lock (Values)
            {
                Categories.Remove(category);
            }
        }

        internal static PerformanceCounterType TypeOf(string category, string counter)
        {
            lock (Values)
            {
                return Exists(category, counter)
                    ? Categories[category][counter]
                    : PerformanceCounterType.NumberOfItems32;
            }
        }

        internal static long Read(string category, string counter, string instance)
        {
            lock (Values)
            {
                long value;
                string key = Key(category, counter, instance);
                if (!Values.TryGetValue(key, out value) && !Exists(category, counter))
                {
                    throw new InvalidOperationException(
                        category + ", " + counter + ": ecma2py's stand-in for"
                        + " System.Diagnostics.PerformanceCounter has the counters that this"
                        + " connector writes, and no others. Mono and .NET Framework have those of"
                        + " the system.");
                }

                return value;
            }
        }

        internal static long Write(
            string category, string counter, string instance, long value, bool isAdded)
        {
            lock (Values)
            {
                long before;
                string key = Key(category, counter, instance);
                Values.TryGetValue(key, out before);
                return Values[key] = isAdded ? before + value : value;
            }
        }

        internal static void Forget(string category, string counter, string instance)
        {
            lock (Values)
            {
                Values.Remove(Key(category, counter, instance));
            }
        }

        private static string Key(string category, string counter, string instance)
        {
            return category + "\n" + counter + "\n" + instance;
        }
    }
}
