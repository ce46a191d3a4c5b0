"""A configuration file is accepted as a whole, or refused with everything that is wrong with it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.connector.loading import connector_factory
from ecma2py.errors import ConfigurationError
from ecma2py.host.config import Address, Config, ConfigChange, HostConfig, diff, load, parse
from ecma2py.host.config_connectors import ConnectorConfig, MappedAttribute
from ecma2py.host.config_docs import Row, describe
from ecma2py.host.config_reader import ConfigFileError, Reader
from ecma2py.host.planning import selected
from ecma2py.host.secrets import References
from ecma2py.parameters import SecureString
from ecma2py.schema import Schema, SchemaAttribute, SchemaType

FILE = Path("/etc/ecma2py/ecma2py.toml")

COMPLETE = """
[host]
listen = "[::]:9000"
base_url = "https://scim.example/hr/"
state = "var"
names = ["hr.example", "10.0.0.7"]
plain_http = false
log_level = "debug"
log_format = "text"
[host.limits]
max_body = 2048
request_timeout_seconds = 5
[host.tls]
pfx = "host.pfx"
pfx_password = "${PFX}"
[connectors.HR]
type = "sql"
person = "employee"
group = "team"
types = ["employee", "team"]
attributes = { employee = ["id", "mail"] }
partition = "DC=hr"
[connectors.HR.parameters]
"Connection String" = "Driver=SQLite3;Pwd=${DB}"
Password = { env = "DB" }
Port = 1433
Encrypt = true
Trust = false
Query = "select $${x}"
[connectors.HR.import]
interval_minutes = 30
delta_minutes = 0.5
page_size = 500
removal_guard = 1
on_start = false
[connectors.HR.export]
batch_size = 50
[connectors.HR.scim]
patch_response = 200
matching = { employee = ["mail"] }
single_value = { employee = ["mail"] }
case_exact = ["id"]
[connectors.HR.scim.mapping.User]
name.familyName = "sn"
"emails[type eq \\"work\\"].value" = "mail"
active = "!disabled"
[connectors.HR.dn]
mode = "mapped"
[connectors.HR.deprovisioning]
disable = "set"
disable_attribute = "disabled"
disabled_value = true
enabled_value = false
delete = "none"
[connectors.own]
type = "my_module:MyConnector"
path = "connectors"
"""


def read(text: str, **environ: str) -> Config:
    """The configuration in a text."""
    return parse(text, FILE, environ)


def problems(text: str, **environ: str) -> dict[str, str]:
    """What is refused in a text, by key."""
    with pytest.raises(ConfigFileError) as caught:
        read(text, **environ)
    return {problem.key: problem.message for problem in caught.value.problems}


def host(text: str) -> HostConfig:
    """The [host] table made of some lines."""
    return read(f"[host]\n{text}").host


def connector(text: str) -> ConnectorConfig:
    """A connector table made of some lines."""
    return read(f'[connectors.A]\ntype = "sql"\n{text}').connectors["A"]


def test_an_empty_file_is_the_default_host() -> None:
    """Nothing given: HTTPS on the loopback address, port 8585, state beside the file."""
    config = read("")
    assert config.host.listen == Address("127.0.0.1", 8585)
    assert config.host.base_url == "https://localhost:8585"
    assert config.host.state == FILE.parent.absolute() / "state"
    assert config.host.tls.is_generated
    assert config.connectors == {}


def test_every_key_is_read() -> None:
    """A file that uses all tables ends up in the classes as written."""
    config = read(COMPLETE, PFX="pfx-pass", DB="db-pass")
    assert config.host.listen == Address("::", 9000)
    assert config.host.base_url == "https://scim.example/hr"
    assert config.host.limits.max_body == 2048
    assert config.host.limits.request_timeout_seconds == 5.0
    assert config.host.tls.pfx == FILE.parent.absolute() / "host.pfx"
    assert config.host.tls.pfx_password == SecureString("pfx-pass")
    hr = config.connectors["HR"]
    assert hr.parameters == {
        "Connection String": SecureString("Driver=SQLite3;Pwd=db-pass"),
        "Password": SecureString("db-pass"),
        "Port": "1433",
        "Encrypt": "1",
        "Trust": "0",
        "Query": "select ${x}",
    }
    assert (hr.imports.interval_minutes, hr.imports.page_size) == (30.0, 500)
    assert hr.exports.batch_size == 50
    assert hr.scim.matching == hr.scim.single_value == {"employee": ("mail",)}
    assert hr.scim.mapping["User"] == {
        "name.familyName": MappedAttribute("sn"),
        'emails[type eq "work"].value': MappedAttribute("mail"),
        "active": MappedAttribute("disabled", inverted=True),
    }
    assert str(hr.scim.mapping["User"]["active"]) == "!disabled"
    assert hr.deprovisioning.disabled_value is True
    assert config.connectors["own"].path == FILE.parent.absolute() / "connectors"


def test_all_problems_are_told_at_once() -> None:
    """Every wrong key of every table is named, with what is allowed there."""
    found = problems(
        """
        hots = 1
        [host]
        listn = "x"
        listen = "0.0.0.0:8585"
        plain_http = true
        [host.limits]
        max_body = 1
        [connectors.A]
        types = ["user"]
        [connectors.A.import]
        removal_guard = 2
        [connectors.B]
        type = "sql"
        person = "usr"
        types = ["user"]
        scim.patch_response = 201
        """
    )
    assert found["hots"].startswith("unknown key: did you mean 'host'?")
    assert "did you mean 'listen'?" in found["host.listn"]
    assert "loopback" in found["host.plain_http"]
    assert found["host.limits.max_body"] == (
        "1 is refused: expected a whole number from 1024 to 1073741824"
    )
    assert "missing" in found["connectors.A.type"]
    assert "from 0 to 1" in found["connectors.A.import.removal_guard"]
    assert "did you mean 'user'?" in found["connectors.B.person"]
    assert "204 or 200" in found["connectors.B.scim.patch_response"]
    assert len(found) == 8


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('listen = "8585"', "listen"),
        ('listen = "host:99999"', "listen"),
        ('listen = "ho st:1"', "listen"),
        ('listen = "127.0.0.1:\u0661\u0661"', "listen"),
        ("[host.limits]\nmax_json_depth = 251", "limits.max_json_depth"),
        ("listen = 8585", "listen"),
        ('base_url = "localhost:8585"', "base_url"),
        ('base_url = "https://user@host"', "base_url"),
        ('base_url = "https://host/?q=1"', "base_url"),
        ('base_url = "https://host:99999"', "base_url"),
        ("base_url = 1", "base_url"),
        ('names = ["bücher.example"]', "names"),
        ('names = ["a", "a"]', "names"),
        ('names = [""]', "names"),
        ('names = "a"', "names"),
        ("names = [1]", "names"),
        ("plain_http = 1", "plain_http"),
        ('plain_http = "true"', "plain_http"),
        ('log_level = "Info"', "log_level"),
        ("log_level = 1", "log_level"),
        ("shutdown_seconds = true", "shutdown_seconds"),
        ("shutdown_seconds = 1.5", "shutdown_seconds"),
        ("state = 1", "state"),
        ('state = ""', "state"),
        ("state = { a = 1 }", "state"),
        ("limits = 3", "limits"),
        ("limits.request_timeout_seconds = nan", "limits.request_timeout_seconds"),
        ("limits.request_timeout_seconds = true", "limits.request_timeout_seconds"),
        ('limits.request_timeout_seconds = "5"', "limits.request_timeout_seconds"),
        ('tls.certificate = "a.pem"', "tls.key"),
        ('tls.key = "a.pem"', "tls.certificate"),
        ('tls = { pfx = "a", certificate = "b", key = "c" }', "tls.pfx"),
        ('tls.pfx_password = "x"', "tls.pfx_password"),
        ('tls.key_password = "x"', "tls.key_password"),
        ("tls = { pfx = 'a', pfx_password = 1 }", "tls.pfx_password"),
        ("plain_http = true\ntls.pfx = 'a'", "plain_http"),
    ],
)
def test_a_wrong_host_key_is_named(line: str, key: str) -> None:
    """Each refusal names its key and nothing else."""
    assert list(problems(f"[host]\n{line}")) == [f"host.{key}"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('type = ""', "type"),
        ('type = "no/path"', "type"),
        ('type = "sql"\npath = "x"', "path"),
        ('type = "sql"\nperson = "a"\ngroup = "a"', "group"),
        ('type = "sql"\ntypes = ["a"]\nattributes = { b = ["x"] }', "attributes.b"),
        ('type = "sql"\ntypes = ["a"]\nscim.matching = { b = ["x"] }', "scim.matching.b"),
        ('type = "sql"\nscim.matching = { b = "x" }', "scim.matching.b"),
        ('type = "sql"\ntypes = ["a"]\nscim.single_value = { b = ["x"] }', "scim.single_value.b"),
        ('type = "sql"\nscim.single_value = { b = "x" }', "scim.single_value.b"),
        ('type = "sql"\nscim.matching = 1', "scim.matching"),
        ('type = "sql"\nscim.mapping.Users = { a = "b" }', "scim.mapping.Users"),
        ('type = "sql"\nscim.mapping.User = 1', "scim.mapping.User"),
        ('type = "sql"\nscim.mapping.User."a b" = ""', 'scim.mapping.User."a b"'),
        ('type = "sql"\nscim.mapping.User.a = "!"', 'scim.mapping.User."a"'),
        ('type = "sql"\nscim.mapping.User.a = 1', 'scim.mapping.User."a"'),
        ('type = "sql"\ndn.mode = "automatic"', "dn.mode"),
        ('type = "sql"\ndeprovisioning.disable = "set"', "deprovisioning.disable_attribute"),
        ('type = "sql"\ndeprovisioning.enabled_value = 1', "deprovisioning.enabled_value"),
        ('type = "sql"\ndeprovisioning.deleted_value = 1', "deprovisioning.deleted_value"),
        (
            """type = "sql"
            deprovisioning = { delete = "set", delete_attribute = "a", deleted_value = 1.5 }""",
            "deprovisioning.deleted_value",
        ),
        ('type = "sql"\nparameters = 1', "parameters"),
        ('type = "sql"\nparameters.a = 1.5', "parameters.a"),
        ('type = "sql"\nparameters.a = ["x"]', "parameters.a"),
        ('type = "sql"\nparameters.a = { url = "x" }', "parameters.a"),
        ('type = "sql"\nparameters."a b" = "${NO}"', 'parameters."a b"'),
    ],
)
def test_a_wrong_connector_key_is_named(text: str, key: str) -> None:
    """Each refusal names its key and nothing else."""
    assert list(problems(f"[connectors.A]\n{text}")) == [f"connectors.A.{key}"]


def test_connector_names_make_urls_and_files() -> None:
    """A name is ASCII letters, digits, - and _, and differs from others by more than case."""
    found = problems(
        """
        [connectors."H R"]
        type = "sql"
        [connectors.Crm]
        type = "sql"
        [connectors.CRM]
        type = "sql"
        """
    )
    assert set(found) == {'connectors."H R"', "connectors.CRM"}


def test_the_base_url_follows_address_names_and_scheme() -> None:
    """Left out, the base URL names what clients can reach."""
    assert host('listen = "0.0.0.0:443"').base_url == "https://localhost:443"
    assert host('listen = "[::]:443"\nnames = ["a.b"]').base_url == "https://a.b:443"
    assert host('listen = "hr.example:443"').base_url == "https://hr.example:443"
    assert host('listen = "[fd00::1]:443"').base_url == "https://[fd00::1]:443"
    assert host("plain_http = true").base_url == "http://localhost:8585"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "localhost", "[::1]"])
def test_plain_http_is_for_loopback(address: str) -> None:
    """Plain HTTP is allowed where no network is crossed."""
    assert host(f'listen = "{address}:80"\nplain_http = true').plain_http


def test_a_secret_in_the_file_is_neither_shown_nor_lost() -> None:
    """Reprs and errors never hold a value, and the log redactor gets every one of them."""
    config = read(COMPLETE, PFX="pfx-pass", DB="db-pass")
    assert "pass" not in repr(config).replace("password", "").replace("Password", "")
    assert {each.reveal() for each in config.secrets} == {
        "pfx-pass",
        "db-pass",
        "Driver=SQLite3;Pwd=db-pass",
    }
    text = "[host.tls]\npfx = 'a'\npfx_password = ['hunter22']\n[connectors.A]\n"
    found = problems(text + "type = 'sql'\n[connectors.A.parameters]\nPassword = ['hunter22']")
    assert len(found) == 2
    assert "hunter22" not in str(found)


def test_a_missing_variable_is_named_with_its_key() -> None:
    """The error names key and variable, also where the variable is no secret."""
    found = problems('[host]\nstate = "${STATE}"\n[host.tls]\npfx = "a"\npfx_password="${PFX}"')
    assert "STATE" in found["host.state"]
    assert "PFX" in found["host.tls.pfx_password"]
    assert read('[host]\nlog_level = "${LEVEL}"', LEVEL="error").host.log_level == "error"


def test_a_value_from_the_environment_is_never_quoted() -> None:
    """An error shows what the file says, not what a variable holds."""
    found = problems('[host]\nlog_level = "${LEVEL}"', LEVEL="hunter22")
    assert found["host.log_level"].startswith("'${LEVEL}' is refused")
    assert "hunter22" not in str(problems('[host]\nnames = ["${N} "]', N="a")) + str(found)


def test_what_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    """A missing file, a wrong encoding and a TOML error are told with the file's name."""
    file = tmp_path / "ecma2py.toml"
    for content, reason in ((None, "cannot be read"), (b"\xff", "UTF-8"), (b"a = ", "not TOML")):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(ConfigFileError, match=reason) as caught:
            load(file)
        assert str(caught.value).startswith(str(file))


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    """Windows editors begin a file with one."""
    file = tmp_path / "ecma2py.toml"
    file.write_bytes(b'\xef\xbb\xbf[host]\nlog_level = "error"\n')
    assert load(file).host.log_level == "error"
    assert load(file).path == file


def test_a_long_value_is_shortened_in_the_error() -> None:
    """An error stays readable whatever stands in the file."""
    assert len(problems(f'[host]\nlog_level = "{"x" * 5000}"')["host.log_level"]) < 200


JSONLIKE = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=JSONLIKE, row=st.sampled_from(list(describe())))
def test_any_value_at_any_key_is_taken_or_refused(value: object, row: Row) -> None:
    """Whatever TOML can hold, at whatever key: a configuration or a ConfigFileError."""
    table: dict[str, Any] = {"connectors": {"NAME": {"type": "sql"}}}
    *parents, last = row.key.split(".")
    inner = table
    for name in parents:
        inner = inner.setdefault(name, {})
    inner[last] = value
    reader = Reader(References(FILE.parent, {}))
    reader.settings(Config, table, "", path=FILE)
    assert all(str(problem) for problem in reader.problems)


def test_a_change_is_told_by_connector_and_key() -> None:
    """A reload starts, stops and restarts the connectors that changed, and no other."""
    base = '[connectors.{}]\ntype = "sql"\n'
    old = read(base.format("A") + base.format("B") + base.format("C"))
    text = '[host]\nlog_level = "error"\nlisten = "127.0.0.1:1"\n'
    new = read(
        text + base.format("A") + base.format("B") + "person = 'x'\n" + base.format("D"),
    )
    assert diff(old, new) == ConfigChange(
        added=("D",),
        removed=("C",),
        changed=("B",),
        restart=("listen", "base_url"),
        host=("log_level",),
    )
    assert not diff(new, new)


@pytest.mark.parametrize("line", ["limits.max_results = 7", 'base_url = "https://new.example"'])
def test_what_every_connector_is_opened_with_changes_all(line: str) -> None:
    """A limit or the base URL takes effect by opening every connector anew, none is left out."""
    base = '[connectors.A]\ntype = "sql"\n'
    assert diff(read(base), read(f"[host]\n{line}\n{base}")).changed == ("A",)


def test_a_rotated_secret_is_a_change() -> None:
    """A connector whose password changed behind the reference is started anew."""
    text = '[connectors.A]\ntype = "sql"\nparameters.Password = "${P}"'
    assert diff(read(text, P="old-pass"), read(text, P="new-pass")).changed == ("A",)
    assert not diff(read(text, P="old-pass"), read(text, P="old-pass"))


def test_the_types_served_follow_configuration_then_custom() -> None:
    """Configured types win; else the usual names in any case; else the first for people."""
    assert connector("").person_type(["Group", "User"]) == "User"
    assert connector("").person_type(["item", "PERSON"]) == "PERSON"
    assert connector("").person_type(["item", "thing"]) == "item"
    assert connector('person = "thing"').person_type(["item", "thing"]) == "thing"
    assert connector("").group_type(["User", "GROUP"]) == "GROUP"
    assert connector("").group_type(["User"]) is None
    assert connector('group = "team"').group_type(["team"]) == "team"
    with pytest.raises(ConfigurationError, match="did you mean 'thing'"):
        connector('person = "thin"').person_type(["item", "thing"])
    with pytest.raises(ConfigurationError, match="no object type"):
        connector("").person_type([])


def test_every_key_is_described() -> None:
    """Documentation is made of the classes: each key has a type and a meaning."""
    rows = {row.key: row for row in describe()}
    assert all(row.type and row.meaning for row in rows.values())
    assert rows["host.listen"].default == '"127.0.0.1:8585"'
    assert rows["connectors.NAME.type"].default == "required"
    assert rows["connectors.NAME.import.interval_minutes"].default == "120.0"
    assert rows["host.tls.pfx"].default == "-"
    assert "host.limits.max_body" in rows


def test_runs_and_partitions_have_parameters_of_their_own() -> None:
    """They are given, and kept secret, as the connector's own are."""
    config = read(
        """
        [connectors.HR]
        type = "sql"
        [connectors.HR.run_steps.full_import]
        Query = "select 1"
        Fast = true
        [connectors.HR.run_steps.export]
        Password = "${DB}"
        [connectors.HR.partitions."OBJECT=Person"]
        "Partition Password" = { env = "PARTITION" }
        """,
        DB="open sesame",
        PARTITION="hunter22",
    )
    found = config.connectors["HR"]
    assert found.run_steps.full_import == {"Query": "select 1", "Fast": "1"}
    assert found.run_steps.delta_import == {}
    assert found.run_steps.export == {"Password": SecureString("open sesame")}
    secret = SecureString("hunter22")
    assert found.partitions == {"OBJECT=Person": {"Partition Password": secret}}
    assert {SecureString("open sesame"), secret} <= set(config.secrets)


def test_what_is_wrong_with_a_run_or_partition_is_named_and_not_shown() -> None:
    """The key is that of the table, and no value is repeated, for it may be a secret."""
    text = """
        [connectors.HR]
        type = "sql"
        partitions = "hunter22"
        [connectors.HR.run_steps]
        full_import = "hunter22"
        full_imports = {}
        export = { Password = 1.5, Key = "${NOT_SET}" }
        """
    found = problems(text)
    assert found.keys() == {
        "connectors.HR.partitions",
        "connectors.HR.run_steps.full_imports",
        "connectors.HR.run_steps.full_import",
        "connectors.HR.run_steps.export.Password",
        "connectors.HR.run_steps.export.Key",
    }
    assert "did you mean 'full_import'?" in found["connectors.HR.run_steps.full_imports"]
    assert "hunter22" not in str(found)
    empty = '[connectors.HR]\ntype = "sql"\n[connectors.HR.partitions.""]'
    assert problems(empty).keys() == {'connectors.HR.partitions.""'}


def test_a_dll_can_be_named_with_the_fields_it_asks_for() -> None:
    """The table of a .NET connector is read, whatever its file is called on Windows."""
    text = "path = 'dlls'\nfields = { Script = 'global text', Box = 'schema 12 check_box' }"
    found = read(f"[connectors.A]\ntype = 'Contoso MA (v2).DLL'\n{text}").connectors["A"]
    assert found.fields == {"Script": "global text", "Box": "schema 12 check_box"}


@pytest.mark.parametrize("name", ["a/b.dll", "a\\\\b.dll", "a:b.dll", " a.dll", ".dll"])
def test_what_is_no_file_name_of_a_dll_is_refused(name: str) -> None:
    """A name leads nowhere but into the folder that is meant."""
    assert "connectors.A.type" in problems(f'[connectors.A]\ntype = "{name}"')


def test_fields_are_of_dlls_alone_and_well_formed() -> None:
    """A connector in Python says itself what it asks for."""
    assert (
        "DLL"
        in problems('[connectors.A]\ntype = "sql"\nfields = { X = "global text" }')[
            "connectors.A.fields"
        ]
    )
    found = problems('[connectors.A]\ntype = "a.dll"\nfields = { X = "globe text" }')
    assert "page kind" in found["connectors.A.fields.X"]


def test_a_dll_is_never_loaded_into_this_process() -> None:
    """The message says where it runs, not that a package is missing."""
    with pytest.raises(ConfigurationError, match=r"'A\.dll' is a \.NET connector, which runs in"):
        connector_factory("A.dll")


def test_a_dll_is_beside_the_file_unless_it_says_otherwise() -> None:
    """Whoever copies a folder next to the configuration need not say where it is."""
    text = '[connectors.A]\ntype = "a.dll"\n[connectors.B]\ntype = "b.dll"\npath = "x"'
    found = read(text).connectors
    home = FILE.parent.absolute()
    assert (found["A"].dll, found["B"].dll) == (home / "a.dll", home / "x" / "b.dll")
    assert found["A"].has_workers


def test_what_is_for_dlls_has_no_effect_elsewhere() -> None:
    """Runtime and contract are for .NET; a limit of memory needs no isolation there."""
    found = problems('[connectors.A]\ntype = "sql"\nruntime = "mono"\ncontract = "x.dll"')
    assert found.keys() == {"connectors.A.runtime", "connectors.A.contract"}
    assert read('[connectors.A]\ntype = "a.dll"\nruntime = "coreclr"\nmemory_limit_mb = 512')


def test_an_anchor_that_the_connector_has_otherwise_is_refused() -> None:
    """Every id depends on it: a configuration from elsewhere is not served by another anchor."""
    schema = Schema(
        [SchemaType("person", [SchemaAttribute.anchor("id"), SchemaAttribute.single("uid")])]
    )
    wanted = {"person": ("id",)}
    assert selected(ConnectorConfig(type="a", anchors=wanted), schema).types.keys() == {"person"}
    with pytest.raises(ConfigurationError, match=r"anchors\.person: .* by id, not by uid"):
        selected(ConnectorConfig(type="a", anchors={"person": ("uid",)}), schema)
    with pytest.raises(ConfigurationError, match="no object type 'team'"):
        selected(ConnectorConfig(type="a", anchors={"team": ("id",)}), schema)


def test_a_dll_without_its_ending_is_told() -> None:
    """The ECMA host's files leave it out; here it tells a DLL from an installed connector."""
    text = '[connectors.HR]\ntype = "Contoso.Connector"\npath = "contoso"\n'
    with pytest.raises(ConfigFileError, match=r'"module:Class" or "Contoso\.Connector\.dll"'):
        parse(text, Path("ecma2py.toml"), {})
