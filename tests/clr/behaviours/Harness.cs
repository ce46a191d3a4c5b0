using System;
using System.Collections;
using System.Linq;
using System.Reflection;

/// <summary>Runs every public static method of every class called ...Laws, and says how each ended.</summary>
public static class Harness
{
    public static int Main()
    {
        foreach (Type type in typeof(Harness).Assembly.GetTypes().Where(t => t.Name.EndsWith("Laws")))
        {
            BindingFlags own = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (MethodInfo law in type.GetMethods(own))
            {
                Console.WriteLine(type.Name + "." + law.Name + "\t" + Outcome(law));
            }
        }

        return 0;
    }

    private static string Outcome(MethodInfo law)
    {
        try
        {
            law.Invoke(null, null);
            return "holds";
        }
        catch (TargetInvocationException error)
        {
            return error.InnerException.ToString().Replace("\r", "").Replace("\n", " | ");
        }
    }
}

/// <summary>What a law is checked with.</summary>
public static class Check
{
    public static void Equal(object expected, object actual)
    {
        if (!object.Equals(expected, actual))
        {
            throw new Exception("expected " + Shown(expected) + ", got " + Shown(actual));
        }
    }

    public static void Sequence(IEnumerable actual, params object[] expected)
    {
        object[] got = actual.Cast<object>().ToArray();
        Equal(string.Join("; ", expected.Select(Shown)), string.Join("; ", got.Select(Shown)));
    }

    public static void Raises<T>(Action action) where T : Exception
    {
        Raises<T>(null, action);
    }

    /// <summary>The exception is of exactly that type, with that message if one is given.</summary>
    public static void Raises<T>(string message, Action action) where T : Exception
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            Equal(typeof(T), error.GetType());
            if (message != null)
            {
                Equal(message, error.Message);
            }

            return;
        }

        throw new Exception("nothing was raised, expected " + typeof(T).Name);
    }

    private static string Shown(object value)
    {
        return value == null ? "null" : value is string ? "\"" + value + "\"" : value.ToString();
    }
}
