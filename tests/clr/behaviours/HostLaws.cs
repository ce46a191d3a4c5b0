using System;
using System.Reflection;
using Microsoft.MetadirectoryServices;

public static class HostLaws
{
    private sealed class Folder : MAUtilsServices
    {
        public override string GetMAFolder()
        {
            return "folder of the services";
        }
    }

    /// <summary>Without a host there is no folder, and the message says what to do.</summary>
    public static void WithoutAHostThereIsNoFolder()
    {
        try
        {
            string unused = MAUtils.MAFolder;
            throw new Exception("a folder came from nowhere");
        }
        catch (NullReferenceException error)
        {
            Check.Equal(true, error.Message.Contains("ecma2py.MAFolder"));
        }
    }

    /// <summary>A host names the folders through the application domain.</summary>
    public static void AHostNamesTheFolders()
    {
        Check.Equal(null, Utils.ExtensionsDirectory);
        AppDomain.CurrentDomain.SetData("ecma2py.MAFolder", "folder");
        AppDomain.CurrentDomain.SetData("ecma2py.ExtensionsDirectory", "extensions");
        try
        {
            Check.Equal("folder", MAUtils.MAFolder);
            Check.Equal("extensions", Utils.ExtensionsDirectory);
        }
        finally
        {
            AppDomain.CurrentDomain.SetData("ecma2py.MAFolder", null);
            AppDomain.CurrentDomain.SetData("ecma2py.ExtensionsDirectory", null);
        }
    }

    /// <summary>A host written for the genuine assembly finds the field that it sets there.</summary>
    public static void TheGenuineDoorIsThere()
    {
        FieldInfo field = typeof(MAUtils).GetField(
            "s_services", BindingFlags.NonPublic | BindingFlags.Static);
        Check.Equal(typeof(MAUtilsServices), field.FieldType);
        Check.Equal(false, field.IsInitOnly);
        field.SetValue(null, new Folder());
        try
        {
            Check.Equal("folder of the services", MAUtils.MAFolder);
        }
        finally
        {
            field.SetValue(null, null);
        }

        FieldInfo engine = typeof(Utils).GetField(
            "scriptHostCallbackService", BindingFlags.NonPublic | BindingFlags.Static);
        Check.Equal(typeof(UtilsServices), engine.FieldType);
        Check.Equal(false, engine.IsInitOnly);
    }

    private static void NeedsEngine(Action action)
    {
        try
        {
            action();
        }
        catch (ApplicationException error)
        {
            Check.Equal(true, error.Message.StartsWith("Sync Engine is not initialized. "));
            return;
        }

        throw new Exception("nothing was raised");
    }

    /// <summary>What belongs to the synchronization engine says so when it is used.</summary>
    public static void WhatNeedsTheEngineSaysSo()
    {
        AttributeType type;
        bool many;
        NeedsEngine(() => { object unused = Utils.MAs; });
        NeedsEngine(() => { object unused = Utils.WorkingDirectory; });
        NeedsEngine(() => { object unused = Utils.InPreviewMode; });
        NeedsEngine(() => { object unused = Utils.TransactionProperties; });
        NeedsEngine(() => Utils.FindMVEntries("a", "b"));
        NeedsEngine(() => Utils.FindMVEntries("a", 1L, 2));
        NeedsEngine(() => Utils.ValueCollection("a"));
        NeedsEngine(() => Utils.ValueCollection(new byte[][] { }));
        NeedsEngine(() => Utils.GetAttributeType("a", out type, out many));
        NeedsEngine(() => ExchangeUtils.CreateDistributionlist(null, null, "a"));
        NeedsEngine(() => { object unused = new InvalidDNException("ma", "cn=a").DN; });
    }

    /// <summary>A SID is the same as text and as bytes, on every platform.</summary>
    public static void SidsAreConverted()
    {
        foreach (string text in new[]
        {
            "S-1-5-32-544", "S-1-5-21-4294967295-0-2147483648-1001", "S-1-0x123456789ABC-1", "S-1-5",
        })
        {
            Check.Equal(text, Utils.ConvertSidToString(Utils.ConvertStringToSid(text)));
        }

        Check.Equal(
            "01-02-00-00-00-00-00-05-20-00-00-00-20-02-00-00",
            BitConverter.ToString(Utils.ConvertStringToSid("S-1-5-32-544")));
        foreach (string text in new[] { "", "S-1", "S-2-5-1", "S-1-x-1", "S-1-5-4294967296", "S-1-5--1" })
        {
            Check.Raises<ArgumentException>(() => Utils.ConvertStringToSid(text));
        }

        foreach (byte[] bytes in new[] { new byte[0], new byte[8], new byte[] { 1, 1, 0, 0, 0, 0, 0, 5 } })
        {
            Check.Raises<ArgumentException>(() => Utils.ConvertSidToString(bytes));
        }

        Check.Raises<ArgumentNullException>(() => Utils.ConvertStringToSid(null));
        Check.Raises<ArgumentNullException>(() => Utils.ConvertSidToString(null));
    }

    /// <summary>A security descriptor is converted where the runtime can, and refused elsewhere.</summary>
    public static void SecurityDescriptorsAreConverted()
    {
        try
        {
            byte[] bytes = Utils.ConvertStringToSecurityDescriptor("O:BAG:SYD:(A;;GA;;;WD)");
            Check.Equal("O:BAG:SYD:(A;;GA;;;WD)", Utils.ConvertSecurityDescriptorToString(bytes));
            Check.Equal(1, (int)bytes[0]);
        }
        catch (PlatformNotSupportedException)
        {
            Check.Equal(true, Environment.Version.Major >= 5);
        }
    }
}
