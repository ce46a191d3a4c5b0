using System;
using System.Collections.Generic;
using System.Reflection;

namespace Ecma2py.Bridge
{
    /// <summary>What a connector throws, as data: its classes, its text and what it names.</summary>
    internal static class Faults
    {
        private const string Contract = "Microsoft.MetadirectoryServices";
        private const int MostCauses = 10;

        /// <summary>Writes the map of an exception; whatever only wraps another one is left out.</summary>
        internal static void Write(PackWriter writer, Exception error)
        {
            error = Unwrapped(error);
            List<string> family = Family(error);
            writer.Map(6);
            writer.Text("name");
            writer.Text(error.GetType().Name);
            writer.Text("family");
            writer.Array(family.Count);
            foreach (string each in family)
            {
                writer.Text(each);
            }

            writer.Text("text");
            writer.Text(Told(error));
            writer.Text("trace");
            writer.Text(Read(() => error.StackTrace));
            writer.Text("attribute_name");
            writer.Text(Named(error, "AttributeName"));
            writer.Text("object_type");
            writer.Text(Named(error, "ObjectType"));
        }

        /// <summary>The text of an exception; nothing if it has none, or raises another one.</summary>
        internal static string Text(Exception error)
        {
            return Read(() => error.Message);
        }

        private static Exception Unwrapped(Exception error)
        {
            for (int left = MostCauses; left > 0 && error.InnerException != null; left--)
            {
                if (!(error is TargetInvocationException || error is AggregateException
                    || error is TypeInitializationException))
                {
                    break;
                }

                error = error.InnerException;
            }

            return error;
        }

        // The names of ECMA2's classes among those that the exception is of, the nearest first.
        private static List<string> Family(Exception error)
        {
            List<string> found = new List<string>();
            for (Type each = error.GetType(); each != null; each = each.BaseType)
            {
                if (each.Namespace == Contract)
                {
                    found.Add(each.Name);
                }
            }

            if (error is UnfitException)
            {
                found.Add("UnexpectedDataException");
            }
            else if (error is OutOfMemoryException)
            {
                found.Add("OutOfMemoryException");
            }

            return found;
        }

        private static string Told(Exception error)
        {
            string text = Text(error);
            if (text.Length == 0)
            {
                text = error.GetType().Name + " without a text";
            }

            Exception cause = error.InnerException;
            for (int left = MostCauses; cause != null && left > 0; left--)
            {
                // Many connectors put the text of the cause into their own.
                string more = Text(cause);
                if (more.Length == 0 || !text.Contains(more))
                {
                    text += " (" + cause.GetType().Name + ": " + more + ")";
                }

                cause = cause.InnerException;
            }

            return text;
        }

        private static string Named(Exception error, string property)
        {
            if (error.GetType().Namespace != Contract)
            {
                return null;
            }

            PropertyInfo found = error.GetType().GetProperty(property, typeof(string));
            return found == null ? null : Read(() => found.GetValue(error, null) as string);
        }

        // What it says of itself is code of the connector's, too.
        private static string Read(Func<string> read)
        {
            try
            {
                return read() ?? string.Empty;
            }
            catch (Exception)
            {
                return string.Empty;
            }
        }
    }
}
