using System;
using System.Diagnostics;
using System.IO;

namespace Ecma2py.Bridge
{
    /// <summary>Sends what a connector traces to standard output, which the host logs.</summary>
    public sealed class TraceOutput : TraceListener
    {
        // A connector may set Console.Out to something of its own.
        private readonly TextWriter output;

        private TraceOutput(TextWriter output)
        {
            this.output = output;
        }

        /// <summary>From now on; the listeners of a settings file stay beside it.</summary>
        public static void Start()
        {
            Trace.Listeners.Add(new TraceOutput(Console.Out));
        }

        public override void Write(string message)
        {
            output.Write(message);
        }

        public override void WriteLine(string message)
        {
            output.WriteLine(message);
        }
    }
}
