using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Ecma2py.Bridge
{
    /// <summary>The classes of a connector's assembly that implement the contract's interfaces.</summary>
    public sealed class ConnectorTypes
    {
        private const string Prefix = "IMAExtensible2";

        private readonly Dictionary<string, Type> types = new Dictionary<string, Type>();
        private readonly List<string> problems = new List<string>();
        private readonly Assembly assembly;

        private ConnectorTypes(Assembly assembly, IEnumerable<string> candidates)
        {
            this.assembly = assembly;
            Type[] interfaces = Resolver.Contract.GetExportedTypes()
                .Where(type => type.IsInterface && type.Name.StartsWith(Prefix, StringComparison.Ordinal))
                .ToArray();
            foreach (string name in candidates)
            {
                Take(() => assembly.GetType(name, true), interfaces);
            }

            if (types.Count == 0)
            {
                foreach (Type type in Loadable())
                {
                    Type each = type;
                    Take(() => each, interfaces);
                }
            }
        }

        /// <summary>The names of the interfaces that some class implements.</summary>
        public string[] Interfaces
        {
            get { return types.Keys.ToArray(); }
        }

        /// <summary>What kept types from being loaded, each once.</summary>
        public string[] Problems
        {
            get { return problems.Distinct().ToArray(); }
        }

        /// <summary>Loads a connector's assembly and looks at the candidates, or else at all types.</summary>
        public static ConnectorTypes Load(string path, string[] candidates)
        {
            string whole = Path.GetFullPath(path);
            Resolver.LookIn(Path.GetDirectoryName(whole));
            return new ConnectorTypes(Assembly.LoadFrom(whole), candidates);
        }

        /// <summary>The full name of the class that implements an interface.</summary>
        public string ClassOf(string interfaceName)
        {
            return types[interfaceName].FullName;
        }

        /// <summary>A new object of the class that implements an interface.</summary>
        /// <remarks>What its constructor raises is raised here, as it was.</remarks>
        public object New(string interfaceName)
        {
            try
            {
                return Activator.CreateInstance(types[interfaceName]);
            }
            catch (TargetInvocationException error)
            {
                ExceptionDispatchInfo.Capture(error.InnerException).Throw();
                throw;
            }
        }

        // Types that miss something must not keep the others from being found.
        private IEnumerable<Type> Loadable()
        {
            try
            {
                return assembly.GetTypes();
            }
            catch (ReflectionTypeLoadException error)
            {
                problems.AddRange(
                    error.LoaderExceptions.Where(each => each != null).Select(each => each.Message));
                return error.Types.Where(type => type != null);
            }
        }

        private void Take(Func<Type> find, Type[] interfaces)
        {
            try
            {
                Type type = find();
                if (!type.IsVisible || !type.IsClass || type.IsAbstract
                    || type.ContainsGenericParameters
                    || type.GetConstructor(Type.EmptyTypes) == null)
                {
                    return;
                }

                foreach (Type each in interfaces.Where(each => each.IsAssignableFrom(type)))
                {
                    if (!types.ContainsKey(each.Name))
                    {
                        types.Add(each.Name, type);
                    }
                }
            }
            catch (TypeLoadException error)
            {
                problems.Add(error.Message);
            }
            catch (IOException error)
            {
                problems.Add(error.Message);
            }
            catch (BadImageFormatException error)
            {
                problems.Add(error.Message);
            }
        }
    }
}
