using System;
using System.Collections.Generic;
using System.Security;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>One connector for one run: new objects of its classes, always called by interface.</summary>
    /// <remarks>
    /// A class is made when it is first needed. Each interface is called in methods of its own, so
    /// that a contract without it is no hindrance to the others.
    /// </remarks>
    internal sealed class Session
    {
        private readonly Dictionary<string, object> objects = new Dictionary<string, object>();
        private readonly ConnectorTypes types;
        private readonly EntryReader reading;
        private readonly EntryWriter writing;
        private readonly PackWriter writer;
        private readonly string name;

        internal Session(ConnectorTypes types, EntryReader reading, PackWriter writer, string name)
        {
            this.types = types;
            this.reading = reading;
            this.writer = writer;
            this.name = name;
            this.writing = new EntryWriter(writer);
        }

        // CallImport
        internal void ImportDefaultPageSize(PackReader given)
        {
            writer.Int(As<IMAExtensible2CallImport>().ImportDefaultPageSize);
        }

        internal void ImportMaxPageSize(PackReader given)
        {
            writer.Int(As<IMAExtensible2CallImport>().ImportMaxPageSize);
        }

        internal void OpenImportConnection(PackReader given)
        {
            List<object> arguments = given.Items();
            Schema schema = Schemas.Read((Packed)arguments[1]);
            writing.Learn(schema);
            CustomData(As<IMAExtensible2CallImport>().OpenImportConnection(
                Parameters.Read(arguments[0]), schema, RunSteps.OpenImport((Packed)arguments[2])));
        }

        internal void GetImportEntries(PackReader given)
        {
            Packed step = (Packed)given.Items()[0];
            IList<CSEntryChange> wanted = Entries(given, step["full_object_entries"]);
            GetImportEntriesResults page = As<IMAExtensible2CallImport>().GetImportEntries(
                new GetImportEntriesRunStep(wanted, step.Text("custom_data")));
            if (page == null)
            {
                writer.Nil();
                return;
            }

            writer.Array(3);
            writer.Text(page.CustomData);
            writer.Bool(page.MoreToImport);
            writing.Write(page.CSEntries);
        }

        internal void CloseImportConnection(PackReader given)
        {
            Packed step = (Packed)given.Items()[0];
            CustomData(As<IMAExtensible2CallImport>().CloseImportConnection(
                RunSteps.CloseImport(step)));
        }

        // CallExport
        internal void ExportDefaultPageSize(PackReader given)
        {
            writer.Int(As<IMAExtensible2CallExport>().ExportDefaultPageSize);
        }

        internal void ExportMaxPageSize(PackReader given)
        {
            writer.Int(As<IMAExtensible2CallExport>().ExportMaxPageSize);
        }

        internal void OpenExportConnection(PackReader given)
        {
            List<object> arguments = given.Items();
            As<IMAExtensible2CallExport>().OpenExportConnection(
                Parameters.Read(arguments[0]),
                Schemas.Read((Packed)arguments[1]),
                RunSteps.OpenExport((Packed)arguments[2]));
            writer.Nil();
        }

        internal void PutExportEntries(PackReader given)
        {
            IList<CSEntryChange> changes = Entries(given, given.Items()[0]);
            PutExportEntriesResults answer =
                As<IMAExtensible2CallExport>().PutExportEntries(changes);
            if (answer == null)
            {
                writer.Nil();
            }
            else
            {
                Results(answer.CSEntryChangeResults);
            }
        }

        internal void CloseExportConnection(PackReader given)
        {
            Packed step = (Packed)given.Items()[0];
            As<IMAExtensible2CallExport>().CloseExportConnection(RunSteps.CloseExport(step));
            writer.Nil();
        }

        // Files
        internal void WriteImportFile(PackReader given)
        {
            List<object> arguments = given.Items();
            CustomData(As<IMAExtensible2FileImport>().WriteImportFile(
                Parameters.Read(arguments[0]),
                Schemas.Read((Packed)arguments[1]),
                RunSteps.WriteFile((Packed)arguments[2])));
        }

        internal void ReadExportFile(PackReader given)
        {
            List<object> arguments = given.Items();
            As<IMAExtensible2FileExport>().ReadExportFile(
                Parameters.Read(arguments[0]),
                Schemas.Read((Packed)arguments[1]),
                RunSteps.ReadFile((Packed)arguments[2]));
            writer.Nil();
        }

        // What the connector says of itself
        internal void GetSchema(PackReader given)
        {
            Schemas.Write(
                writer,
                As<IMAExtensible2GetSchema>().GetSchema(Parameters.Read(given.Items()[0])));
        }

        internal void Capabilities(PackReader given)
        {
            Write(As<IMAExtensible2GetCapabilities>().Capabilities);
        }

        internal void GetCapabilitiesEx(PackReader given)
        {
            Write(As<IMAExtensible2GetCapabilitiesEx>().GetCapabilitiesEx(
                Parameters.Read(given.Items()[0])));
        }

        internal void GetConfigParameters(PackReader given)
        {
            List<object> arguments = given.Items();
            Parameters.Write(writer, As<IMAExtensible2GetParameters>().GetConfigParameters(
                Parameters.Read(arguments[0]), (ConfigParameterPage)(long)arguments[1]));
        }

        internal void ValidateConfigParameters(PackReader given)
        {
            List<object> arguments = given.Items();
            Parameters.Write(writer, As<IMAExtensible2GetParameters>().ValidateConfigParameters(
                Parameters.Read(arguments[0]), (ConfigParameterPage)(long)arguments[1]));
        }

        internal void GetConfigParametersEx(PackReader given)
        {
            List<object> arguments = given.Items();
            Parameters.Write(writer, As<IMAExtensible2GetParametersEx>().GetConfigParametersEx(
                Parameters.Read(arguments[0]),
                (ConfigParameterPage)(long)arguments[1],
                (int)(long)arguments[2]));
        }

        internal void ValidateConfigParametersEx(PackReader given)
        {
            List<object> arguments = given.Items();
            Parameters.Write(writer, As<IMAExtensible2GetParametersEx>().ValidateConfigParametersEx(
                Parameters.Read(arguments[0]),
                (ConfigParameterPage)(long)arguments[1],
                (int)(long)arguments[2]));
        }

        internal void GetPartitions(PackReader given)
        {
            RunSteps.Write(writer, As<IMAExtensible2GetPartitions>().GetPartitions(
                Parameters.Read(given.Items()[0])));
        }

        internal void GetHierarchy(PackReader given)
        {
            List<object> arguments = given.Items();
            RunSteps.Write(writer, As<IMAExtensible2GetHierarchy>().GetHierarchy(
                Parameters.Read(arguments[0]), RunSteps.ReadNode(arguments[1])));
        }

        // Password
        internal void OpenPasswordConnection(PackReader given)
        {
            List<object> arguments = given.Items();
            As<IMAExtensible2Password>().OpenPasswordConnection(
                Parameters.Read(arguments[0]), RunSteps.ReadPartition(arguments[1]));
            writer.Nil();
        }

        internal void ClosePasswordConnection(PackReader given)
        {
            As<IMAExtensible2Password>().ClosePasswordConnection();
            writer.Nil();
        }

        internal void GetConnectionSecurityLevel(PackReader given)
        {
            writer.Int((int)As<IMAExtensible2Password>().GetConnectionSecurityLevel());
        }

        internal void SetPassword(PackReader given)
        {
            List<object> arguments = given.Items();
            As<IMAExtensible2Password>().SetPassword(
                Entry(given, arguments[0]),
                (SecureString)arguments[1],
                (PasswordOptions)(long)arguments[2]);
            writer.Nil();
        }

        internal void ChangePassword(PackReader given)
        {
            List<object> arguments = given.Items();
            As<IMAExtensible2Password>().ChangePassword(
                Entry(given, arguments[0]),
                (SecureString)arguments[1],
                (SecureString)arguments[2]);
            writer.Nil();
        }

        private T As<T>()
        {
            string interfaceName = typeof(T).Name;
            string className = types.ClassOf(interfaceName);
            object found;
            if (!objects.TryGetValue(className, out found))
            {
                found = types.New(interfaceName);
                objects.Add(className, found);
            }

            return (T)found;
        }

        private HostEntry Entry(PackReader given, object entry)
        {
            return new HostEntry(Entries(given, entry, true)[0], name);
        }

        // One buffer, or an array of such as hold one entry each.
        private List<CSEntryChange> Entries(PackReader given, object entries, bool asTheyAre = false)
        {
            List<CSEntryChange> found = new List<CSEntryChange>();
            foreach (object each in entries as List<object> ?? new List<object> { entries })
            {
                Packed packed = each as Packed;
                if (packed == null || packed.Name != Packed.Entries)
                {
                    throw new UnfitException("There is no entry where one is due.");
                }

                found.AddRange(reading.Read(given, packed, asTheyAre));
            }

            return found;
        }

        private void CustomData(ImportResults answer)
        {
            if (answer == null)
            {
                writer.Nil();
                return;
            }

            writer.Array(1);
            writer.Text(answer.CustomData);
        }

        private void Results(ICollection<CSEntryChangeResult> results)
        {
            int begin = writer.BeginExtension(WireCode.Results);
            writer.Array(results.Count);
            foreach (CSEntryChangeResult each in results)
            {
                writer.Array(5);
                writer.Binary(Identifiers.Bytes(each.Identifier));
                writer.Int((int)each.ErrorCode);
                writer.Text(each.ErrorName ?? string.Empty);
                writer.Text(each.ErrorDetail ?? string.Empty);
                writer.Array(each.AnchorAttributes.Count);
                foreach (AttributeChange change in each.AnchorAttributes)
                {
                    writing.Change(change, null);
                }
            }

            writer.EndExtension(begin);
        }

        private void Write(MACapabilities told)
        {
            if (told == null)
            {
                writer.Nil();
                return;
            }

            writer.Array(17);
            writer.Int((int)told.DistinguishedNameStyle);
            writer.Bool(told.ObjectRename);
            writer.Bool(told.NoReferenceValuesInFirstExport);
            writer.Bool(told.DeltaImport);
            writer.Bool(told.ConcurrentOperation);
            writer.Bool(told.DeleteAddAsReplace);
            writer.Bool(told.ExportPasswordInFirstPass);
            writer.Bool(told.FullExport);
            writer.Int((int)told.ObjectConfirmation);
            writer.Int((int)told.ExportType);
            writer.Int((int)told.Normalizations);
            writer.Bool(told.IsDNAsAnchor);
            writer.Bool(told.SupportImport);
            writer.Bool(told.SupportExport);
            writer.Bool(told.SupportPartitions);
            writer.Bool(told.SupportPassword);
            writer.Bool(told.SupportHierarchy);
        }
    }
}
