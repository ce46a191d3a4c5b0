using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.MetadirectoryServices;
using Microsoft.MetadirectoryServices.DetachedObjectModel;

public static class ModificationLaws
{
    private static readonly Dictionary<ObjectModificationType, AttributeModificationType[]> Allowed =
        new Dictionary<ObjectModificationType, AttributeModificationType[]>
        {
            { ObjectModificationType.Add, new[] { AttributeModificationType.Add } },
            { ObjectModificationType.Replace, new[] { AttributeModificationType.Add } },
            {
                ObjectModificationType.Update,
                new[]
                {
                    AttributeModificationType.Add,
                    AttributeModificationType.Replace,
                    AttributeModificationType.Update,
                    AttributeModificationType.Delete,
                }
            },
            { ObjectModificationType.Delete, new AttributeModificationType[0] },
        };

    private static CSEntryChange Change(ObjectModificationType type)
    {
        return new CSEntryChangeDetached(Guid.NewGuid(), type, MAImportError.Success, null);
    }

    private static AttributeChange Attribute(string name, AttributeModificationType type)
    {
        return new AttributeChangeDetached(name, type, new List<ValueChange>());
    }

    /// <summary>An attribute change is taken where it fits the object change, and refused elsewhere.</summary>
    public static void AttributeChangesFitTheirObject()
    {
        foreach (ObjectModificationType type in Allowed.Keys)
        {
            foreach (AttributeModificationType way in Enum.GetValues(typeof(AttributeModificationType)))
            {
                CSEntryChange change = Change(type);
                Action add = () => change.AttributeChanges.Add(Attribute("mail", way));
                if (Allowed[type].Contains(way))
                {
                    add();
                    Check.Equal(1, change.AttributeChanges.Count);
                }
                else
                {
                    Check.Raises<ArgumentException>(
                        "AttributeModificationType " + way + " is invalid when the"
                        + " ObjectModificationType is set to " + type + ".",
                        add);
                    Check.Equal(0, change.AttributeChanges.Count);
                }
            }
        }
    }

    /// <summary>What is inserted or assigned is checked like what is added.</summary>
    public static void EveryWayInIsChecked()
    {
        CSEntryChange change = Change(ObjectModificationType.Add);
        AttributeChange wrong = Attribute("mail", AttributeModificationType.Delete);
        Check.Raises<ArgumentException>(() => change.AttributeChanges.Insert(0, wrong));

        change.AttributeChanges.Add(Attribute("mail", AttributeModificationType.Add));
        Check.Raises<ArgumentException>(() => change.AttributeChanges[0] = wrong);
        change.AttributeChanges[0] = Attribute("phone", AttributeModificationType.Add);
        Check.Equal(true, change.AttributeChanges.Contains("phone"));
    }

    /// <summary>A new DN goes with every object change.</summary>
    public static void ANewNameGoesWithEverything()
    {
        foreach (ObjectModificationType type in Allowed.Keys)
        {
            CSEntryChange change = Change(type);
            change.AttributeChanges.Add(AttributeChange.CreateNewDN("cn=b"));
            Check.Equal(true, change.AttributeChanges.Contains("DN"));
        }
    }

    /// <summary>Only the name DN makes an unconfigured change a rename, and only an unconfigured one is.</summary>
    public static void OtherUnconfiguredChangesAreRefused()
    {
        CSEntryChange change = Change(ObjectModificationType.Add);
        Check.Raises<ArgumentException>(() => change.AttributeChanges.Add(
            Attribute("dn", AttributeModificationType.Unconfigured)));
        Check.Raises<ArgumentException>(() => change.AttributeChanges.Add(
            Attribute("DN", AttributeModificationType.Delete)));
    }

    /// <summary>An object change that is not set takes no attributes, a new DN included.</summary>
    public static void AttributesComeAfterTheObject()
    {
        foreach (ObjectModificationType type in new[]
        {
            ObjectModificationType.Unconfigured, ObjectModificationType.None,
        })
        {
            CSEntryChange change = Change(type);
            string message = "ObjectModificationType " + type + " is not valid.";
            Check.Raises<InvalidOperationException>(message, () =>
                change.AttributeChanges.Add(AttributeChange.CreateAttributeAdd("mail", "a")));
            Check.Raises<InvalidOperationException>(message, () =>
                change.AttributeChanges.Add(AttributeChange.CreateNewDN("cn=b")));
        }
    }

    /// <summary>The object change can be set to four values, and to no other.</summary>
    public static void TheObjectChangeIsOneOfFour()
    {
        foreach (ObjectModificationType type in Allowed.Keys)
        {
            CSEntryChange change = CSEntryChange.Create();
            change.ObjectModificationType = type;
            Check.Equal(type, change.ObjectModificationType);
        }

        foreach (int number in new[] { 0, 1, 6, 99 })
        {
            CSEntryChange change = CSEntryChange.Create();
            ObjectModificationType type = (ObjectModificationType)number;
            Check.Raises<InvalidOperationException>(
                "ObjectModificationType " + type + " is not valid.",
                () => change.ObjectModificationType = type);
        }
    }

    /// <summary>The object change is set once, even to the same value.</summary>
    public static void TheObjectChangeIsSetOnce()
    {
        CSEntryChange change = CSEntryChange.Create();
        change.ObjectModificationType = ObjectModificationType.Add;
        Check.Raises<InvalidOperationException>(
            "ObjectModificationType has already been set.",
            () => change.ObjectModificationType = ObjectModificationType.Add);
    }
}
