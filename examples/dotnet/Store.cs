using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Demo
{
    /// <summary>The application behind the connector: people and groups in CSV files of one folder.</summary>
    /// <remarks>
    /// Each type has a file of its own, whose first line names the columns. "changes.log" has a line for
    /// every change, the newest last, and "passwords.csv" the hashes of passwords. Files are replaced as a
    /// whole, so that who reads meanwhile sees the old one or the new one.
    /// </remarks>
    internal sealed class Store
    {
        public const string Key = "id";

        private readonly string folder;

        public Store(string folder)
        {
            this.folder = folder;
        }

        /// <summary>The number of the last change; 0 before the first.</summary>
        public long LastChange
        {
            get { return Changes().Select(each => each.Number).DefaultIfEmpty(0).Last(); }
        }

        /// <summary>The columns of a type in the order of its file.</summary>
        public IList<string> Columns(string type)
        {
            return Lines(type).First();
        }

        /// <summary>Every record of a type by its key.</summary>
        public SortedDictionary<string, Record> Load(string type)
        {
            SortedDictionary<string, Record> found =
                new SortedDictionary<string, Record>(StringComparer.Ordinal);
            IList<string> columns = Columns(type);
            foreach (IList<string> cells in Lines(type).Skip(1))
            {
                Record record = new Record();
                for (int index = 0; index < Math.Min(columns.Count, cells.Count); index++)
                {
                    record[columns[index]] = cells[index];
                }

                found[record[Key]] = record;
            }

            return found;
        }

        /// <summary>Puts the records in place of all that the file of their type has.</summary>
        public void Save(string type, IEnumerable<Record> records)
        {
            IList<string> columns = Columns(type);
            List<string> lines = new List<string> { Csv.Line(columns) };
            lines.AddRange(records.Select(each => Csv.Line(columns.Select(name => each[name]))));
            Replace(type + ".csv", lines);
        }

        /// <summary>The last change of each object since the one with a number, in their order.</summary>
        public IList<Change> ChangesSince(long number)
        {
            return Changes()
                .Where(each => each.Number > number)
                .GroupBy(each => each.Type + "/" + each.Id)
                .Select(each => each.Last())
                .OrderBy(each => each.Number)
                .ToList();
        }

        /// <summary>Notes that objects of a type have changed, each by its key.</summary>
        public void Log(string type, IEnumerable<string> ids)
        {
            long number = LastChange;
            string path = Path.Combine(folder, "changes.log");
            File.AppendAllLines(path, ids.Select(id => Csv.Line(new[] { Number(++number), type, id })));
        }

        public string PasswordHash(string id)
        {
            return Passwords().Where(each => each[0] == id).Select(each => each[1]).FirstOrDefault();
        }

        public void SetPasswordHash(string id, string hash)
        {
            IEnumerable<IList<string>> others = Passwords().Where(each => each[0] != id);
            Replace("passwords.csv", others.Concat(new[] { new[] { id, hash } }).Select(Csv.Line));
        }

        private static string Number(long number)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        private IEnumerable<Change> Changes()
        {
            return Csv.Read(Path.Combine(folder, "changes.log")).Select(each => new Change(
                long.Parse(each[0], CultureInfo.InvariantCulture), each[1], each[2]));
        }

        private IEnumerable<IList<string>> Passwords()
        {
            return Csv.Read(Path.Combine(folder, "passwords.csv"));
        }

        private IEnumerable<IList<string>> Lines(string type)
        {
            string path = Path.Combine(folder, type + ".csv");
            if (!File.Exists(path))
            {
                throw new FileNotFoundException("There is no file " + path + ".", path);
            }

            return Csv.Read(path);
        }

        private void Replace(string name, IEnumerable<string> lines)
        {
            string path = Path.Combine(folder, name);
            File.WriteAllLines(path + ".new", lines, new UTF8Encoding(false));
            if (File.Exists(path))
            {
                File.Replace(path + ".new", path, null);
            }
            else
            {
                File.Move(path + ".new", path);
            }
        }
    }

    /// <summary>One line of a file: text by column, several values in one with a bar between them.</summary>
    internal sealed class Record
    {
        private readonly Dictionary<string, string> cells = new Dictionary<string, string>();

        /// <summary>The text of a column, empty for one without.</summary>
        public string this[string column]
        {
            get
            {
                string text;
                return cells.TryGetValue(column, out text) ? text : "";
            }

            set
            {
                cells[column] = value;
            }
        }

        public IList<string> Values(string column)
        {
            return this[column].Split(new[] { '|' }, StringSplitOptions.RemoveEmptyEntries);
        }

        public void SetValues(string column, IEnumerable<string> values)
        {
            this[column] = string.Join("|", values);
        }
    }

    /// <summary>That an object has changed.</summary>
    internal sealed class Change
    {
        public Change(long number, string type, string id)
        {
            Number = number;
            Type = type;
            Id = id;
        }

        public long Number { get; private set; }

        public string Type { get; private set; }

        public string Id { get; private set; }
    }

    /// <summary>Comma-separated values: a cell in quotation marks may hold commas and such marks.</summary>
    internal static class Csv
    {
        public static string Line(IEnumerable<string> cells)
        {
            return string.Join(",", cells.Select(Quoted));
        }

        /// <summary>The lines of a file, one after the other as they are asked for; none without a file.</summary>
        public static IEnumerable<IList<string>> Read(string path)
        {
            return File.Exists(path)
                ? File.ReadLines(path).Where(line => line.Length > 0).Select(Cells)
                : Enumerable.Empty<IList<string>>();
        }

        private static string Quoted(string cell)
        {
            return cell.IndexOfAny(new[] { ',', '"' }) < 0 ? cell : "\"" + cell.Replace("\"", "\"\"") + "\"";
        }

        private static IList<string> Cells(string line)
        {
            List<string> cells = new List<string>();
            StringBuilder cell = new StringBuilder();
            bool quoted = false;
            for (int at = 0; at < line.Length; at++)
            {
                char each = line[at];
                if (each == '"' && quoted && at + 1 < line.Length && line[at + 1] == '"')
                {
                    cell.Append(line[++at]);
                }
                else if (each == '"')
                {
                    quoted = !quoted;
                }
                else if (each == ',' && !quoted)
                {
                    cells.Add(cell.ToString());
                    cell.Clear();
                }
                else
                {
                    cell.Append(each);
                }
            }

            cells.Add(cell.ToString());
            return cells;
        }
    }
}
