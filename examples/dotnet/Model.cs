using Microsoft.MetadirectoryServices;

namespace Demo
{
    /// <summary>What kinds of objects there are, and their attributes.</summary>
    internal static class Model
    {
        public const string Person = "person";
        public const string Group = "group";

        /// <summary>The store assigns the keys: nobody writes them.</summary>
        public static Schema Schema()
        {
            SchemaType person = SchemaType.Create(Person, true);
            person.Attributes.Add(SchemaAttribute.CreateAnchorAttribute(
                Store.Key, AttributeType.String, AttributeOperation.ImportOnly));
            foreach (string name in new[] { "login", "displayName", "givenName", "familyName", "mail", "title" })
            {
                person.Attributes.Add(SchemaAttribute.CreateSingleValuedAttribute(name, AttributeType.String));
            }

            person.Attributes.Add(SchemaAttribute.CreateSingleValuedAttribute("active", AttributeType.Boolean));
            person.Attributes.Add(SchemaAttribute.CreateSingleValuedAttribute("room", AttributeType.Integer));
            person.Attributes.Add(SchemaAttribute.CreateSingleValuedAttribute("manager", AttributeType.Reference));
            person.Attributes.Add(SchemaAttribute.CreateMultiValuedAttribute("phones", AttributeType.String));

            SchemaType group = SchemaType.Create(Group, true);
            group.Attributes.Add(SchemaAttribute.CreateAnchorAttribute(
                Store.Key, AttributeType.String, AttributeOperation.ImportOnly));
            group.Attributes.Add(SchemaAttribute.CreateSingleValuedAttribute("name", AttributeType.String));
            group.Attributes.Add(SchemaAttribute.CreateMultiValuedAttribute("members", AttributeType.Reference));

            Schema schema = Microsoft.MetadirectoryServices.Schema.Create();
            schema.Types.Add(person);
            schema.Types.Add(group);
            return schema;
        }

        /// <summary>The value of a type that a text in a file stands for; FormatException if none.</summary>
        public static object Value(AttributeType type, string text)
        {
            switch (type)
            {
                case AttributeType.Boolean:
                    return bool.Parse(text);
                case AttributeType.Integer:
                    return long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
                default:
                    return text;
            }
        }

        /// <summary>How a value stands in a file.</summary>
        public static string Text(object value)
        {
            return value is bool
                ? ((bool)value ? "true" : "false")
                : System.Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
