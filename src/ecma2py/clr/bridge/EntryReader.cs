using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.MetadirectoryServices;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

namespace Ecma2py.Bridge
{
    /// <summary>Changes to be exported out of one buffer; ecma2py.workers.pages specifies it.</summary>
    /// <remarks>
    /// Connectors branch on the type of an attribute and on whether it is multi-valued, so every
    /// object is a detached one, to which the contract's factories say neither.
    /// </remarks>
    internal sealed class EntryReader
    {
        // The host tells a type once in the life of a connection, whichever connector is made then.
        private readonly Dictionary<long, KnownType> types = new Dictionary<long, KnownType>();

        /// <summary>The changes of a buffer, which are entries whose place is known.</summary>
        /// <remarks>
        /// Where objects are due as they are, one that says of no change has its attributes as a new
        /// one has: an entry that is not configured takes none.
        /// </remarks>
        internal List<CSEntryChange> Read(PackReader reader, Packed entries, bool asTheyAre)
        {
            reader.Position = entries.Position;
            reader.Array();
            int rows = reader.Position;
            reader.Skip();
            LearnTypes(reader);
            reader.Position = rows;
            int count = reader.Array();
            List<CSEntryChange> found = new List<CSEntryChange>(count);
            for (int index = 0; index < count; index++)
            {
                found.Add(Entry(reader, asTheyAre));
            }

            return found;
        }

        private void LearnTypes(PackReader reader)
        {
            int count = reader.Map();
            for (int index = 0; index < count; index++)
            {
                long number = reader.Int();
                types[number] = new KnownType(Schemas.ReadType((Packed)reader.Value()));
            }
        }

        private CSEntryChange Entry(PackReader reader, bool asItIs)
        {
            Row row = new Row(reader);
            if (row.Modification < 0)
            {
                throw new UnfitException("There is no change where one is due.");
            }

            KnownType known = null;
            if (row.Type != null && !types.TryGetValue((long)row.Type, out known))
            {
                throw new UnfitException("The object type " + row.Type + " was never told.");
            }

            ObjectModificationType modification = (ObjectModificationType)row.Modification;
            if (asItIs && modification <= ObjectModificationType.None)
            {
                modification = ObjectModificationType.Add;
            }

            CSEntryChangeDetached entry = new CSEntryChangeDetached(
                row.Identifier,
                modification,
                (MAImportError)row.ErrorCode,
                null);
            entry.ObjectType = row.ObjectType;
            entry.ErrorName = row.ErrorName;
            entry.ErrorDetail = row.ErrorDetail;
            int end = reader.Position;
            Anchor(reader, row.Anchor, entry, known);
            entry.DN = row.DN ?? NameOf(entry);
            Attributes(reader, row.Attributes, entry, known);
            Changes(reader, row.Changes, entry, known);
            reader.Position = end;
            return entry;
        }

        // Connectors call DN.ToString(), also where objects have no DN: the anchor stands for it.
        private static string NameOf(CSEntryChange entry)
        {
            foreach (AnchorAttribute each in entry.AnchorAttributes)
            {
                byte[] bytes = each.Value as byte[];
                return bytes == null
                    ? Convert.ToString(each.Value, CultureInfo.InvariantCulture)
                    : Convert.ToBase64String(bytes);
            }

            return string.Empty;
        }

        private static void Anchor(
            PackReader reader,
            int position,
            CSEntryChange entry,
            KnownType known)
        {
            reader.Position = position;
            for (int left = Count(reader); left > 0; left--)
            {
                string name = reader.Text();
                object value = reader.Value();
                SchemaAttribute attribute = known == null ? null : known[name];
                entry.AnchorAttributes.Add(new AnchorAttributeDetached(
                    name, attribute == null ? TypeOf(value) : attribute.DataType, value));
            }
        }

        private static void Attributes(
            PackReader reader,
            int position,
            CSEntryChange entry,
            KnownType known)
        {
            reader.Position = position;
            for (int left = Count(reader); left > 0; left--)
            {
                string name = reader.Text();
                object given = reader.Value();
                List<object> several = given as List<object>;
                List<ValueChange> values = new List<ValueChange>(several == null ? 1 : several.Count);
                if (several == null)
                {
                    values.Add(ValueChange.CreateValueAdd(given));
                }
                else
                {
                    foreach (object value in several)
                    {
                        values.Add(ValueChange.CreateValueAdd(value));
                    }
                }

                SchemaAttribute attribute = known == null ? null : known[name];
                AttributeModificationType add = AttributeModificationType.Add;
                if (attribute != null)
                {
                    entry.AttributeChanges.Add(new AttributeChangeDetached(attribute, add, values));
                    continue;
                }

                object first = several == null ? given : several.Count > 0 ? several[0] : null;
                entry.AttributeChanges.Add(new AttributeChangeDetached(
                    name, add, values, TypeOf(first), several != null, false));
            }
        }

        private static void Changes(
            PackReader reader,
            int position,
            CSEntryChange entry,
            KnownType known)
        {
            reader.Position = position;
            for (int left = Count(reader); left > 0; left--)
            {
                reader.Text();
                reader.Array();
                string name = reader.Text();
                AttributeModificationType modification = (AttributeModificationType)reader.Int();
                AttributeType type = (AttributeType)reader.Int();
                bool multi = (bool)reader.Value();
                int count = reader.Array() / 2;
                List<ValueChange> values = new List<ValueChange>(count);
                for (int index = 0; index < count; index++)
                {
                    ValueModificationType kind = (ValueModificationType)reader.Int();
                    values.Add(new ValueChange(reader.Value(), kind));
                }

                SchemaAttribute attribute = known == null ? null : known[name];
                bool anchor = attribute != null && attribute.IsAnchor;
                if (attribute != null && type == AttributeType.Undefined)
                {
                    // A deletion by itself says neither.
                    type = attribute.DataType;
                    multi = attribute.IsMultiValued;
                }

                entry.AttributeChanges.Add(new AttributeChangeDetached(
                    name, modification, values, type, multi, anchor));
            }
        }

        private static int Count(PackReader reader)
        {
            return reader.Position == 0 || reader.TakeNil() ? 0 : reader.Map();
        }

        private static AttributeType TypeOf(object value)
        {
            return value is string ? AttributeType.String
                : value is long ? AttributeType.Integer
                : value is bool ? AttributeType.Boolean
                : value is byte[] ? AttributeType.Binary
                : AttributeType.Undefined;
        }

        /// <summary>One row: its plain parts, and where those are that hold more.</summary>
        private struct Row
        {
            internal string ObjectType;
            internal long Modification;
            internal int Anchor;
            internal string DN;
            internal int Attributes;
            internal int Changes;
            internal long ErrorCode;
            internal string ErrorName;
            internal string ErrorDetail;
            internal Guid Identifier;
            internal object Type;

            internal Row(PackReader reader)
                : this()
            {
                Identifier = Guid.Empty;
                int count = reader.Array();
                for (int index = 0; index < count; index++)
                {
                    Take(reader, index);
                }

                if (Identifier == Guid.Empty)
                {
                    Identifier = Guid.NewGuid();
                }
            }

            private void Take(PackReader reader, int index)
            {
                switch (index)
                {
                    case 0:
                        ObjectType = reader.Text();
                        break;
                    case 1:
                        Modification = reader.Int();
                        break;
                    case 2:
                        Anchor = Past(reader);
                        break;
                    case 3:
                        DN = reader.Text();
                        break;
                    case 4:
                        Attributes = Past(reader);
                        break;
                    case 5:
                        Changes = Past(reader);
                        break;
                    case 6:
                        ErrorCode = reader.Int();
                        break;
                    case 7:
                        ErrorName = reader.Text();
                        break;
                    case 8:
                        ErrorDetail = reader.Text();
                        break;
                    case 9:
                        byte[] bytes = (byte[])reader.Value();
                        Identifier = bytes == null ? Guid.Empty : Identifiers.Read(bytes);
                        break;
                    case 10:
                        Type = reader.Value();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }

            private static int Past(PackReader reader)
            {
                int position = reader.Position;
                reader.Skip();
                return position;
            }
        }
    }
}
