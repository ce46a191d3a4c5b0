using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.MetadirectoryServices;

namespace Demo
{
    /// <summary>Makes entries of records, one after the other as they are asked for.</summary>
    internal sealed class Import
    {
        private readonly Store store;
        private readonly Schema types;

        /// <summary>The types and attributes are those that the host has selected.</summary>
        public Import(Store store, Schema types)
        {
            this.store = store;
            this.types = types;
        }

        public IEnumerable<CSEntryChange> All()
        {
            foreach (SchemaType type in types.Types)
            {
                foreach (Record record in store.Load(type.Name).Values)
                {
                    yield return Entry(type, record, ObjectModificationType.Add);
                }
            }
        }

        /// <summary>Objects that changed come whole, those that are gone with their key alone.</summary>
        public IEnumerable<CSEntryChange> Since(long number)
        {
            Dictionary<string, SortedDictionary<string, Record>> loaded =
                types.Types.ToDictionary(type => type.Name, type => store.Load(type.Name));
            foreach (Change change in store.ChangesSince(number).Where(each => loaded.ContainsKey(each.Type)))
            {
                Record record;
                SchemaType type = types.Types[change.Type];
                yield return loaded[change.Type].TryGetValue(change.Id, out record)
                    ? Entry(type, record, ObjectModificationType.Replace)
                    : Named(type, change.Id, ObjectModificationType.Delete);
            }
        }

        private static CSEntryChange Named(SchemaType type, string id, ObjectModificationType kind)
        {
            CSEntryChange entry = CSEntryChange.Create();
            entry.ObjectModificationType = kind;
            entry.ObjectType = type.Name;
            entry.AnchorAttributes.Add(AnchorAttribute.Create(Store.Key, id));
            return entry;
        }

        private static CSEntryChange Entry(SchemaType type, Record record, ObjectModificationType kind)
        {
            CSEntryChange entry = Named(type, record[Store.Key], kind);
            foreach (SchemaAttribute attribute in type.Attributes.Where(each => !each.IsAnchor))
            {
                try
                {
                    Take(entry, attribute, record);
                }
                catch (FormatException error)
                {
                    // The import goes on: this object alone is reported.
                    entry.ErrorCodeImport = MAImportError.ImportErrorInvalidAttributeValue;
                    entry.ErrorName = "invalid-value";
                    entry.ErrorDetail = attribute.Name + ": " + error.Message;
                }
            }

            return entry;
        }

        private static void Take(CSEntryChange entry, SchemaAttribute attribute, Record record)
        {
            List<object> values = (attribute.IsMultiValued
                    ? record.Values(attribute.Name)
                    : new[] { record[attribute.Name] })
                .Where(text => text.Length > 0)
                .Select(text => Model.Value(attribute.DataType, text))
                .ToList();
            if (values.Count > 0)
            {
                entry.AttributeChanges.Add(AttributeChange.CreateAttributeAdd(attribute.Name, values));
            }
        }
    }
}
