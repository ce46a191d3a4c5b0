"""Passwords: hashed into a column or handed to a procedure, never shown, and told in ECMA2's words."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ecma2py import (
    ConfigParameterPage,
    ConnectionSecurityLevel,
    CSEntryChange,
    PasswordOptions,
    SecureString,
)
from ecma2py.errors import (
    ConfigurationError,
    ECMA2Error,
    EntryPointNotImplementedError,
    InvalidParameterError,
    NoSuchObjectTypeError,
    ObjectNotFoundError,
    ObjectTypeNotSupportedError,
    OldPasswordIncorrectError,
    PasswordExtensionError,
    PasswordIllFormedError,
    PasswordPolicyViolationError,
)
from ecma2py.runs import ConnectorSource, PasswordSession
from ecma2py_sql import SqlConnector
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.security import security_level
from ecma2py_sql.exporting.hashes import SCHEMES, hashed, is_password
from ecma2py_sql.exporting.passwords import cleaned
from tests.connectors.sql.targets import Host, Target, codes, postgresql_target

TABLES = """
CREATE TABLE people (id {counter}, login VARCHAR(20) UNIQUE, secret VARCHAR(200) NOT NULL,
    flags INTEGER);
CREATE TABLE robots (id INTEGER PRIMARY KEY)
"""
HASHED = """
[Person]
table = "people"
dn = "login"
[Person.password]
column = "secret"
hash = "pbkdf2-sha256"
[Robot]
table = "robots"
"""
CALLED = """
[Person]
table = "people"
columns = ["login", "secret"]
write_only = ["secret"]
[Person.password]
set = { query = "UPDATE people SET secret = @newPassword, flags = @PasswordOptions WHERE login = @login" }
change = { query = "UPDATE people SET secret = @newPassword WHERE id = @id AND secret = @oldpassword" }
"""
ANN = CSEntryChange.update("Person", {"id": 1}, dn="CN=ann,OBJECT=Person")
FIRST, SECOND = "first pass wörd", "sec'ond; DROP TABLE people"


@contextmanager
def passwords(host: Host) -> Iterator[Any]:
    """An open password connection."""
    connector: Any = SqlConnector()
    connector.open_password_connection(host.parameters, None)
    try:
        yield connector
    finally:
        connector.close_password_connection()


def change(host: Host, old: str, new: str) -> None:
    with passwords(host) as connector:
        connector.change_password(ANN, SecureString(old), SecureString(new))


def put(host: Host, new: str, entry: CSEntryChange = ANN, options: int = 0) -> None:
    with passwords(host) as connector:
        connector.set_password(entry, SecureString(new), PasswordOptions(options))


def person(target: Target, text: str = HASHED) -> Host:
    """A host with Ann, whose password came with her."""
    target.execute(TABLES)
    host = target.host(text)
    attributes = {"login": "ann", "export_password": FIRST}
    if text == CALLED:
        attributes["secret"] = "none"
    add = CSEntryChange.add("Person", attributes=attributes)
    assert codes(host.export(add)) == ["Success"]
    return host


def held(target: Target) -> str:
    return str(target.rows("SELECT secret FROM people WHERE id = 1")[0][0])


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_a_hash_knows_its_password_and_no_other(scheme: str) -> None:
    """Every scheme salts, verifies what it made, and refuses another password or a broken hash."""
    one, two = hashed(scheme, FIRST), hashed(scheme, FIRST)
    assert one != two
    assert is_password(FIRST, one) and is_password(FIRST, f" {two} ")
    assert not is_password(SECOND, one)
    assert not is_password(FIRST, one[:-3])
    assert not is_password(FIRST, one[:12])


def test_a_pbkdf2_hash_is_one_that_passlib_reads() -> None:
    """A hash that passlib made verifies here."""
    vector = (
        "$pbkdf2-sha256$1000$PgcgBMCY8x4jJCRE6L0XAg$86FVAx2QT3KdV8jPmq1eo0bVpvpxWbxSTrsvQnPm1vM"
    )
    assert is_password("pässword", vector)
    assert not is_password("password", vector)


@pytest.mark.parametrize(
    ("scheme", "password"),
    [("argon2id", ""), ("bcrypt", "x" * 73), ("bcrypt", "a\0b"), ("pbkdf2-sha256", "\udc00")],
)
def test_a_password_that_cannot_be_hashed_whole_is_ill_formed(scheme: str, password: str) -> None:
    """Nothing is cut off in silence, and the error does not show the password."""
    with pytest.raises(PasswordIllFormedError) as caught:
        hashed(scheme, password)
    assert not password or password not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(("scheme", "library"), [("argon2id", "argon2"), ("bcrypt", "bcrypt")])
def test_a_missing_library_is_named(
    sqlite_file: Target, monkeypatch: pytest.MonkeyPatch, scheme: str, library: str
) -> None:
    """Who hashes by it is told what to install: when the pages are checked, not at the first add."""
    sqlite_file.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, secret TEXT)")
    parameters = sqlite_file.host(
        f'[T]\ntable="t"\npassword = {{ column = "secret", hash = "{scheme}" }}'
    ).parameters
    page, advice = ConfigParameterPage.SCHEMA, r"pip install 'ecma2py-sql\[passwords\]'"
    assert SqlConnector().validate_config_parameters(parameters, page).is_success
    monkeypatch.setitem(sys.modules, library, None)
    refused = SqlConnector().validate_config_parameters(parameters, page)
    assert re.search(advice, refused.error_message)
    with pytest.raises(ConfigurationError, match=advice):
        hashed(scheme, "x")


def test_a_new_object_has_its_password_at_once(target: Target) -> None:
    """The row is inserted with the hash, which no import shows."""
    host = person(target)
    assert held(target).startswith("$pbkdf2-sha256$")
    assert is_password(FIRST, held(target))
    assert host.state() == {"CN=ann,OBJECT=Person": {"id": 1, "login": "ann"}}
    assert "secret" not in host.schema().types["Person"].attributes


def test_a_password_is_set_and_changed_in_its_column(target: Target) -> None:
    """Set needs no old password, change the right one; a wrong one leaves everything."""
    host = person(target)
    with pytest.raises(OldPasswordIncorrectError):
        change(host, SECOND, "third one")
    assert is_password(FIRST, held(target))
    change(host, FIRST, SECOND)
    assert is_password(SECOND, held(target))
    put(host, "third one")
    assert is_password("third one", held(target))


def test_a_replace_brings_a_password_along(target: Target) -> None:
    """What is replaced whole takes the password given with it, and keeps it without one."""
    host = person(target)
    given = {"login": "ann", "export_password": SECOND}
    whole = CSEntryChange.replace("Person", {"id": 1}, attributes=given)
    without = CSEntryChange.replace("Person", {"id": 1}, attributes={"login": "ann"})
    assert codes(host.export(whole, without)) == ["Success"] * 2
    assert is_password(SECOND, held(target))


def test_an_object_that_is_not_there_has_no_password(target: Target) -> None:
    """A missing row, a type without passwords and an unknown type are told apart."""
    host = person(target)
    for entry, error in (
        (CSEntryChange.update("Person", {"id": 9}), ObjectNotFoundError),
        (CSEntryChange.update("Robot", {"id": 1}), ObjectTypeNotSupportedError),
        (CSEntryChange.update("Cat", {"id": 1}), NoSuchObjectTypeError),
    ):
        with pytest.raises(error):
            put(host, "x", entry)
    (result,) = host.export(
        CSEntryChange.add("Robot", {"id": 1}, attributes={"export_password": "s3cret!"})
    )
    assert "[Robot.password]" in result.error_detail
    assert "s3cret!" not in result.error_detail


def test_a_column_forces_and_unlocks_nothing(sqlite_file: Target) -> None:
    """Options that could not be kept are refused, and the password stays."""
    host = person(sqlite_file)
    for option in (PasswordOptions.FORCE_CHANGE_AT_LOG_ON, PasswordOptions.UNLOCK_ACCOUNT):
        with pytest.raises(PasswordExtensionError, match="by a procedure or query"):
            put(host, SECOND, options=option)
    put(host, SECOND, options=PasswordOptions.VALIDATE_PASSWORD)
    assert is_password(SECOND, held(sqlite_file))


def test_queries_take_the_passwords_as_parameters(target: Target) -> None:
    """Set and change get what they name, attributes of the row too; no row is a missing object."""
    host = person(target, CALLED)
    assert held(target) == FIRST
    put(host, SECOND, options=3)
    assert target.rows("SELECT secret, flags FROM people") == [(SECOND, 3)]
    change(host, SECOND, "third one")
    assert held(target) == "third one"
    with pytest.raises(ObjectNotFoundError):
        change(host, SECOND, "fourth one")
    assert held(target) == "third one"
    for ill in ("a\0b", "\udc00"):
        with pytest.raises(PasswordIllFormedError):
            put(host, ill)


def test_one_way_may_be_missing(sqlite_file: Target) -> None:
    """Who configures only one of set and change is told about the other."""
    sqlite_file.execute(TABLES)
    start = '[Person]\ntable = "people"\n[Person.password]\n'
    query = '{ query = "UPDATE people SET secret = @newPassword WHERE id = @id" }'
    with pytest.raises(EntryPointNotImplementedError, match="only be changed"):
        put(sqlite_file.host(f"{start}change = {query}"), "x")
    with pytest.raises(EntryPointNotImplementedError, match="only be set"):
        change(sqlite_file.host(f"{start}set = {query}"), "x", "y")


ROUTINES = {
    "postgresql": (
        """CREATE FUNCTION set_secret(who int, word text, options int) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN IF length(word) < 8 THEN RAISE EXCEPTION 'at least 8 characters' USING ERRCODE = '23514';
    ELSIF word LIKE '%?%' THEN RAISE EXCEPTION 'no % here', word;
    END IF; UPDATE people SET secret = word, flags = options WHERE id = who; END $$""",
        """CREATE FUNCTION change_secret(who int, old text, word text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN UPDATE people SET secret = word WHERE id = who AND secret = old;
    IF NOT FOUND THEN RAISE EXCEPTION 'wrong' USING ERRCODE = '28P01'; END IF; END $$""",
    ),
    "mariadb": (
        """CREATE PROCEDURE set_secret(IN who INT, IN word TEXT, IN options INT) BEGIN
        DECLARE said TEXT DEFAULT concat('no ', word, ' here');
        IF char_length(word) < 8 THEN
        SIGNAL SQLSTATE '23514' SET MESSAGE_TEXT = 'at least 8 characters'; END IF;
        IF word LIKE '%?%' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = said; END IF;
        UPDATE people SET secret = word, flags = options WHERE id = who; END""",
        """CREATE PROCEDURE change_secret(IN who INT, IN old TEXT, IN word TEXT) BEGIN
        UPDATE people SET secret = word WHERE id = who AND secret = old;
        IF ROW_COUNT() = 0 THEN SIGNAL SQLSTATE '28P01' SET MESSAGE_TEXT = 'wrong'; END IF; END""",
    ),
}
PROCEDURES = """
[Person]
table = "people"
columns = ["login", "secret"]
[Person.password.set]
procedure = "set_secret"
parameters = ["Id:Input:id", "word:Input:newPassword", "options:Input:PasswordOptions"]
[Person.password.change]
procedure = "change_secret"
parameters = ["Id:Input:id", "old:Input:OldPassword", "word:Input:newPassword"]
"""


@pytest.mark.parametrize("target", list(ROUTINES), indirect=True)
def test_procedures_set_and_change_passwords(target: Target) -> None:
    """Their errors become ECMA2's by SQLSTATE: 23 is the policy, 28 the wrong old password."""
    target.execute(TABLES)
    for each in ROUTINES[target.name]:
        target.execute_exactly(each)
    host = target.host(PROCEDURES)
    attributes = {"login": "ann", "secret": "-", "export_password": FIRST}
    add = CSEntryChange.add("Person", attributes=attributes)
    assert codes(host.export(add)) == ["Success"]
    assert held(target) == FIRST
    put(host, SECOND, options=1)
    assert target.rows("SELECT secret, flags FROM people") == [(SECOND, 1)]
    change(host, SECOND, FIRST)
    with pytest.raises(OldPasswordIncorrectError):
        change(host, SECOND, "another one")
    with pytest.raises(PasswordPolicyViolationError, match="at least 8 characters"):
        put(host, "short")
    with pytest.raises(PasswordExtensionError) as caught:
        put(host, "is it shown?")
    assert "is it" not in str(caught.value)
    assert caught.value.__context__ is None
    assert held(target) == FIRST
    bad = CSEntryChange.add(
        "Person", attributes={"login": "bob", "secret": "-", "export_password": "is it shown?"}
    )
    (result,) = host.export(bad)
    assert "is it" not in result.error_detail
    assert len(target.rows("SELECT * FROM people")) == 1


def test_what_a_database_says_of_a_row_shows_no_hash(postgresql_odbc: str) -> None:
    """PostgreSQL repeats the failing row: neither password nor hash reaches the result."""
    target = postgresql_target(postgresql_odbc)
    target.execute(TABLES)
    target.execute("ALTER TABLE people ADD CONSTRAINT f CHECK (login <> 'bob')")
    (result,) = target.host(HASHED).export(
        CSEntryChange.add("Person", attributes={"login": "bob", "export_password": FIRST})
    )
    assert result.error_code.ecma_name == "ExportErrorConstraintViolation"
    assert "$pbkdf2" not in result.error_detail
    assert "would show a password" in result.error_detail


@pytest.mark.parametrize("text", ["row (1, hunter2hunter)", "row (1, hunter2h...)", "x $2b$04$"])
def test_words_of_a_database_are_left_out_if_they_show_a_secret(text: str) -> None:
    """Also where the database cuts the value; cause and column stay."""
    error = cleaned(DatabaseError(Cause.CHECK, text, column="c"), ["hunter2hunter"])
    assert "hunter" not in error.text and "$2b" not in error.text
    assert (error.cause, error.column) == (Cause.CHECK, "c")
    plain = DatabaseError(Cause.CHECK, "too short")
    assert cleaned(plain, ["hunter2hunter"]) is plain


def test_a_host_sets_passwords_as_ecma2_says(sqlite_file: Target) -> None:
    """The capability follows the object types, and a local database counts as secure."""
    host = person(sqlite_file)
    capabilities = SqlConnector().get_capabilities_ex(host.parameters)
    assert (capabilities.support_password, capabilities.export_password_in_first_pass) == (
        True,
        True,
    )
    source = ConnectorSource(SqlConnector, host.parameters)
    session = PasswordSession(source)
    try:
        session.set_password(ANN, SecureString(SECOND))
        with pytest.raises(OldPasswordIncorrectError):
            session.change_password(ANN, SecureString(FIRST), SecureString("x"))
    finally:
        session.close()
    assert is_password(SECOND, held(sqlite_file))


class _Answers:
    """A session that says only how the server answers."""

    def __init__(self, dialect: Any, answer: Any) -> None:
        self.dialect, self.answer = dialect, answer

    def rows(self, sql: str) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_connection_is_secure_on_this_machine_or_if_the_server_says_so(
    postgresql_odbc: str,
) -> None:
    """Anything else, also an account that may not ask, is not secure."""
    from ecma2py_sql.drivers.dialects import GENERIC, MARIADB, POSTGRESQL

    far, secure = "Driver=x;Server=db.example", ConnectionSecurityLevel.SECURE
    insecure = ConnectionSecurityLevel.NOT_SECURE
    for dialect, answer, source, level in (
        (POSTGRESQL, [("1",)], far, secure),
        (POSTGRESQL, [("0",)], far, insecure),
        (POSTGRESQL, [], "Server={127.0.0.1}", secure),
        (MARIADB, [(1,)], "DSN", secure),
        (MARIADB, DatabaseError(Cause.PERMISSION, "no"), "DSN", insecure),
        (GENERIC, [(1,)], far, insecure),
        (GENERIC, [], "Server=/run/postgresql", secure),
        (GENERIC, [], "a=b=c;;x", insecure),
    ):
        assert security_level(_Answers(dialect, answer), source) is level  # type: ignore[arg-type]
    host = postgresql_target(postgresql_odbc).host("")
    connector = SqlConnector()
    connector.parameters = host.parameters
    session = connector._connect()
    assert security_level(session, "DSN") is insecure  # asked of a real server, without TLS
    session.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('column = "secret"', "hash goes with column"),
        ('column = "secret"\nhash = "md5"', "argon2id, bcrypt, pbkdf2-sha256"),
        ('hash = "bcrypt"', "column with hash, or set and change"),
        ('column = "secret"\nhash = "bcrypt"\nset = { query = "x" }', "one of the two ways"),
        ('set = { }', "procedure or query"),
        ('column = "id"\nhash = "bcrypt"', "make it no attribute"),
        ('column = "nobody"\nhash = "bcrypt"', "no column 'nobody'"),
        ('set = { procedure = "p", parameters = ["a:INPUT:nick"] }', "takes 'nick'"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_told_with_its_place(
    sqlite_file: Target, text: str, says: str
) -> None:
    """Table and key are named, with what may stand there."""
    sqlite_file.execute(TABLES)
    with pytest.raises(InvalidParameterError, match=says) as caught:
        sqlite_file.host(f'[Person]\ntable = "people"\n[Person.password]\n{text}').schema()
    assert "[Person.password" in str(caught.value)


def test_no_error_of_a_password_operation_is_foreign(sqlite_file: Target) -> None:
    """A table that is gone is an ECMA2 error too, and shows no password."""
    host = person(sqlite_file)
    with passwords(host) as connector:
        sqlite_file.execute("DROP TABLE people")
        with pytest.raises(ECMA2Error) as caught:
            connector.set_password(ANN, SecureString(SECOND), PasswordOptions.NONE)
    assert isinstance(caught.value, PasswordExtensionError)
