using System;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Microsoft.MetadirectoryServices;

namespace Demo
{
    /// <summary>Keeps passwords as salted hashes that nobody can check without the pepper.</summary>
    internal sealed class Passwords : IDisposable
    {
        private const int Rounds = 100000;
        private const int Shortest = 8;

        private readonly Store store;
        private readonly byte[] pepper;

        public Passwords(Store store, SecureString pepper)
        {
            this.store = store;
            this.pepper = Bytes(pepper);
        }

        public void Set(string id, SecureString password)
        {
            if (!store.Load(Model.Person).ContainsKey(id))
            {
                throw new ObjectNotFoundException("There is no person " + id + ".");
            }

            if (password.Length < Shortest)
            {
                throw new PasswordPolicyViolationException("A password has at least 8 characters.");
            }

            byte[] salt = new byte[16];
            using (RandomNumberGenerator random = RandomNumberGenerator.Create())
            {
                random.GetBytes(salt);
            }

            store.SetPasswordHash(id, Hash(salt, Rounds, password));
        }

        public bool Matches(string id, SecureString password)
        {
            string kept = store.PasswordHash(id);
            if (kept == null)
            {
                return false;
            }

            string[] parts = kept.Split('$');
            int rounds = int.Parse(parts[0], CultureInfo.InvariantCulture);
            string hash = Hash(Convert.FromBase64String(parts[1]), rounds, password);
            // Every character is compared, so that the time tells nothing.
            return hash.Length == kept.Length
                && hash.Zip(kept, (one, other) => one ^ other).Aggregate(0, (all, each) => all | each) == 0;
        }

        public void Dispose()
        {
            Array.Clear(pepper, 0, pepper.Length);
        }

        private string Hash(byte[] salt, int rounds, SecureString password)
        {
            byte[] plain = Bytes(password);
            try
            {
                using (HMACSHA256 peppered = new HMACSHA256(pepper))
                using (Rfc2898DeriveBytes derived =
                    new Rfc2898DeriveBytes(peppered.ComputeHash(plain), salt, rounds))
                {
                    return string.Join(
                        "$",
                        rounds.ToString(CultureInfo.InvariantCulture),
                        Convert.ToBase64String(salt),
                        Convert.ToBase64String(derived.GetBytes(32)));
                }
            }
            finally
            {
                Array.Clear(plain, 0, plain.Length);
            }
        }

        /// <summary>The text of a SecureString in UTF-8; it is never a string, which could not be wiped.</summary>
        private static byte[] Bytes(SecureString secret)
        {
            IntPtr memory = Marshal.SecureStringToGlobalAllocUnicode(secret);
            char[] text = new char[secret.Length];
            try
            {
                Marshal.Copy(memory, text, 0, text.Length);
                return Encoding.UTF8.GetBytes(text);
            }
            finally
            {
                Array.Clear(text, 0, text.Length);
                Marshal.ZeroFreeGlobalAllocUnicode(memory);
            }
        }
    }
}
