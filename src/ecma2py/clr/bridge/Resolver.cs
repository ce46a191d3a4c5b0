using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Ecma2py.Bridge
{
    /// <summary>Answers the runtime when it does not find an assembly by itself.</summary>
    /// <remarks>
    /// The contract is the one that was loaded first, whatever version and token are asked for. Others
    /// are taken from what is loaded already, and then from the folders of the connectors.
    /// </remarks>
    public static class Resolver
    {
        private static readonly List<string> Folders = new List<string>();
        private static string lastFolder;
        private static Assembly contract;

        /// <summary>The contract that every connector gets; it must be loaded before any of them.</summary>
        public static Assembly Contract
        {
            get { return contract; }
        }

        /// <summary>Loads the contract and answers from now on.</summary>
        public static void Start(string contractPath)
        {
            if (contract != null)
            {
                throw new InvalidOperationException(
                    "The contract assembly " + contract.Location + " is loaded already.");
            }

            contract = Assembly.LoadFrom(contractPath);
            AppDomain.CurrentDomain.AssemblyResolve += Resolve;
            Scanning.End();
        }

        /// <summary>From now on the folder is looked in.</summary>
        public static void LookIn(string folder)
        {
            lock (Folders)
            {
                if (!Folders.Contains(folder))
                {
                    Folders.Add(folder);
                }
            }
        }

        /// <summary>From now on the folder is looked in for what no other has.</summary>
        public static void LookLastIn(string folder)
        {
            lock (Folders)
            {
                lastFolder = folder;
            }
        }

        private static Assembly Resolve(object sender, ResolveEventArgs asked)
        {
            AssemblyName wanted = new AssemblyName(asked.Name);
            if (wanted.Name == contract.GetName().Name)
            {
                return contract;
            }

            return Loaded(wanted) ?? InFolders(wanted);
        }

        private static Assembly Loaded(AssemblyName wanted)
        {
            return AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(
                assembly => Fits(assembly.GetName(), wanted));
        }

        private static Assembly InFolders(AssemblyName wanted)
        {
            string[] folders;
            lock (Folders)
            {
                folders = Folders.Concat(new[] { lastFolder }).Where(each => each != null).ToArray();
            }

            foreach (string folder in folders)
            {
                foreach (string ending in new[] { ".dll", ".exe" })
                {
                    string path = Path.Combine(folder, wanted.Name + ending);
                    if (File.Exists(path) && Fits(AssemblyName.GetAssemblyName(path), wanted))
                    {
                        return Assembly.LoadFrom(path);
                    }
                }
            }

            return null;
        }

        // Any version will do, as in MIM with its binding redirects; another key is another assembly.
        private static bool Fits(AssemblyName found, AssemblyName wanted)
        {
            byte[] token = wanted.GetPublicKeyToken();
            return string.Equals(found.Name, wanted.Name, StringComparison.OrdinalIgnoreCase)
                && (token == null || token.Length == 0
                    || token.SequenceEqual(found.GetPublicKeyToken() ?? new byte[0]));
        }
    }
}
