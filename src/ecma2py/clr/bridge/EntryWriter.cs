using System;
using System.Collections.Generic;
using Microsoft.MetadirectoryServices;

namespace Ecma2py.Bridge
{
    /// <summary>Imported objects into one buffer; ecma2py.workers.pages specifies it.</summary>
    /// <remarks>
    /// What the factories of the contract make is multi-valued and of no type. The schema that the
    /// import was opened with says what it is.
    /// </remarks>
    internal sealed class EntryWriter
    {
        private const int NoEntry = -1;
        private const int Longest = 5;

        private readonly PackWriter writer;
        private readonly Dictionary<string, KnownType> types = new Dictionary<string, KnownType>();

        internal EntryWriter(PackWriter writer)
        {
            this.writer = writer;
        }

        /// <summary>From now on objects are of the types in this schema.</summary>
        internal void Learn(Schema schema)
        {
            types.Clear();
            if (schema != null)
            {
                foreach (SchemaType each in schema.Types)
                {
                    types[each.Name] = new KnownType(each);
                }
            }
        }

        /// <summary>Writes a page. An entry that cannot be read says so in its place.</summary>
        internal void Write(IList<CSEntryChange> entries)
        {
            int begin = writer.BeginExtension(WireCode.Entries);
            writer.Array(2);
            int count = entries == null ? 0 : entries.Count;
            if (count < 0)
            {
                throw new UnfitException("The list of entries says that it has " + count + " of them.");
            }

            writer.Array(count);
            for (int index = 0; index < count; index++)
            {
                CSEntryChange entry = entries[index];
                int whole = writer.Length;
                try
                {
                    Row(entry);
                }
                catch (OutOfMemoryException)
                {
                    // No fault of this entry: the run has reached its limit.
                    throw;
                }
                catch (Exception error)
                {
                    // An entry that leaves no room for others is at fault itself.
                    if (error is TooLongException && whole > PackWriter.Longest / 2)
                    {
                        throw;
                    }

                    writer.CutTo(whole);
                    Unreadable(entry, error);
                }
            }

            writer.Map(0);
            writer.EndExtension(begin);
        }

        /// <summary>Writes attribute changes as they are: those of a result, or of an update.</summary>
        internal void Change(AttributeChange change, SchemaAttribute known)
        {
            IList<ValueChange> values = change.ValueChanges;
            AttributeType type = change.DataType;
            bool multi = change.IsMultiValued;
            if (type == AttributeType.Undefined && known != null)
            {
                type = known.DataType;
                multi = known.IsMultiValued;
            }

            writer.Array(5);
            writer.Text(change.Name);
            writer.Int((int)change.ModificationType);
            writer.Int((int)type);
            writer.Bool(multi);
            writer.Array(2 * values.Count);
            foreach (ValueChange each in values)
            {
                writer.Int((int)each.ModificationType);
                Value(each.Value);
            }
        }

        private static bool IsPlain(AttributeChange change, IList<ValueChange> values)
        {
            if (change.ModificationType != AttributeModificationType.Add)
            {
                return false;
            }

            for (int index = 0; index < values.Count; index++)
            {
                if (values[index].ModificationType != ValueModificationType.Add)
                {
                    return false;
                }
            }

            return true;
        }

        private static bool IsMulti(AttributeChange change, SchemaAttribute known)
        {
            return known != null
                ? known.IsMultiValued
                : change.DataType != AttributeType.Undefined && change.IsMultiValued;
        }

        private void Row(CSEntryChange entry)
        {
            if (entry == null)
            {
                writer.Array(3);
                writer.Nil();
                writer.Int(NoEntry);
                writer.Text("null");
                return;
            }

            ObjectModificationType modification = entry.ObjectModificationType;
            bool whole = modification == ObjectModificationType.Add
                || modification == ObjectModificationType.Replace;
            IList<AttributeChange> changes = entry.AttributeChanges;
            int others = 0;
            for (int index = 0; index < changes.Count; index++)
            {
                if (!whole || !IsPlain(changes[index], changes[index].ValueChanges))
                {
                    others++;
                }
            }

            string objectType = entry.ObjectType;
            KnownType known = null;
            if (objectType != null)
            {
                types.TryGetValue(objectType, out known);
            }

            bool failed = entry.ErrorCodeImport != MAImportError.Success;
            writer.Array(failed ? Longest + 4 : others > 0 ? Longest + 1 : Longest);
            writer.Text(objectType);
            writer.Int((int)modification);
            Anchor(entry, changes, known);
            writer.Text(entry.DN);
            Attributes(changes, known, whole, changes.Count - others);
            if (others > 0 || failed)
            {
                Changes(changes, known, whole, others);
            }

            if (failed)
            {
                writer.Int((int)entry.ErrorCodeImport);
                writer.Text(entry.ErrorName ?? string.Empty);
                writer.Text(entry.ErrorDetail ?? string.Empty);
            }
        }

        // Connectors give the anchor here, or among the attributes, or in both places.
        private void Anchor(CSEntryChange entry, IList<AttributeChange> changes, KnownType known)
        {
            ICollection<AnchorAttribute> given = entry.AnchorAttributes;
            List<AttributeChange> elsewhere = null;
            if (known != null && given.Count < known.Anchors.Count)
            {
                elsewhere = Elsewhere(entry, changes, known);
            }

            writer.Map(given.Count + (elsewhere == null ? 0 : elsewhere.Count));
            foreach (AnchorAttribute each in given)
            {
                Name(each.Name);
                Value(each.Value);
            }

            if (elsewhere != null)
            {
                foreach (AttributeChange each in elsewhere)
                {
                    Name(each.Name);
                    Value(each.ValueChanges[0].Value);
                }
            }
        }

        private static List<AttributeChange> Elsewhere(
            CSEntryChange entry,
            IList<AttributeChange> changes,
            KnownType known)
        {
            List<AttributeChange> found = null;
            foreach (SchemaAttribute anchor in known.Anchors)
            {
                if (entry.AnchorAttributes.Contains(anchor.Name)
                    || !entry.AttributeChanges.Contains(anchor.Name))
                {
                    continue;
                }

                AttributeChange change = entry.AttributeChanges[anchor.Name];
                if (change.ValueChanges.Count == 1)
                {
                    found = found ?? new List<AttributeChange>();
                    found.Add(change);
                }
            }

            return found;
        }

        private void Attributes(IList<AttributeChange> changes, KnownType known, bool whole, int count)
        {
            writer.Map(count);
            if (!whole)
            {
                return;
            }

            for (int index = 0; index < changes.Count; index++)
            {
                AttributeChange change = changes[index];
                IList<ValueChange> values = change.ValueChanges;
                if (!IsPlain(change, values))
                {
                    continue;
                }

                string name = change.Name;
                Name(name);
                SchemaAttribute attribute = known == null ? null : known[name];
                if (values.Count == 1 && !IsMulti(change, attribute))
                {
                    Value(values[0].Value);
                    continue;
                }

                writer.Array(values.Count);
                for (int each = 0; each < values.Count; each++)
                {
                    Value(values[each].Value);
                }
            }
        }

        private void Changes(IList<AttributeChange> changes, KnownType known, bool whole, int count)
        {
            writer.Map(count);
            foreach (AttributeChange change in changes)
            {
                if (!whole || !IsPlain(change, change.ValueChanges))
                {
                    Name(change.Name);
                    Change(change, known == null ? null : known[change.Name]);
                }
            }
        }

        // A key of a map is text and nothing else; one that is none fails its entry.
        private void Name(string name)
        {
            if (name == null)
            {
                throw new UnfitException("An attribute has no name.");
            }

            int begin = writer.Length;
            writer.Text(name);
            if (writer.Data[begin] == 0xC9)
            {
                throw new UnfitException("The name of an attribute holds half of a character pair.");
            }
        }

        private void Value(object value)
        {
            string text = value as string;
            if (text != null)
            {
                writer.Text(text);
            }
            else if (value == null)
            {
                writer.Nil();
            }
            else if (value is long)
            {
                writer.Int((long)value);
            }
            else if (value is bool)
            {
                writer.Bool((bool)value);
            }
            else if (value is byte[])
            {
                writer.Binary((byte[])value);
            }
            else if (value is int || value is short || value is byte || value is sbyte
                || value is ushort || value is uint)
            {
                writer.Int(Convert.ToInt64(value));
            }
            else
            {
                int begin = writer.BeginExtension(WireCode.Foreign);
                writer.Raw(Utf8.Strict.GetBytes(value.GetType().Name));
                writer.EndExtension(begin);
            }
        }

        private void Unreadable(CSEntryChange entry, Exception error)
        {
            int begin = writer.Length;
            writer.Array(Longest + 4);
            try
            {
                Which(entry);
            }
            catch (Exception)
            {
                writer.CutTo(begin);
                writer.Array(Longest + 4);
                writer.Nil();
                writer.Int((int)ObjectModificationType.Add);
                writer.Map(0);
                writer.Nil();
            }

            writer.Map(0);
            writer.Map(0);
            writer.Int((int)MAImportError.ImportErrorParseError);
            writer.Text(MAImportError.ImportErrorParseError.ToString());
            writer.Text(
                error is TooLongException
                    ? "The entry takes more than can be passed at once ("
                        + (PackWriter.Longest / 2 / 1024 / 1024) + " MB)."
                    : "The entry cannot be read (" + error.GetType().Name + ": " + Faults.Text(error)
                        + ").");
        }

        private void Which(CSEntryChange entry)
        {
            writer.Text(entry.ObjectType);
            writer.Int((int)ObjectModificationType.Add);
            writer.Map(entry.AnchorAttributes.Count);
            foreach (AnchorAttribute each in entry.AnchorAttributes)
            {
                Name(each.Name);
                Value(each.Value);
            }

            writer.Text(entry.DN);
        }
    }
}
