using System;
using System.Linq;
using System.Reflection;
using Microsoft.MetadirectoryServices;

public static class ErrorLaws
{
    private static Type[] Errors()
    {
        return typeof(ExtensionException).Assembly.GetExportedTypes()
            .Where(type => typeof(Exception).IsAssignableFrom(type))
            .ToArray();
    }

    /// <summary>There are two families under ApplicationException, 42 types in all.</summary>
    public static void ThereAreTwoFamilies()
    {
        Type[] all = Errors();
        Check.Equal(42, all.Length);
        Check.Equal(26, all.Count(type => typeof(ExtensionException).IsAssignableFrom(type)) + 1);
        Check.Equal(17, all.Count(type => typeof(MetadirectoryServicesException).IsAssignableFrom(type)));
        Check.Equal(typeof(ApplicationException), typeof(ExtensionException).BaseType);
        Check.Equal(typeof(ApplicationException), typeof(MetadirectoryServicesException).BaseType);
    }

    /// <summary>Every error can be made from nothing, from a text, and from a text and a cause.</summary>
    public static void EveryErrorKeepsItsTextAndCause()
    {
        Exception cause = new Exception("cause");
        foreach (Type type in Errors())
        {
            Check.Equal(true, ((Exception)Activator.CreateInstance(type)).Message.Length > 0);
            Exception told = (Exception)Activator.CreateInstance(type, "what");
            Check.Equal(true, told.Message.Contains("what"));
            Exception caused = (Exception)Activator.CreateInstance(type, "why", cause);
            Check.Equal("why", caused.Message);
            Check.Equal(cause, caused.InnerException);
        }
    }

    /// <summary>An error about something named keeps the name, and its text has it.</summary>
    public static void NamedThingsAreKept()
    {
        foreach (Type type in Errors())
        {
            ConstructorInfo named = type.GetConstructor(new[] { typeof(string) });
            string parameter = named.GetParameters()[0].Name;
            if (parameter == "description")
            {
                continue;
            }

            PropertyInfo property = type.GetProperties().Single(
                candidate => string.Equals(
                    candidate.Name, parameter, StringComparison.OrdinalIgnoreCase));
            Check.Equal("x", property.GetValue(named.Invoke(new object[] { "x" }), null));
            Check.Equal(null, property.GetValue(Activator.CreateInstance(type), null));
        }
    }

    /// <summary>An error about an object names it and its management agent.</summary>
    public static void ObjectsAreNamed()
    {
        NoCompatiblePartitionFoundException error = new NoCompatiblePartitionFoundException(
            "HR", "cn=a", new[] { "top" }, "person");
        Check.Equal("HR", error.MAName);
        Check.Equal("person", error.ObjectType);
        Check.Sequence(error.ObjectClasses, "top");
        Check.Equal(true, error.Message.Contains("HR") && error.Message.Contains("cn=a"));
        Check.Equal("HR", new InvalidDNException("HR", "cn=a").MAName);
        Check.Equal("cn=a of HR", new InvalidDNException("HR", "cn=a", "{1} of {0}").Message);
        Check.Equal("HR", new MissingParentObjectException("HR", "cn=a").MAName);
        Check.Equal("HR", new NoSuchObjectException("HR", "cn=a").MAName);
        Check.Equal("HR", new ObjectAlreadyExistsException("HR", "cn=a").MAName);
    }
}
