using System;
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Ecma2py.Bridge
{
    /// <summary>The one way in for calls: bytes in, bytes out, for one thread.</summary>
    /// <remarks>
    /// Nothing but numbers and addresses crosses as such, since converting each text would cost more
    /// than all else, and half a surrogate pair would end the process.
    /// </remarks>
    public sealed class Door
    {
        /// <summary>Bytes in front of an answer, which hold its length.</summary>
        private const int Front = 8;

        // A buffer that was needed once for one huge page is given back.
        private const int KeptBytes = 4 * 1024 * 1024;

        private readonly Dictionary<string, MethodInfo> methods = new Dictionary<string, MethodInfo>();
        private readonly EntryReader reading = new EntryReader();
        private readonly ConnectorTypes types;
        private readonly string name;
        private PackWriter writer = new PackWriter();
        private Session session;
        private GCHandle pinned;
        private byte[] answer;

        public Door(ConnectorTypes types, string name)
        {
            this.types = types;
            this.name = name;
            const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly;
            foreach (MethodInfo each in typeof(Session).GetMethods(Own))
            {
                methods[each.Name] = each;
            }
        }

        /// <summary>From now on a new connector is called.</summary>
        public void Renew()
        {
            if (writer.Data.Length > KeptBytes)
            {
                writer = new PackWriter();
            }

            session = new Session(types, reading, writer, name);
        }

        /// <summary>
        /// The address of the answer: eight bytes of length, and then ["ok", value] or
        /// ["error", map]. It holds until the next call.
        /// </summary>
        public long Call(string method, long address, int length)
        {
            byte[] request = new byte[length];
            if (length > 0)
            {
                Marshal.Copy(new IntPtr(address), request, 0, length);
            }

            try
            {
                Begin("ok");
                Action<PackReader> call = (Action<PackReader>)Delegate.CreateDelegate(
                    typeof(Action<PackReader>), session, methods[method]);
                call(new PackReader(request, 0));
            }
            catch (Exception error)
            {
                Begin("error");
                Faults.Write(writer, error);
            }

            return Answer();
        }

        private void Begin(string outcome)
        {
            writer.Clear(Front);
            writer.Array(2);
            writer.Text(outcome);
        }

        private long Answer()
        {
            byte[] head = BitConverter.GetBytes((long)(writer.Length - Front));
            Buffer.BlockCopy(head, 0, writer.Data, 0, Front);
            if (answer != writer.Data)
            {
                if (pinned.IsAllocated)
                {
                    pinned.Free();
                }

                answer = writer.Data;
                pinned = GCHandle.Alloc(answer, GCHandleType.Pinned);
            }

            return pinned.AddrOfPinnedObject().ToInt64();
        }
    }
}
