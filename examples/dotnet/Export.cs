using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.MetadirectoryServices;

namespace Demo
{
    /// <summary>Applies changes to the records in memory, and writes a batch of them at once.</summary>
    internal sealed class Export
    {
        private static readonly string[] References = { "manager", "members" };

        private readonly Store store;
        private readonly bool checksReferences;
        private readonly Schema schema = Model.Schema();
        private readonly Dictionary<string, SortedDictionary<string, Record>> records;
        private readonly HashSet<Tuple<string, string>> changed = new HashSet<Tuple<string, string>>();

        public Export(Store store, bool checksReferences)
        {
            this.store = store;
            this.checksReferences = checksReferences;
            records = schema.Types.ToDictionary(type => type.Name, type => store.Load(type.Name));
        }

        /// <summary>The result of one change; a refused one has not touched anything.</summary>
        public CSEntryChangeResult Apply(CSEntryChange change)
        {
            try
            {
                List<AttributeChange> assigned = new List<AttributeChange>();
                switch (change.ObjectModificationType)
                {
                    case ObjectModificationType.Add:
                        string id = Add(change);
                        // The key that was assigned goes back to the host, which knows the object by it.
                        assigned.Add(AttributeChange.CreateAttributeAdd(Store.Key, id));
                        break;
                    case ObjectModificationType.Delete:
                        Delete(change.ObjectType, Existing(change));
                        break;
                    default:
                        Update(change);
                        break;
                }

                return CSEntryChangeResult.Create(change.Identifier, assigned, MAExportError.Success);
            }
            catch (RefusedException refused)
            {
                return CSEntryChangeResult.Create(
                    change.Identifier, null, refused.Code, refused.Code.ToString(), refused.Message);
            }
        }

        /// <summary>Writes what has changed since the last time; the log first, so that none is missed.</summary>
        public void Save()
        {
            foreach (IGrouping<string, string> each in changed.GroupBy(one => one.Item1, one => one.Item2).ToList())
            {
                store.Log(each.Key, each);
                store.Save(each.Key, records[each.Key].Values);
            }

            changed.Clear();
        }

        private string Add(CSEntryChange change)
        {
            Record record = new Record();
            Fill(record, change);
            if (change.ObjectType == Model.Person)
            {
                CheckLogin(record, "");
            }

            SortedDictionary<string, Record> all = records[change.ObjectType];
            string letter = change.ObjectType.Substring(0, 1).ToUpperInvariant();
            // The key of one who is gone is given to nobody else: others may know the object by it.
            IEnumerable<string> logged = store.ChangesSince(0)
                .Where(each => each.Type == change.ObjectType)
                .Select(each => each.Id);
            IEnumerable<string> unsaved = changed
                .Where(each => each.Item1 == change.ObjectType)
                .Select(each => each.Item2);
            int number = all.Keys.Concat(logged).Concat(unsaved).Select(Number).DefaultIfEmpty(0).Max() + 1;
            string id = letter + number.ToString("0000", CultureInfo.InvariantCulture);
            record[Store.Key] = id;
            all.Add(id, record);
            changed.Add(Tuple.Create(change.ObjectType, id));
            return id;
        }

        private void Update(CSEntryChange change)
        {
            string id = Existing(change);
            Record before = records[change.ObjectType][id];
            // A change that is refused half-way must leave the record as it was.
            Record record = new Record();
            foreach (string column in store.Columns(change.ObjectType))
            {
                record[column] = before[column];
            }

            Fill(record, change);
            if (change.ObjectType == Model.Person)
            {
                CheckLogin(record, id);
            }

            records[change.ObjectType][id] = record;
            changed.Add(Tuple.Create(change.ObjectType, id));
        }

        private void Delete(string type, string id)
        {
            records[type].Remove(id);
            changed.Add(Tuple.Create(type, id));
            foreach (KeyValuePair<string, SortedDictionary<string, Record>> each in records)
            {
                foreach (Record record in each.Value.Values)
                {
                    foreach (string column in References.Where(name => record.Values(name).Contains(id)))
                    {
                        record.SetValues(column, record.Values(column).Where(value => value != id));
                        changed.Add(Tuple.Create(each.Key, record[Store.Key]));
                    }
                }
            }
        }

        private void Fill(Record record, CSEntryChange change)
        {
            foreach (AttributeChange each in change.AttributeChanges.Where(one => one.Name != Store.Key))
            {
                List<string> values = Values(each, record.Values(each.Name));
                if (each.DataType == AttributeType.Reference && checksReferences)
                {
                    CheckReferences(each.Name, values);
                }

                if (values.Any(value => value.IndexOfAny(new[] { '\r', '\n' }) >= 0
                    || (each.IsMultiValued && value.Contains('|'))))
                {
                    throw new RefusedException(
                        MAExportError.ExportErrorInvalidAttributeValue,
                        each.Name + " has a line break, or a bar between values: the file cannot hold it.");
                }

                if (each.IsMultiValued)
                {
                    record.SetValues(each.Name, values);
                }
                else
                {
                    record[each.Name] = values.LastOrDefault() ?? "";
                }
            }
        }

        /// <summary>The values after a change: an update adds and removes some, all else sets them.</summary>
        private static List<string> Values(AttributeChange change, IEnumerable<string> before)
        {
            List<string> values = new List<string>();
            if (change.ModificationType == AttributeModificationType.Update)
            {
                values.AddRange(before);
            }

            foreach (ValueChange each in change.ValueChanges)
            {
                string text = Model.Text(each.Value);
                values.Remove(text);
                if (each.ModificationType == ValueModificationType.Add)
                {
                    values.Add(text);
                }
            }

            return change.ModificationType == AttributeModificationType.Delete ? new List<string>() : values;
        }

        private string Existing(CSEntryChange change)
        {
            string id = (string)change.AnchorAttributes[Store.Key].Value;
            if (!records[change.ObjectType].ContainsKey(id))
            {
                throw new RefusedException(
                    MAExportError.ExportErrorConnectedDirectoryMissingObject,
                    "There is no " + change.ObjectType + " " + id + ".");
            }

            return id;
        }

        private void CheckLogin(Record record, string id)
        {
            string login = record["login"];
            if (login.Length == 0)
            {
                throw new RefusedException(
                    MAExportError.ExportErrorMissingProvisioningAttribute, "A person needs a login.");
            }

            if (records[Model.Person].Any(each => each.Key != id
                && string.Equals(each.Value["login"], login, StringComparison.OrdinalIgnoreCase)))
            {
                throw new RefusedException(
                    MAExportError.ExportErrorConnectedDirectoryExistingObject,
                    "The login " + login + " is taken.");
            }
        }

        private void CheckReferences(string name, IEnumerable<string> ids)
        {
            string missing = ids.FirstOrDefault(id => !records.Values.Any(each => each.ContainsKey(id)));
            if (missing != null)
            {
                throw new RefusedException(
                    MAExportError.ExportErrorReferenceAttributeFailure,
                    name + " refers to " + missing + ", which is not there.");
            }
        }

        private static int Number(string id)
        {
            int number;
            return int.TryParse(id.Substring(1), out number) ? number : 0;
        }
    }

    /// <summary>A change that cannot be made.</summary>
    internal sealed class RefusedException : Exception
    {
        public RefusedException(MAExportError code, string message)
            : base(message)
        {
            Code = code;
        }

        public MAExportError Code { get; private set; }
    }
}
