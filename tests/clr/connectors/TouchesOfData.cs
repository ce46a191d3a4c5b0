using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

/// <summary>Touches of databases, texts and files.</summary>
public partial class Touches
{
    private static string SqlClient()
    {
        using (System.Data.SqlClient.SqlConnection connection =
            new System.Data.SqlClient.SqlConnection("Server=127.0.0.1,9;Connect Timeout=1"))
        {
            try
            {
                connection.Open();
            }
            catch (System.Data.SqlClient.SqlException)
            {
                return "asked";
            }
        }

        return "opened";
    }

    private static string Odbc()
    {
        using (System.Data.Odbc.OdbcConnection connection =
            new System.Data.Odbc.OdbcConnection("Driver={none}"))
        {
            try
            {
                connection.Open();
            }
            catch (System.Data.Odbc.OdbcException)
            {
                return "asked";
            }
        }

        return "opened";
    }

    private static string OleDb()
    {
        using (System.Data.OleDb.OleDbConnection connection =
            new System.Data.OleDb.OleDbConnection("Provider=SQLOLEDB;Data Source=none"))
        {
            connection.Open();
        }

        return "opened";
    }

    private static string DataTables()
    {
        System.Data.DataTable table = new System.Data.DataTable("t");
        table.Columns.Add("id", typeof(int));
        table.Rows.Add(1);
        return table.Select("id = 1").Length.ToString();
    }

    private static string BinaryFormatter()
    {
        System.Runtime.Serialization.Formatters.Binary.BinaryFormatter formatter =
            new System.Runtime.Serialization.Formatters.Binary.BinaryFormatter();
        using (MemoryStream stream = new MemoryStream())
        {
            formatter.Serialize(stream, new List<string> { "a" });
            stream.Position = 0;
            return ((List<string>)formatter.Deserialize(stream))[0];
        }
    }

    private static string CodePage()
    {
        return Encoding.GetEncoding(1252).GetString(new byte[] { 0x80 }) == "\u20ac"
            ? "a euro"
            : "no euro";
    }

    private static string DefaultEncoding()
    {
        return Noticed(Encoding.Default.WebName, "windows-1252");
    }

    private static string Cultures()
    {
        return DateTime.Parse("31.12.2024", new CultureInfo("de-DE")).ToString("yyyy-MM-dd");
    }

    private static string TimeZones()
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("W. Europe Standard Time");
        return TimeZoneInfo.ConvertTimeFromUtc(
            new DateTime(2024, 7, 1, 10, 0, 0, DateTimeKind.Utc), zone).ToString("HH");
    }

    private static string XmlSerializers()
    {
        System.Xml.Serialization.XmlSerializer serializer =
            new System.Xml.Serialization.XmlSerializer(typeof(Kept));
        StringWriter writer = new StringWriter();
        serializer.Serialize(writer, new Kept { Name = "a" });
        return ((Kept)serializer.Deserialize(new StringReader(writer.ToString()))).Name;
    }

    private static string DataContracts()
    {
        System.Runtime.Serialization.Json.DataContractJsonSerializer serializer =
            new System.Runtime.Serialization.Json.DataContractJsonSerializer(typeof(Kept));
        using (MemoryStream stream = new MemoryStream())
        {
            serializer.WriteObject(stream, new Kept { Name = "a" });
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    private static string Transformations()
    {
        System.Xml.Xsl.XslCompiledTransform sheet = new System.Xml.Xsl.XslCompiledTransform();
        sheet.Load(System.Xml.XmlReader.Create(new StringReader(
            "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
            + "<xsl:template match='/'>done</xsl:template></xsl:stylesheet>")));
        StringWriter writer = new StringWriter();
        sheet.Transform(
            System.Xml.XmlReader.Create(new StringReader("<a/>")), null, writer);
        return writer.ToString();
    }

    private static string Json()
    {
        return new System.Web.Script.Serialization.JavaScriptSerializer().Serialize(new[] { 1 });
    }

    private static string Drawing()
    {
        using (System.Drawing.Bitmap image = new System.Drawing.Bitmap(4, 4))
        using (MemoryStream stream = new MemoryStream())
        {
            image.Save(stream, System.Drawing.Imaging.ImageFormat.Jpeg);
            return stream.Length > 0 ? "drawn" : "empty";
        }
    }

    private static string Cryptography()
    {
        using (RijndaelManaged cipher = new RijndaelManaged())
        using (MD5CryptoServiceProvider digest = new MD5CryptoServiceProvider())
        using (RSACryptoServiceProvider rsa = new RSACryptoServiceProvider(2048))
        {
            byte[] sealed_ = rsa.Encrypt(digest.ComputeHash(cipher.Key), false);
            return rsa.Decrypt(sealed_, false).Length.ToString();
        }
    }

    private static string SecureStrings()
    {
        SecureString kept = new SecureString();
        kept.AppendChar('p');
        IntPtr pointer = Marshal.SecureStringToBSTR(kept);
        string plain = Marshal.PtrToStringBSTR(pointer);
        Marshal.ZeroFreeBSTR(pointer);
        pointer = Marshal.SecureStringToGlobalAllocUnicode(kept);
        plain += Marshal.PtrToStringUni(pointer);
        Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        return Noticed(plain + new NetworkCredential("u", kept).Password, "ppp");
    }

    [Serializable]
    [System.Runtime.Serialization.DataContract]
    public class Kept
    {
        [System.Runtime.Serialization.DataMember]
        public string Name { get; set; }
    }
}
