using System;
using System.ComponentModel;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Diagnostics
{
    /// <summary>A log of Windows that is none: what is written comes out on standard error.</summary>
    /// <remarks>Every log and every source is said to exist, and nothing can be read back.</remarks>
    public class EventLog : Component, ISupportInitialize
    {
        private const string Usual = "Application";

        public EventLog()
            : this("", ".", "")
        {
        }

        public EventLog(string logName)
            : this(logName, ".", "")
        {
        }

        public EventLog(string logName, string machineName)
            : this(logName, machineName, "")
        {
        }

        public EventLog(string logName, string machineName, string source)
        {
            Log = logName;
            MachineName = machineName;
            Source = source;
            MaximumKilobytes = 512;
        }

        /// <summary>It is never raised.</summary>
        public event EntryWrittenEventHandler EntryWritten
        {
            add { }
            remove { }
        }

        public string Log { get; set; }

        public string LogDisplayName
        {
            get { return Log; }
        }

        public string MachineName { get; set; }

        public string Source { get; set; }

        public bool EnableRaisingEvents { get; set; }

        public long MaximumKilobytes { get; set; }

        public OverflowAction OverflowAction
        {
            get { return OverflowAction.OverwriteAsNeeded; }
        }

        public ISynchronizeInvoke SynchronizingObject { get; set; }

        /// <summary>It is always empty.</summary>
        public EventLogEntryCollection Entries
        {
            get { return new EventLogEntryCollection(); }
        }

        public static bool Exists(string logName)
        {
            return true;
        }

        public static bool Exists(string logName, string machineName)
        {
            return true;
        }

        public static bool SourceExists(string source)
        {
            return true;
        }

        public static bool SourceExists(string source, string machineName)
        {
            return true;
        }

        public static string LogNameFromSourceName(string source, string machineName)
        {
            return Usual;
        }

        public static void CreateEventSource(string source, string logName)
        {
        }

        public static void CreateEventSource(string source, string logName, string machineName)
        {
        }

        public static void CreateEventSource(EventSourceCreationData sourceData)
        {
        }

        public static void DeleteEventSource(string source)
        {
        }

        public static void DeleteEventSource(string source, string machineName)
        {
        }

        public static void Delete(string logName)
        {
        }

        public static void Delete(string logName, string machineName)
        {
        }

        public static EventLog[] GetEventLogs()
        {
            return new[] { new EventLog(Usual) };
        }

        public static EventLog[] GetEventLogs(string machineName)
        {
            return new[] { new EventLog(Usual, machineName) };
        }

        public static void WriteEntry(string source, string message)
        {
            Written.Entry(source, message, EventLogEntryType.Information, 0);
        }

        public static void WriteEntry(string source, string message, EventLogEntryType type)
        {
            Written.Entry(source, message, type, 0);
        }

        public static void WriteEntry(
            string source, string message, EventLogEntryType type, int eventID)
        {
            Written.Entry(source, message, type, eventID);
        }

        public static void WriteEntry(
            string source, string message, EventLogEntryType type, int eventID, short category)
        {
            Written.Entry(source, message, type, eventID);
        }

        public static void WriteEntry(
            string source,
            string message,
            EventLogEntryType type,
            int eventID,
            short category,
            byte[] rawData)
        {
            Written.Entry(source, message, type, eventID);
        }

        public static void WriteEvent(string source, EventInstance instance, params object[] values)
        {
            Written.Event(source, instance, values);
        }

        public static void WriteEvent(
            string source, EventInstance instance, byte[] data, params object[] values)
        {
            Written.Event(source, instance, values);
        }

        public void WriteEntry(string message)
        {
            Written.Entry(Source, message, EventLogEntryType.Information, 0);
        }

        public void WriteEntry(string message, EventLogEntryType type)
        {
            Written.Entry(Source, message, type, 0);
        }

        public void WriteEntry(string message, EventLogEntryType type, int eventID)
        {
            Written.Entry(Source, message, type, eventID);
        }

        public void WriteEntry(string message, EventLogEntryType type, int eventID, short category)
        {
            Written.Entry(Source, message, type, eventID);
        }

        public void WriteEntry(
            string message, EventLogEntryType type, int eventID, short category, byte[] rawData)
        {
            Written.Entry(Source, message, type, eventID);
        }

        public void WriteEvent(EventInstance instance, params object[] values)
        {
            Written.Event(Source, instance, values);
        }

        public void WriteEvent(EventInstance instance, byte[] data, params object[] values)
        {
            Written.Event(Source, instance, values);
        }

        public void BeginInit()
        {
        }

        public void EndInit()
        {
        }

        public void Clear()
        {
        }

        public void Close()
        {
        }

        public void ModifyOverflowPolicy(OverflowAction action, int retentionDays)
        {
        }
    }

    /// <summary>How an entry looks on standard error.</summary>
    internal static class Written
    {
        internal static void Entry(string source, string message, EventLogEntryType type, int number)
        {
            string about = string.IsNullOrEmpty(source) ? "event log" : source;
            string which = number == 0 ? "" : " " + number;
            Console.Error.WriteLine(about + ": " + type + which + ": " + message);
        }

        internal static void Event(string source, EventInstance instance, object[] values)
        {
            string text = values == null ? "" : string.Join(", ", values);
            Entry(source, text, instance.EntryType, (int)(instance.InstanceId & 0x3FFFFFFF));
        }
    }
}
