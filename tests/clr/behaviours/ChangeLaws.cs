using System;
using System.Collections.Generic;
using Microsoft.MetadirectoryServices;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

public static class ChangeLaws
{
    /// <summary>A new change has an identifier of its own, and nothing else is set.</summary>
    public static void ANewChangeIsEmpty()
    {
        CSEntryChange change = CSEntryChange.Create();
        Check.Equal(false, change.Identifier == Guid.Empty);
        Check.Equal(false, change.Identifier == CSEntryChange.Create().Identifier);
        Check.Equal(ObjectModificationType.Unconfigured, change.ObjectModificationType);
        Check.Equal(MAImportError.Success, change.ErrorCodeImport);
        Check.Equal(null, change.DN);
        Check.Equal(null, change.ObjectType);
        Check.Equal(null, change.ErrorName);
        Check.Equal(null, change.ErrorDetail);
        Check.Equal(0, change.AttributeChanges.Count);
        Check.Equal(0, change.AnchorAttributes.Count);
        Check.Sequence(change.ChangedAttributeNames);
    }

    /// <summary>A detached change takes any modification type, and can still be set if it took none.</summary>
    public static void ADetachedChangeTakesAnyType()
    {
        foreach (ObjectModificationType type in Enum.GetValues(typeof(ObjectModificationType)))
        {
            Guid identifier = Guid.NewGuid();
            CSEntryChange change = new CSEntryChangeDetached(
                identifier, type, MAImportError.ImportErrorParseError, null);
            Check.Equal(identifier, change.Identifier);
            Check.Equal(type, change.ObjectModificationType);
            Check.Equal(MAImportError.ImportErrorParseError, change.ErrorCodeImport);
        }
    }

    /// <summary>The changed names are the given ones, or else those of the attribute changes.</summary>
    public static void ChangedNamesAreGivenOrCounted()
    {
        CSEntryChange given = new CSEntryChangeDetached(
            Guid.NewGuid(), ObjectModificationType.Add, MAImportError.Success, new[] { "a", "b" });
        given.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("c", 1L));
        Check.Sequence(given.ChangedAttributeNames, "a", "b");

        CSEntryChange counted = CSEntryChange.Create();
        counted.ObjectModificationType = ObjectModificationType.Add;
        counted.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("c", 1L));
        counted.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("d", 1L));
        Check.Sequence(counted.ChangedAttributeNames, "c", "d");
    }

    /// <summary>The RDN is what stands before the first comma without a backslash, as it is written.</summary>
    public static void TheRdnIsTheFirstComponent()
    {
        CSEntryChange change = CSEntryChange.Create();
        Check.Raises<NullReferenceException>(() => { string unused = change.RDN; });
        change.DN = string.Empty;
        Check.Equal(null, change.RDN);
        change.DN = "cn=a";
        Check.Equal("cn=a", change.RDN);
        change.DN = "cn=a\\, b ,ou=c";
        Check.Equal("cn=a\\, b ", change.RDN);
        change.DN = "cn=a\\\\,ou=c";
        Check.Equal("cn=a\\\\", change.RDN);
    }

    /// <summary>A name is split at commas; quotes, semicolons and spaces are text.</summary>
    public static void NamesAreSplitAtCommas()
    {
        Check.Sequence(DetachedUtils.SplitDN(string.Empty));
        Check.Sequence(DetachedUtils.SplitDN("cn=\"a,b\";c, ou=d"), "cn=\"a", "b\";c", " ou=d");
        Check.Sequence(DetachedUtils.SplitDN("a\\,b\\"), "a\\,b\\");
        Check.Raises<NullReferenceException>(() => DetachedUtils.SplitDN(null));
    }

    /// <summary>Collections know the case of names, refuse duplicates, and say what is missing.</summary>
    public static void CollectionsAreOrdinal()
    {
        CSEntryChange change = CSEntryChange.Create();
        change.ObjectModificationType = ObjectModificationType.Add;
        change.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("Mail", "a"));
        change.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("mail", "a"));
        Check.Raises<ArgumentException>(() =>
            change.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("mail", "b")));
        Check.Raises<KeyNotFoundException>(() => { object unused = change.AttributeChanges["MAIL"]; });

        change.AnchorAttributes.Add(AnchorAttribute.Create("Id", 1L));
        change.AnchorAttributes.Add(AnchorAttribute.Create("id", 1L));
        Check.Raises<ArgumentException>(() =>
            change.AnchorAttributes.Add(AnchorAttribute.Create("id", 2L)));
        Check.Raises<KeyNotFoundException>(() => { object unused = change.AnchorAttributes["ID"]; });
    }

    /// <summary>A result keeps what it is given, and a short one has no error text.</summary>
    public static void ResultsKeepWhatTheyAreGiven()
    {
        Guid identifier = Guid.NewGuid();
        List<AttributeChange> anchors = new List<AttributeChange>
        {
            AttributeChange.CreateAttributeAdd("id", 1L),
            AttributeChange.CreateAttributeReplace("entry-dn", "cn=b"),
        };
        CSEntryChangeResult whole = CSEntryChangeResult.Create(
            identifier, anchors, MAExportError.ExportErrorCustomContinueRun, "name", "detail");
        Check.Equal(identifier, whole.Identifier);
        Check.Equal(2, whole.AnchorAttributes.Count);
        Check.Equal(1L, whole.AnchorAttributes["id"].ValueChanges[0].Value);
        Check.Equal(MAExportError.ExportErrorCustomContinueRun, whole.ErrorCode);
        Check.Equal("name", whole.ErrorName);
        Check.Equal("detail", whole.ErrorDetail);

        CSEntryChangeResult small = CSEntryChangeResult.Create(
            identifier, null, MAExportError.ExportErrorCustomStopRun);
        Check.Equal(0, small.AnchorAttributes.Count);
        Check.Equal(null, small.ErrorName);
        Check.Equal(null, small.ErrorDetail);
    }

    /// <summary>A batch of results is found by identifier, and has one result for each.</summary>
    public static void ABatchHasOneResultForEach()
    {
        CSEntryChangeResult one = CSEntryChangeResult.Create(
            Guid.NewGuid(), null, MAExportError.Success);
        PutExportEntriesResults results = new PutExportEntriesResults(new[] { one });
        Check.Equal(one, results.CSEntryChangeResults[one.Identifier]);
        Check.Equal(0, new PutExportEntriesResults().CSEntryChangeResults.Count);
        Check.Raises<ArgumentException>(() => new PutExportEntriesResults(new[] { one, one }));
        Check.Raises<NullReferenceException>(() => new PutExportEntriesResults(null));
    }
}
