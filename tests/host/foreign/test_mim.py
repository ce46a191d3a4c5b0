"""What MIM's "Export Management Agent" writes is taken over, setting by setting."""

import re
from typing import Any

import pytest

from ecma2py.host.foreign.tree import ForeignFileError
from tests.host.foreign.carried import imported, tables
from tests.host.foreign.samples import MIM_SQL

SQL = MIM_SQL.read_text(encoding="utf-8")
DLL = SQL.replace("Microsoft.IAM.Connector.GenericSql.dll", "Contoso.Connector.dll")
LDAP = SQL.replace(
    "Microsoft.IAM.Connector.GenericSql.dll", "Microsoft.IAM.Connector.GenericLdap.dll"
)


def changed(text: str, old: str, new: str) -> str:
    """The sample with something else in it."""
    assert old in text
    return text.replace(old, new)


def table_of(text: str) -> dict[str, Any]:
    """The table of the agent."""
    (table,) = tables(text)["connectors"].values()
    assert isinstance(table, dict)
    return table


def only_people(text: str) -> str:
    """The sample with one selected partition."""
    kept = text.index("<selected>1</selected>") + 10
    return text[:kept] + text[kept:].replace("<selected>1<", "<selected>0<")


def test_generic_sql_serves_all_selected_types_in_one_run() -> None:
    """What MIM's runs say for one partition is a field of that object type here."""
    table = table_of(SQL)

    assert (table["type"], table["types"]) == ("sql", ["Person", "Team"])
    assert "partition" not in table
    assert table["attributes"] == {"Person": ["id", "login", "phone"], "Team": ["code", "title"]}
    assert table["anchors"] == {"Person": ["id"], "Team": ["code"]}
    assert table["run_steps"] == {
        "full_import": {
            "Operation Method for Person": "Sql Query",
            "SQL Query for Person": 'SELECT id, login, created FROM people WHERE "left" IS NULL',
            "Operation Method for Team": "Table",
            "Add": "Add",
        }
    }
    assert table["import"] == {"page_size": 500, "timeout_seconds": 240}
    assert table["export"] == {"batch_size": 50}
    assert table["parameters"]["Password"] == "${HR_database_SQL_PASSWORD}".upper()
    assert table["parameters"]["Person:id"] is True


def test_what_has_no_place_is_told() -> None:
    """A second value for all types, rules, and a name that no URL can have."""
    found = imported(SQL)
    left = {each.about: each.text for each in found.left_out}

    assert found.connectors == ("HR_database_SQL",)
    assert "'Full Import Full Sync' has another value" in left["run_steps.full_import.Add"]
    assert "synchronisation rules belong to the identity service" in left[""]
    assert any("'HR database (SQL)'" in each.text for each in found.hints)


def test_one_selected_partition_is_the_one_to_work_in() -> None:
    """Its types are served, and its runs have the plain names of the fields."""
    table = table_of(only_people(SQL))

    assert (table["partition"], table["types"]) == ("OBJECT=Person", ["Person"])
    assert table["person"] == "Person"
    assert "SQL Query" in table["run_steps"]["full_import"]


def test_a_dll_works_in_one_partition() -> None:
    """The first; the others are told, and its parameters stay what they are."""
    table = table_of(DLL)

    assert (table["type"], table["partition"]) == ("Contoso.Connector.dll", "OBJECT=Person")
    assert table["fields"]["Person:id"] == "schema 3 check_box"
    assert table["fields"]["SQL Query"] == "run_step text"
    told = {each.about for each in imported(DLL).left_out}
    assert "partition OBJECT=Team" in told


def test_parameters_of_a_partition_are_its_own() -> None:
    """They become the table of that partition, secrets among them."""
    values = (
        "<parameter-values>"
        '<parameter name="Zone" use="partition" type="string">UTC</parameter>'
        '<parameter name="Key" use="partition" type="encrypted-string" encrypted="1" />'
        "</parameter-values>"
    )
    text = changed(DLL, "</ecma-partition-data>", f"</ecma-partition-data>{values}")
    table = table_of(only_people(text))

    assert table["partitions"] == {
        "OBJECT=Person": {"Zone": "UTC", "Key": "${HR_DATABASE_SQL_OBJECT_PERSON_KEY}"}
    }
    for one in (SQL, text.replace("Contoso.Connector", "Microsoft.IAM.Connector.GenericSql")):
        assert "partitions" not in table_of(one)


def test_containers_become_the_bases_of_a_directory() -> None:
    """Selected containers, and whole partitions where no container is selected."""
    inside = "<inclusions><inclusion>ou=staff,dc=x</inclusion></inclusions>"
    text = changed(LDAP, "<inclusions></inclusions>", inside)
    text = changed(text, "<exclusions></exclusions>", "<exclusions><e>ou=old,dc=x</e></exclusions>")
    table = table_of(text)

    assert table["parameters"]["Base DNs"] == "ou=staff,dc=x\nOBJECT=Team"
    assert "partition" not in table
    told = {each.about: each.text for each in imported(text).left_out}
    assert "left out there, and are read here: ou=old,dc=x" in told["containers"]
    text = text.replace("GenericLdap", "GenericSql")
    told = {each.about: each.text for each in imported(text).left_out}
    assert "all are read here: ou=staff,dc=x" in told["containers"]


def test_without_selected_classes_every_structural_one_counts() -> None:
    """An agent whose partition says nothing of classes imports all."""
    text = re.sub(r"<object-classes>.*?</object-classes>", "", SQL, flags=re.DOTALL)
    text = changed(text, 'class id="Room" type="structural"', 'class id="Room" type="auxiliary"')
    assert table_of(text)["types"] == ["Person", "Team"]


def test_the_schema_says_the_anchor_where_the_agent_does_not() -> None:
    """A connector that locks its anchor is asked for none."""
    text = re.sub(r"<per-class-settings>.*?</per-class-settings>", "", SQL, flags=re.DOTALL)
    assert table_of(text)["anchors"] == {"Person": ["id"], "Team": ["code"]}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<category>Extensible2", "<category>AD", "<ma-data>: its category is 'AD': only Ext"),
        ("<name>HR database (SQL)</name>", "", "<ma-data>: its <name> is empty"),
        ("<MAConfig>", "<MaConfig>", "mismatched tag"),
        ('use="global"', 'use="globe"', "<parameter>: its use 'globe' is none of Connectivity"),
        ('type="checkbox"', 'type="box"', "<parameter>: its type 'box' is none of String"),
        ('name="User Name"', 'name=""', "<parameter>: it has no name"),
        ("#login", "#logon", "<attribute>: it refers to the attribute type 'logon'"),
        ("<batch-size>500<", "<batch-size>x<", "<batch-size>: 'x' is no whole number"),
        ("step-type type", "step-kind type", "mismatched tag"),
        ("<filename data-owner", "<file data-owner", "mismatched tag"),
        (">Microsoft.IAM.Connector.GenericSql.dll<", "><", "<filename>: '' is no name of a DLL"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_element(old: str, new: str, says: str) -> None:
    """The message leads to the place in the file, and says what may stand there."""
    with pytest.raises(ForeignFileError, match=r"^a\.xml, line [0-9]+, <[\w-]+>: ") as caught:
        imported(changed(SQL, old, new))
    assert says in str(caught.value)


def test_an_agent_without_a_schema_has_no_types() -> None:
    """Its parameters are taken over all the same."""
    text = re.sub(r"<schema>.*?</schema>", "", SQL, count=1, flags=re.DOTALL)
    table = table_of(text)
    assert "types" not in table
    assert table["parameters"]["User Name"] == "provisioning"


def test_types_that_no_name_tells_people_of_are_left_to_the_administrator() -> None:
    """Nobody is served at /Users by chance unnoticed."""
    text = SQL.replace("Person", "Worker")
    assert "person" not in table_of(text)
    hints = {each.about: each.text for each in imported(text).hints}
    assert "Worker, Team" in hints["person"]


def test_the_default_partition_is_no_partition() -> None:
    """A connector without partitions has it, and may ask for parameters of it."""
    text = only_people(DLL).replace("OBJECT=Person", "default")
    table = table_of(text)
    assert "partition" not in table
    assert table["types"] == ["Person"]


def left_of(text: str) -> str:
    """All that is told not to have been taken over."""
    return "\n".join(map(str, imported(text).left_out))


CLEANUP = '<provisioning-cleanup type="declared"><action>{}</action></provisioning-cleanup>'


def with_part(part: str) -> str:
    """The agent with another part."""
    return changed(only_people(DLL), "<attribute-inclusion>", f"{part}<attribute-inclusion>")


@pytest.mark.parametrize(
    ("action", "table"),
    [
        ("delete-object", None),
        ("make-normal-disconnector", {"delete": "none"}),
        ("make-explicit-disconnector", {"delete": "none"}),
    ],
)
def test_deprovisioning_is_what_mim_does(action: str, table: dict[str, str] | None) -> None:
    """An object that MIM deletes is deleted, one that it lets be stays; the latter is told."""
    text = with_part(CLEANUP.format(action))

    assert table_of(text).get("deprovisioning") == table
    hints = {each.about for each in imported(text).hints}
    assert ("deprovisioning.delete" in hints) is (table is not None)
    assert "provisioning-cleanup" not in left_of(text)


@pytest.mark.parametrize(
    "part", ['<provisioning-cleanup type="scripted" />', CLEANUP.format("something-new")]
)
def test_what_a_program_of_mim_decides_is_told(part: str) -> None:
    """Nobody finds out by a deleted account that a rule is not there any more."""
    assert "<provisioning-cleanup>: a rule of MIM's decides" in left_of(with_part(part))


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("<join><join-profile /></join>", "<join>: synchronisation rules"),
        ("<extension>Rules.dll</extension>", "<extension>: synchronisation rules"),
        ("<novel>1</novel>", "<novel>, line 63: ecma2py does not know it"),
        ("<attribute-inclusion><attribute>gone</attribute></attribute-inclusion>", "'gone'"),
    ],
)
def test_no_part_of_an_agent_is_lost_unnoticed(part: str, says: str) -> None:
    """Rules, parts that are new, and what is selected and not there are told by name."""
    assert says in left_of(with_part(part))
    assert left_of(with_part("<join /><projection /><novel />")) == left_of(only_people(DLL))


def test_a_selected_class_that_the_schema_lacks_is_told() -> None:
    """It cannot be served, since nothing is known of it."""
    ghost = "<object-class>Person</object-class><object-class>Ghost</object-class>"
    assert "'Ghost'" in left_of(changed(DLL, "<object-class>Person</object-class>", ghost))


def test_a_second_agent_in_one_file_is_refused() -> None:
    """MIM writes one agent a file; taking the first alone would lose the other."""
    agent = re.search("<ma-data>.*</ma-data>", DLL, re.DOTALL)
    assert agent is not None
    with pytest.raises(ForeignFileError, match="<ma-data>: it is a second agent"):
        imported(DLL.replace(agent[0], agent[0] * 2))


def test_a_parameter_that_is_there_twice_is_told() -> None:
    """With one value it is one parameter; with two, the second is not lost unnoticed."""
    one = '<parameter name="User Name" use="connectivity" type="string">provisioning</parameter>'
    assert left_of(changed(DLL, one, one * 2)) == left_of(DLL)
    two = changed(DLL, one, one + one.replace(">provisioning<", ">other<"))
    assert 'parameters."User Name": the file has it more than once' in left_of(two)
    assert table_of(two)["parameters"]["User Name"] == "provisioning"


def test_a_dll_runs_as_it_did_in_its_partition() -> None:
    """Steps in other partitions give it neither parameters nor page sizes, and are told."""
    step = DLL.rindex("<batch-size>500")
    text = DLL[:step] + DLL[step:].replace("<batch-size>500", "<batch-size>7", 1)
    other = '<parameter name="Elsewhere" use="run-step" type="string">x</parameter>'
    head, _, tail = text.rpartition('<parameter name="Add"')
    table = table_of(f'{head}{other}<parameter name="Add"{tail}')

    assert table["run_steps"]["full_import"]["Operation Method"] == "Sql Query"
    assert "Elsewhere" not in table["run_steps"]["full_import"]
    assert table["import"]["page_size"] == 500
    told = left_of(DLL)
    assert "run profile 'Full Import Full Sync': its step full_import is in OBJECT=Team" in told
    assert "has another value" not in told


def test_a_dll_is_said_to_be_copied() -> None:
    """Whoever takes an agent over learns what else is needed of the old machine."""
    hints = {each.about: each.text for each in imported(DLL).hints}
    assert hints["type"].startswith("Contoso.Connector.dll is a .NET connector: copy it")
