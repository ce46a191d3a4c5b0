"""File-based connectors, and the formats they and the host agree on."""

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.capabilities import MAExportType
from ecma2py.entries import (
    AttributeChange,
    AttributeModificationType,
    CSEntryChange,
    ObjectModificationType,
)
from ecma2py.errors import ModelError, UnexpectedDataError
from ecma2py.runs import ConnectorSource, ExportSession, FileFormat, ListSink, run_import
from ecma2py.runs.files import read_entries, write_changes
from ecma2py.schema import (
    AttributeType,
    ChangeTypeDescription,
    Schema,
    SchemaAttribute,
    SchemaType,
)
from ecma2py.steps import OperationType, WriteImportFileResults
from tests.runs.zoo import NO_DN, SCHEMA, person

LDIF, CSV = FileFormat.LDIF, FileFormat.DELIMITED
KIND = ObjectModificationType


def read(tmp_path: Path, text: str | bytes, form: FileFormat, schema: Schema = SCHEMA) -> list[Any]:
    path = tmp_path / "file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_entries(path, schema, form))


LDIF_TEXT = """\
version: 1
# a comment
 folded
dn: id=1,DC=x
objectClass: top
objectClass: person
name:: {jose}
age: 5
active: TRUE
photo:: AAE=
mail: a
mail: b@exam
 ple.org

objectClass: person
id: 2
name;lang-x: odd


dn: id=3\\2C4,DC=x
changetype: modify
add: mail
mail: c
-
delete: mail
mail: d
-
replace: age
age: 6
-
delete: name
-

dn: id=4,DC=x
changetype: delete

dn: id=5,DC=x
changetype: moddn
newrdn: id=6
deleteoldrdn: 1
newsuperior: DC=y
"""


def test_ldif_says_what_it_says(tmp_path):
    """Content, folding, Base64, changes, deletes and renames become entries."""
    schema = Schema([SCHEMA.types["person"]])
    text = LDIF_TEXT.format(jose=base64.b64encode("José".encode()).decode())
    whole, pairs, change, gone, moved = read(tmp_path, text, LDIF, schema)
    assert whole.attributes == {
        "name": "José",
        "age": 5,
        "active": True,
        "photo": b"\0\1",
        "mail": ["a", "b@example.org"],
    }
    assert (whole.dn, whole.anchor, whole.object_type) == ("id=1,DC=x", {"id": "1"}, "person")
    assert (pairs.dn, pairs.anchor) == (None, {"id": "2"})
    assert change.anchor == {"id": "3,4"}
    assert (change.changes["mail"].values, change.changes["mail"].removed) == (("c",), ("d",))
    assert change.changes["age"].values == (6,)
    assert change.changes["name"].modification_type is AttributeModificationType.DELETE
    assert gone.object_modification_type is KIND.DELETE
    assert moved.new_dn == "id=6,DC=y"


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ("dn: id=1\nobjectClass: person\nage: five", "ImportErrorInvalidNumericValue"),
        ("dn: id=1\nobjectClass: person\nactive: maybe", "ImportErrorInvalidBooleanValue"),
        ("dn: id=1\nobjectClass: person\nphoto: &&", "ImportErrorInvalidBase64Value"),
        ("dn: id=1\nobjectClass: person\nphoto: é", "ImportErrorInvalidBase64Value"),
        ("dn: id=1\nobjectClass: person\nphoto:: &&", "ImportErrorInvalidBase64Value"),
        ("dn: id=1\nobjectClass: person\nphoto:: é", "ImportErrorInvalidBase64Value"),
        ("dn: id=1\nobjectClass: person\nname:: /w==", "ImportErrorInvalidAttributeValue"),
        ("dn: id=1\nname: x", "ImportErrorMissingObjectType"),
        ("dn: id=1\nchangetype: explode", "ImportErrorInvalidChangeType"),
        ("dn: id=1\nchangetype: modify\nmangle: name\n-", "ImportErrorParseError"),
        ("dn: id=1\nchangetype: modrdn", "ImportErrorParseError"),
        ("dn: id=1\nno colon here", "ImportErrorParseError"),
        ("dn: id=1\nphoto:< file:///etc/passwd", "ImportErrorParseError"),
    ],
)
def test_a_record_of_ldif_that_makes_no_sense_fails_alone(tmp_path, record, name):
    """The error names kind, line and DN; the next record is read."""
    good = "\n\ndn: id=2\nobjectClass: person\n"
    failed, fine = read(tmp_path, record + good, LDIF)
    assert failed.error_name == name
    assert failed.error_detail.startswith("line 1: ")
    assert failed.dn == "id=1"
    assert fine.anchor == {"id": "2"}


def test_odd_ldif_is_read_with_patience(tmp_path):
    """Byte order mark, version alone, several values of a single attribute, merged blocks."""
    schema = Schema([SCHEMA.types["person"]])
    text = (
        "\ufeffversion: 1\n\n folded nowhere\ndn: id=1+sn=\\4a\\,\\x\nname: a\nname: b\nname: c\n"
    )
    (entry,) = read(tmp_path, text, LDIF, schema)
    assert entry.attributes["name"] == ["a", "b", "c"]
    text = (
        "dn: id=1\nchangetype: modify\nreplace: mail\nmail: a\n-\nadd: mail\nmail: b\n-\n"
        "delete: mail\nmail: a\n-\nreplace: name\n-\n"
    )
    (entry,) = read(tmp_path, text, LDIF, schema)
    assert entry.changes["mail"].modification_type is AttributeModificationType.REPLACE
    assert entry.changes["mail"].values == ("b",)
    assert entry.changes["name"].modification_type is AttributeModificationType.DELETE
    text = "dn: id=1,O=a\nchangetype: modrdn\nnewrdn: id=2\n"
    assert read(tmp_path, text, LDIF, schema)[0].new_dn == "id=2,O=a"
    assert read(tmp_path, "dn: id=1\nchangetype: moddn\nnewrdn: id=2\n", LDIF)[0].new_dn == "id=2"


@pytest.mark.parametrize("form", list(FileFormat))
def test_a_file_that_is_none_ends_the_run(tmp_path, form):
    """Missing, or not UTF-8: the run's error, not an entry's."""
    with pytest.raises(UnexpectedDataError, match="cannot be read"):
        list(read_entries(tmp_path / "none", SCHEMA, form))
    with pytest.raises(UnexpectedDataError):
        read(tmp_path, b"\xff\xfe\x00", form)


def test_delimited_text_says_what_it_says(tmp_path):
    """Types, several values, change types and cells of other types."""
    text = (
        "changeType,objectType,DN,id,code,name,age,active,photo,mail\n"
        'Add,person,CN=a,1,,"Ann, B",5,true,AAE=,a;b\\;c;\\\\\n'
        "Modify,person,,2,,Bo,,0,,\n"
        "Delete,person,,3,,,,,,\n"
        ",unit,,,9,HR,,,,\n"
    )
    add, replace, gone, unit = read(tmp_path, text, CSV)
    assert add.attributes == {
        "name": "Ann, B",
        "age": 5,
        "active": True,
        "photo": b"\0\1",
        "mail": ["a", "b;c", "\\"],
    }
    assert (add.dn, add.anchor) == ("CN=a", {"id": "1"})
    assert replace.object_modification_type is KIND.REPLACE
    assert replace.attributes == {"name": "Bo", "active": False}
    assert gone.object_modification_type is KIND.DELETE
    assert (unit.anchor, unit.object_modification_type) == ({"code": 9}, KIND.ADD)


def test_the_schema_names_the_columns(tmp_path):
    """Object type and change type columns, and their words, are the schema's."""
    schema = Schema(
        SCHEMA.types.values(),
        object_type_attribute_name="class",
        change_type=ChangeTypeDescription("op", add="+", modify="~", delete="-"),
    )
    one, two = read(tmp_path, "op,class,id,zzz\n-,person,1,\n~,person,2,x\n", CSV, schema)
    assert one.object_modification_type is KIND.DELETE
    assert two.attributes == {"zzz": "x"}


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("1,2", "ImportErrorParseError"),
        ("Add,person,1,2,3,4", "ImportErrorParseError"),
        ("Add,,1,2", "ImportErrorMissingObjectType"),
        ("Burn,person,1,2", "ImportErrorInvalidChangeType"),
        ("Add,person,1,x", "ImportErrorInvalidNumericValue"),
    ],
)
def test_a_row_that_makes_no_sense_fails_alone(tmp_path, row, name):
    """A bad row is an error of its own."""
    text = f"changeType,objectType,id,age\n{row}\nAdd,person,2,5\n"
    failed, fine = read(tmp_path, text, CSV)
    assert failed.error_name == name
    assert failed.error_detail.startswith("line 2: ")
    assert fine.anchor == {"id": "2"}


def test_an_empty_delimited_file_has_no_header(tmp_path):
    """Nothing at all is no file of objects."""
    with pytest.raises(UnexpectedDataError, match="no header"):
        read(tmp_path, "", CSV)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
ROUND = Schema(
    [
        SchemaType(
            "thing",
            [
                SchemaAttribute.anchor("id"),
                SchemaAttribute.single("name"),
                SchemaAttribute.single("n", AttributeType.INTEGER),
                SchemaAttribute.single("yes", AttributeType.BOOLEAN),
                SchemaAttribute.single("raw", AttributeType.BINARY),
                SchemaAttribute.multi("many"),
                SchemaAttribute.multi("raws", AttributeType.BINARY),
            ],
        )
    ]
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"id": TEXT},
            optional={
                "name": TEXT,
                "n": st.integers(-(2**63), 2**63 - 1),
                "yes": st.booleans(),
                "raw": st.binary(min_size=1),
                "many": st.lists(TEXT, min_size=1, max_size=3),
                "raws": st.lists(st.binary(min_size=1), min_size=1, max_size=3),
            },
        ),
        max_size=4,
    ),
    st.sampled_from(list(FileFormat)),
)
def test_what_is_written_is_read_back(tmp_path_factory, objects, form):
    """Whatever text and bytes an object holds, both formats carry them whole."""
    path = tmp_path_factory.mktemp("files") / "f"
    entries = [
        CSEntryChange.add(
            "thing", {"id": o["id"]}, dn="CN=x", attributes={k: o[k] for k in o if k != "id"}
        )
        for o in objects
    ]
    write_changes(path, entries, ROUND, form)
    if not entries and form is LDIF:
        return
    found = list(read_entries(path, ROUND, form))
    assert [e.error_detail for e in found] == [""] * len(entries)
    assert [(e.anchor, e.attributes, e.dn) for e in found] == [
        (e.anchor, e.attributes, e.dn) for e in entries
    ]


def test_changes_are_written_as_ldif_records(tmp_path):
    """Updates, renames and deletes read back as what they were."""
    schema = Schema([SCHEMA.types["person"]])
    given_changes = [
        CSEntryChange.update(
            "person",
            {"id": "a,b"},
            changes=[
                AttributeChange.update("mail", ["x"], ["y"]),
                AttributeChange.replace("age", 6),
                AttributeChange.replace("name", "Zoë " * 30),
                AttributeChange.delete("manager"),
            ],
        ),
        CSEntryChange.update("person", {}, dn="id=1,O=x", changes=[AttributeChange.new_dn("id=2")]),
        CSEntryChange.update(
            "person", {}, dn="id=1,O=x", changes=[AttributeChange.new_dn("id=2,O=y")]
        ),
        CSEntryChange.delete("person", {"id": "9"}),
    ]
    path = tmp_path / "f"
    write_changes(path, given_changes, schema, LDIF)
    update, bare, moved, gone = read_entries(path, schema, LDIF)
    assert update.anchor == {"id": "a,b"}
    assert {n: (c.values, c.removed) for n, c in update.changes.items()} == {
        "mail": (("x",), ("y",)),
        "age": ((6,), ()),
        "name": (("Zoë " * 30,), ()),
        "manager": ((), ()),
    }
    assert moved.new_dn == "id=2,O=y"
    assert bare.new_dn == "id=2,O=x"
    assert gone.object_modification_type is KIND.DELETE
    with pytest.raises(ModelError, match="without DN and anchor"):
        write_changes(path, [CSEntryChange.add("person")], schema, LDIF)
    both = CSEntryChange.update(
        "person",
        {"id": "1"},
        changes=[AttributeChange.new_dn("id=2"), AttributeChange.replace("age", 1)],
    )
    write_changes(path, [both], schema, LDIF)
    assert "replace: DN\nDN: id=2\n-" in path.read_text()


def test_delimited_files_hold_whole_objects_only(tmp_path):
    """An Update cannot be a row; whole objects and deletes can."""
    path = tmp_path / "f"
    with pytest.raises(ModelError, match="OBJECT_REPLACE"):
        write_changes(path, [CSEntryChange.update("person", {"id": "1"})], SCHEMA, CSV)
    whole = [
        CSEntryChange.replace("person", {"id": "1"}, attributes={"active": False}),
        CSEntryChange.delete("person", {"id": "2"}),
    ]
    write_changes(path, whole, SCHEMA, CSV)
    found = list(read_entries(path, SCHEMA, CSV))
    assert [e.object_modification_type for e in found] == [KIND.REPLACE, KIND.DELETE]
    assert found[0].attributes == {"active": False}


class Filed:
    """A file-based connector: it writes one file and delivers others."""

    written = "dn: id=1\nobjectClass: person\nname: Ann\n\ndn: id=2\nobjectClass: person\nage: x\n"
    delivered: list[str] = []
    fails = False
    capabilities = NO_DN

    def get_schema(self, config_parameters):
        return SCHEMA

    def write_import_file(self, config_parameters, types, step):
        step.file_path.write_text(self.written)
        self.step = step
        return WriteImportFileResults(f"{step.custom_data}+1")

    def read_export_file(self, config_parameters, types, step):
        if self.fails:
            raise OSError("share is gone")
        self.delivered.append(step.file_path.read_text())


def test_a_file_based_import_reads_what_the_connector_wrote():
    """The file's records become objects, its bad ones errors, its custom data the watermark."""
    source, sink = ConnectorSource(Filed), ListSink()
    result = run_import(source, sink, watermark="w")
    assert result.result == "completed-discovery-errors"
    assert len(sink) == 1
    assert result.errors[0].name == "ImportErrorInvalidNumericValue"

    class Good(Filed):
        written = "dn: id=1\nobjectClass: person\n"

    result = run_import(ConnectorSource(Good), ListSink(), watermark="w")
    assert (result.result, result.watermark) == ("success", "w+1")

    class Change(Filed):
        written = "dn: id=7\nchangetype: modify\nadd: mail\nmail: a\n-\n"

        def get_schema(self, config_parameters):
            return Schema([SCHEMA.types["person"]])

    delta = run_import(
        ConnectorSource(Change), ListSink(full=False), operation=OperationType.DELTA, watermark="w"
    )
    assert [f.name for f in delta.errors] == ["need-full-object"]

    class Silent(Filed):
        def write_import_file(self, config_parameters, types, step):
            return None

    assert run_import(ConnectorSource(Silent), ListSink()).result == "stopped-unexpected-data"


def test_a_file_based_export_delivers_one_file_a_batch():
    """A delivered file is success for all; a failing delivery fails all."""

    class Delivering(Filed):
        delivered: list[str] = []

    session = ExportSession(ConnectorSource(Delivering))
    assert session.submit(person(1, name="Ann")).result(5).is_success
    assert "name: Ann" in Delivering.delivered[0]
    Delivering.fails = True
    outcome = session.submit(person(2)).result(5)
    assert outcome.error_detail == "share is gone"
    session.close()

    class Whole(Filed):
        delivered: list[str] = []
        capabilities = type(NO_DN)(export_type=MAExportType.OBJECT_REPLACE)

    session = ExportSession(ConnectorSource(Whole), file_format=FileFormat.DELIMITED)
    change = CSEntryChange.update(
        "person", {"id": "1"}, changes=[AttributeChange.replace("name", "Bo")]
    )
    assert session.submit(change, current={"age": 5}).result(5).is_success
    session.close()
    assert "Modify,person,,1,Bo,5" in Whole.delivered[0]
