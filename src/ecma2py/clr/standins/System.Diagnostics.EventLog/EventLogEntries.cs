using System;
using System.Collections;

#pragma warning disable 436 // the compiler's own System.dll has types of these names

namespace System.Diagnostics
{
    public enum EventLogEntryType
    {
        Error = 1,
        Warning = 2,
        Information = 4,
        SuccessAudit = 8,
        FailureAudit = 16,
    }

    public enum OverflowAction
    {
        DoNotOverwrite = -1,
        OverwriteAsNeeded = 0,
        OverwriteOlder = 1,
    }

    /// <summary>What an event is, but for its text.</summary>
    public class EventInstance
    {
        public EventInstance(long instanceId, int categoryId)
            : this(instanceId, categoryId, EventLogEntryType.Information)
        {
        }

        public EventInstance(long instanceId, int categoryId, EventLogEntryType entryType)
        {
            InstanceId = instanceId;
            CategoryId = categoryId;
            EntryType = entryType;
        }

        public long InstanceId { get; set; }

        public int CategoryId { get; set; }

        public EventLogEntryType EntryType { get; set; }
    }

    /// <summary>A source that is to be made, which nobody does here.</summary>
    public class EventSourceCreationData
    {
        public EventSourceCreationData(string source, string logName)
        {
            Source = source;
            LogName = logName;
            MachineName = ".";
        }

        public string Source { get; set; }

        public string LogName { get; set; }

        public string MachineName { get; set; }

        public string MessageResourceFile { get; set; }

        public string CategoryResourceFile { get; set; }

        public string ParameterResourceFile { get; set; }

        public int CategoryCount { get; set; }
    }

    /// <summary>An entry that was read; there is none ever.</summary>
    public sealed class EventLogEntry
    {
        internal EventLogEntry()
        {
        }

        public string Message
        {
            get { return ""; }
        }

        public string Source
        {
            get { return ""; }
        }

        public EventLogEntryType EntryType
        {
            get { return EventLogEntryType.Information; }
        }

        public long InstanceId
        {
            get { return 0; }
        }

        public DateTime TimeGenerated
        {
            get { return DateTime.MinValue; }
        }
    }

    /// <summary>No entries.</summary>
    public class EventLogEntryCollection : ICollection
    {
        internal EventLogEntryCollection()
        {
        }

        public int Count
        {
            get { return 0; }
        }

        bool ICollection.IsSynchronized
        {
            get { return false; }
        }

        object ICollection.SyncRoot
        {
            get { return this; }
        }

        public virtual EventLogEntry this[int index]
        {
            get { throw new ArgumentException("The log has no entries: nothing is read here."); }
        }

        void ICollection.CopyTo(Array array, int index)
        {
        }

        public IEnumerator GetEnumerator()
        {
            return new EventLogEntry[0].GetEnumerator();
        }
    }

    public class EntryWrittenEventArgs : EventArgs
    {
        public EventLogEntry Entry
        {
            get { return null; }
        }
    }

    public delegate void EntryWrittenEventHandler(object sender, EntryWrittenEventArgs e);

    /// <summary>Trace output as entries of a log.</summary>
    public sealed class EventLogTraceListener : TraceListener
    {
        public EventLogTraceListener()
            : this("")
        {
        }

        public EventLogTraceListener(string source)
            : this(new EventLog("", ".", source))
        {
        }

        public EventLogTraceListener(EventLog eventLog)
        {
            EventLog = eventLog;
        }

        public EventLog EventLog { get; set; }

        public override void Write(string message)
        {
            EventLog.WriteEntry(message);
        }

        public override void WriteLine(string message)
        {
            EventLog.WriteEntry(message);
        }
    }
}
