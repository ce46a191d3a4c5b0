"""Imports: everything that is there, nothing twice, and never a part taken for the whole."""

from typing import Any

import pytest

from ecma2py import (
    CloseImportConnectionRunStep,
    CSEntryChange,
    GetImportEntriesRunStep,
    OpenImportConnectionRunStep,
    Partition,
    Schema,
    SecureString,
)
from ecma2py.entries import ObjectModificationType
from ecma2py.errors import (
    EntryPointNotImplementedError,
    FailedSearchError,
    InvalidParameterError,
    MAImportError,
    StopRun,
    UnexpectedDataError,
    WarningNoWatermarkError,
)
from ecma2py_ldap import LdapConnector, imports
from ecma2py_ldap.connection import Directory as Connection
from ecma2py_ldap.connection import Found
from ecma2py_ldap.server import RootEntry, read_root
from tests.connectors.ldap.directories import Directory, content
from tests.connectors.ldap.secure_server import SECOND, SIZE_LIMIT, SUFFIX, SecureServer

THINGS = '[thing]\nclass="inetOrgPerson"\nauxiliary="exThing"'


def people(directory: Directory, count: int, container: str = "people") -> None:
    """Add this many people."""
    directory.add(
        "\n".join(
            f"dn: {directory.dn(f'p{number}', container)}\n"
            f"objectClass: inetOrgPerson\ncn: p{number}\nsn: s\n"
            for number in range(count)
        )
    )


def names(entries: list[CSEntryChange]) -> list[str]:
    """The first component of each DN, sorted."""
    return sorted(str(each.rdn) for each in entries)


@pytest.mark.parametrize("size", [1, 7, 30, 500])
def test_pages_do_not_change_what_is_found(directory: Directory, size: int) -> None:
    """Whatever is asked for at once, by the connector or by the host, everything comes once."""
    people(directory, 30)
    host = directory.host(Page_size=str(size))
    expected = sorted(f"cn=p{number}" for number in range(30))
    assert names(host.full(page_size=11)) == expected
    assert names(host.full(page_size=size)) == expected


def test_a_page_is_dated_by_the_search_it_comes_from(directory: Directory) -> None:
    """An entry left over from the search before is as old as that search, and no older."""
    people(directory, 16)
    parameters = directory.host(Page_size="6").parameters
    connector: Any = LdapConnector()
    schema = connector.get_schema(parameters)
    types = Schema([schema.types["person"]])
    connector.open_import_connection(parameters, types, OpenImportConnectionRunStep(page_size=4))
    dates, more = [], True
    while more:
        page = connector.get_import_entries(GetImportEntriesRunStep())
        dates += [page.read_in_call] if page.cs_entries else []
        more = page.more_to_import
    connector.close_import_connection(CloseImportConnectionRunStep())

    assert dates == [1, 1, 2, 4]


def test_a_whole_that_is_cut_short_is_an_error(secured: Directory) -> None:
    """A size limit of the server never looks like all there is, with pages or without."""
    people(secured, SIZE_LIMIT + 1)
    anonymous = secured.host(Bind_DN="", Bind_password=SecureString(""), Security="none")
    for size in ("5", "500"):
        anonymous = secured.host(Bind_DN="", Bind_password=SecureString(""), Page_size=size)
        with pytest.raises(FailedSearchError, match=r"'person' below .* cut the answer short"):
            anonymous.full()
    assert len(secured.host().full()) == SIZE_LIMIT + 1


def test_a_base_that_is_gone_stops_the_run(directory: Directory) -> None:
    """An empty answer for a base that does not exist would delete every object."""
    with pytest.raises(UnexpectedDataError, match="no such object"):
        directory.host(Base_DNs=f"ou=none,{directory.base}").full()


def test_only_what_is_selected_is_read(directory: Directory) -> None:
    """Types and attributes beyond the selection are no work for anybody; the anchor comes always."""
    people(directory, 1)
    host = directory.host(Anchor="dn")
    person = host.schema().types["person"]
    (entry,) = host.full(Schema([person.select(["sn"])]))
    assert entry.attributes == {"sn": ["s"]}
    (entry,) = host.full(Schema([person.select([])]))
    assert entry.attributes == {}
    assert entry.anchor == {"dn": directory.dn("p0")}
    assert entry.object_modification_type is ObjectModificationType.ADD
    assert host.full(Schema([host.schema().types["group"]])) == []


def test_types_do_not_overlap(directory: Directory) -> None:
    """An entry is an object of its most special type, and a filter narrows a type."""
    people(directory, 2)
    directory.add(f"dn: {directory.dn('plain')}\nobjectClass: person\ncn: plain\nsn: s\n")
    host = directory.host(
        Object_types="""
            [person]
            class = "person"
            [employee]
            class = "inetOrgPerson"
            filter = "(cn=p1)"
        """
    )
    assert [(each.object_type, each.rdn) for each in host.full()] == [
        ("person", "cn=plain"), ("employee", "cn=p1"),
    ]  # fmt: skip


def test_overlapping_bases_give_an_object_once(directory: Directory) -> None:
    """A base below another adds nothing; several bases are read one after another."""
    people(directory, 1)
    people(directory, 2, "groups")
    base = directory.base
    host = directory.host(Base_DNs=f"ou=groups,{base}\n{base}\nou=People, {base.upper()}")
    assert len(host.full()) == 3
    assert len(directory.host(Base_DNs=f"ou=groups,{base}\nou=people,{base}").full()) == 3
    assert len(directory.host(Base_DNs=f"ou=people,{base}").full()) == 1


def test_chosen_containers_narrow_a_run(directory: Directory) -> None:
    """Partitions and containers in and out; the nearest container decides."""
    people(directory, 1)
    people(directory, 2, "groups")
    base, suffix = directory.base, Partition("dc=example,dc=com")
    host = directory.host()
    assert len(host.full(partition=suffix)) == 3
    assert len(host.full(partition=Partition.default())) == 3
    assert len(host.full(included=[f"ou=people,{base}"])) == 1
    assert len(host.full(partition=suffix, excluded=[f"ou=groups,{base}"])) == 1
    found = host.full(excluded=[base], included=[f"OU=people,{base}", f"cn=p0,ou=groups,{base}"])
    assert names(found) == ["cn=p0", "cn=p0"]
    found = host.full(included=[base], excluded=[f"ou=people,{base}", f"cn=p0,ou=groups,{base}"])
    assert names(found) == ["cn=p1"]
    with pytest.raises(InvalidParameterError, match="nothing to search"):
        host.full(included=["dc=elsewhere"])


def test_an_object_with_a_value_that_does_not_fit_fails_alone(secured: Directory) -> None:
    """The error names object and attribute; all others come."""
    people(secured, 2)
    secured.modify(
        f"dn: {secured.dn('p0')}\nchangetype: modify\nadd: objectClass\nobjectClass: exThing\n-\n"
        f"add: exNumbers\nexNumbers: 1\nexNumbers: 9223372036854775808\n-\n"
        f"add: exOctets\nexOctets:: /w==\n"
    )
    bad, good = secured.host(Object_types=THINGS).full()
    assert bad.error_code_import is MAImportError.IMPORT_ERROR_INVALID_NUMERIC_VALUE
    assert "'exNumbers' of 'cn=p0," in bad.error_detail
    assert bad.anchor
    assert good.rdn == "cn=p1"
    as_text = f'{THINGS}\ntypes = {{ exNumbers = "string", exOctets = "string" }}'
    bad, _ = secured.host(Object_types=as_text).full()
    assert bad.error_code_import is MAImportError.IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE
    types = '\ntypes = { exNumbers = "string" }'
    entry, _ = secured.host(Object_types=THINGS + types).full()
    assert content(entry)["exNumbers"] == {"1", "9223372036854775808"}
    assert content(entry)["exOctets"] == {b"\xff"}


def test_references_have_the_form_of_dns(directory: Directory) -> None:
    """However a server or another program escapes, a reference equals the DN of its object."""
    dn = f"cn=Doe\\2C John + sn=x,ou=people,{directory.base}"
    directory.add(f"dn: {dn}\nobjectClass: inetOrgPerson\ncn: Doe, John\nsn: x\n")
    directory.add(
        f"dn: {directory.dn('g', 'groups')}\nobjectClass: groupOfNames\ncn: g\nmember: {dn}\n"
    )
    person, group = directory.host().full()
    assert person.dn == f"cn=Doe\\, John+sn=x,ou=people,{directory.base}"
    assert group.attributes["member"] == [person.dn]


def test_attributes_beyond_the_classes_can_be_asked_for(directory: Directory) -> None:
    """Operational ones are read-only; options make another attribute; aliases are understood."""
    dn = directory.dn("ann")
    directory.add(
        f"dn: {dn}\nobjectClass: inetOrgPerson\ncn: ann\nsn: x\nsn;lang-fr: y\nl;lang-en: z\n"
    )
    directory.add(
        f"dn: {directory.dn('g', 'groups')}\nobjectClass: groupOfNames\ncn: g\nmember: {dn}\n"
    )
    types = (
        '[person]\nclass="inetOrgPerson"\n'
        'attributes=["surname", "sn;lang-fr", "memberOf", "hasSubordinates"]'
    )
    (entry,) = directory.host(Object_types=types).full()
    assert content(entry) == {
        "sn": {"x"},
        "sn;lang-fr": {"y"},
        "memberOf": {directory.dn("g", "groups")},
        "hasSubordinates": False,
    }


def test_a_delta_finds_what_changed(directory: Directory) -> None:
    """New and changed objects as they are now; what did not change stays out."""
    host = directory.host(Delta_import="modifyTimestamp", Delta_overlap="0")
    people(directory, 2)
    assert len(host.full()) == 2
    assert host.custom_data is not None
    assert host.custom_data.startswith("modifyTimestamp:2")
    host.custom_data = "modifyTimestamp:20200101000000Z"
    found = host.delta()
    assert names(found) == ["cn=p0", "cn=p1"]
    assert {each.object_modification_type for each in found} == {ObjectModificationType.REPLACE}
    assert found[0].attributes["sn"] == ["s"]
    assert host.custom_data > "modifyTimestamp:2024"
    host.custom_data = "modifyTimestamp:29990101000000Z"
    assert host.delta() == []
    wide = directory.host(Delta_import="modifyTimestamp", Delta_overlap="31000000")
    wide.custom_data = "modifyTimestamp:20270101000000Z"
    assert len(wide.delta()) in {0, 2}


def test_an_overlap_reads_the_last_moments_again(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while an import runs is found by the next delta."""
    host = directory.host(Delta_import="modifyTimestamp")
    full_import = imports.full_import

    def with_a_late_write(*arguments: Any) -> Any:
        yield from full_import(*arguments)
        people(directory, 1)

    monkeypatch.setattr("ecma2py_ldap.connector.full_import", with_a_late_write)
    assert host.full() == []
    assert names(host.delta()) == ["cn=p0"]
    assert names(host.delta()) == ["cn=p0"]


@pytest.mark.parametrize(
    "mark", ["nonsense", "modifyTimestamp:x", "modifyTimestamp:20201301000000Z"]
)
def test_a_watermark_of_another_make_starts_no_delta(directory: Directory, mark: str) -> None:
    """The error says to run a full import."""
    host = directory.host(Delta_import="modifyTimestamp")
    host.custom_data = mark
    with pytest.raises(WarningNoWatermarkError, match="full import first"):
        host.delta()


def test_no_delta_without_being_asked_for(directory: Directory) -> None:
    """The capability says so, a full import leaves no watermark, and a delta is refused."""
    host = directory.host()
    assert not LdapConnector().get_capabilities_ex(host.parameters).delta_import
    assert host.full() == []
    assert host.custom_data is None
    host.custom_data = "modifyTimestamp:20200101000000Z"
    with pytest.raises(EntryPointNotImplementedError, match="'Delta import' is none"):
        host.delta()


def test_partitions_are_the_naming_contexts(secured: Directory) -> None:
    """Those that hold a base; all of them without one."""
    assert [each.dn for each in secured.host().partitions()] == [SUFFIX]
    assert [each.dn for each in secured.host(Base_DNs="").partitions()] == [SUFFIX, SECOND]


def test_the_hierarchy_is_made_of_containers(directory: Directory) -> None:
    """The direct children that hold objects, by name."""
    people(directory, 1)
    base = directory.base
    directory.add(f"dn: ou=a\\,b+l=x,{base}\nobjectClass: organizationalUnit\nou: a,b\nl: x\n")
    assert [(each.dn, each.display_name) for each in directory.host().children(base)] == [
        (f"ou=groups,{base}", "groups"),
        (f"ou=people,{base}", "people"),
        (f"l=x+ou=a\\,b,{base}", "x + a,b"),
    ]
    assert directory.host().children(f"ou=people,{base}") == []
    with pytest.raises(UnexpectedDataError, match="no such object"):
        directory.host().children(f"ou=none,{base}")


class Ranged:
    """A server that gives the values of ``member`` two at a time, as Active Directory does."""

    def __init__(self, values: list[bytes]) -> None:
        self.values = values

    def part(self, first: int) -> Found:
        """The entry with the values from *first* on."""
        last = "*" if first + 2 >= len(self.values) else str(first + 1)
        return Found(
            "cn=g,dc=x",
            {"member": (), f"member;range={first}-{last}": self.values[first : first + 2]},
        )

    def read(self, dn: str, attributes: list[str]) -> Found | None:
        """The part of the values asked for."""
        (asked,) = attributes
        return self.part(int(asked.removeprefix("member;range=").removesuffix("-*")))


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_values_in_ranges_are_read_to_the_last(directory: Directory, count: int) -> None:
    """A server that gives so many values at once, and more when asked, loses none."""
    host = directory.host(Anchor="dn")
    connector = LdapConnector()
    connector.parameters = host.parameters
    with connector._connected() as session:
        mapped = session.types["group"]
    values = [f"cn=m{number},dc=x" for number in range(count)]
    server: Any = Ranged([each.encode() for each in values])
    reader = imports.EntryReader(server, mapped, mapped.schema_type(), is_delta=False)
    assert reader.entry(server.part(0)).attributes == {"member": values}
    if count > 2:
        server.read = lambda *_: None
        with pytest.raises(UnexpectedDataError, match="and then no more"):
            reader.entry(server.part(0))


def test_what_a_server_hides_is_told(
    secured: Directory, secure: SecureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without root entry, schema or rights the error says what to allow."""
    with pytest.raises(InvalidParameterError, match="does not exist, or the account"):
        _checked(secured, Base_DNs=f"ou=hidden,{SUFFIX}", **ANONYMOUS)
    read = Connection.read
    hidden = {"objectClasses": "shows no schema", "namingContexts": "no root entry"}
    for word, problem in hidden.items():
        monkeypatch.setattr(
            Connection,
            "read",
            lambda self, dn, attributes, *more, word=word: (
                None if word in attributes else read(self, dn, attributes, *more)
            ),
        )
        with pytest.raises(UnexpectedDataError, match=problem):
            secured.host().schema()
    root = RootEntry(("dc=x",), None, frozenset(), "")
    monkeypatch.setattr("ecma2py_ldap.session.read_root", lambda _: root)
    with pytest.raises(UnexpectedDataError, match="shows no schema"):
        secured.host().schema()


ANONYMOUS: dict[str, Any] = {"Bind_DN": "", "Bind_password": SecureString("")}


def _checked(directory: Directory, **parameters: Any) -> None:
    host = directory.host(**parameters)
    connector = LdapConnector()
    connector.parameters = host.parameters
    with connector._connected() as session:
        session.check_bases()


def test_the_clock_is_the_servers_where_it_tells() -> None:
    """Active Directory shows its time; others do not, and the host's is taken."""

    class Telling:
        times: tuple[bytes, ...] = (b"20300102030405.0Z",)

        def read(self, dn: str, attributes: Any) -> Found:
            return Found("", {"currenttime": self.times, "namingContexts": (b"", b"DC=X , DC=Y")})

    server: Any = Telling()
    assert read_root(server).time == "20300102030405Z"
    assert read_root(server).contexts == ("DC=X,DC=Y",)
    server.times = ()
    assert read_root(server).time.startswith("20")


def test_nothing_is_done_before_opening() -> None:
    """A connector that was not opened says so."""
    with pytest.raises(StopRun, match="open it"):
        LdapConnector().set_password(CSEntryChange.delete("person", {}), SecureString("x"), 0)  # type: ignore[arg-type]
