"""The pages about databases that cannot run here: what is sent to them is compared as text."""

import pytest

from ecma2py_sql.drivers.dialects import FREETDS
from ecma2py_sql.drivers.inserting import untold
from tests.docs.absent_databases import DATABASES, sent
from tests.docs.sql_pages import path_of, rows, sections, settings_of, shown

SAYS_SO = "**Tested as text, never against a server.**"


@pytest.mark.parametrize("name", DATABASES)
def test_the_example_sends_what_the_page_shows(name: str) -> None:
    """Import, export and delta; run ``python -m tests.docs.absent_databases`` after a change."""
    _, *shown_steps = shown(name, "sql")
    assert shown_steps == list(sent(name).steps)


@pytest.mark.parametrize("name", DATABASES)
def test_a_connection_begins_as_the_page_says(name: str) -> None:
    """Every option and statement is sent, has its reason on the page, and no other is there."""
    dialect, found = DATABASES[name].dialect, sent(name)
    told = rows(sections(name)["What ecma2py sets"])
    timeout = {"seconds": 30, "milliseconds": 30_000, "patience": 33}
    given = [setting.format(**timeout) for setting, _ in told]
    assert [setting for setting, _ in told] == settings_of(dialect)
    assert all(reason for _, reason in told)
    (connected,) = found.connected
    count = len(dialect.options)
    assert [option for option in given[:count] if f";{option};" not in connected] == []
    assert list(found.set) == given[count:]
    assert connected.endswith(";UID=provisioning;PWD={a long one}")


@pytest.mark.parametrize("name", DATABASES)
def test_the_page_says_that_no_server_was_seen(name: str) -> None:
    """Nobody takes text for experience: it stands before everything else."""
    _, first, *_ = path_of(name).read_text(encoding="utf-8").split("\n\n")
    assert first.startswith(SAYS_SO)


@pytest.mark.parametrize("name", DATABASES)
def test_every_type_is_taken_as_the_page_says(name: str) -> None:
    """By the code of each column's type, whatever its length."""
    driver = DATABASES[name].absent("")
    told = rows(sections(name)["Types"])
    assert told == [[declared, driver.kind(declared)] for declared, _ in told]
    assert len(told) > 10


@pytest.mark.parametrize("name", DATABASES)
def test_who_does_not_tell_a_key_is_named(name: str) -> None:
    """Where the connector cannot ask for a key the database assigns, the page shows the way."""
    dialect = DATABASES[name].dialect
    told = sections(name)["Keys and exports"]
    asks = dialect.insert is not untold or dialect.last_key is not None
    assert asks != ("does not ask" in told) == ("export.add" in told)


def test_the_options_of_freetds_are_on_the_page_about_sql_server() -> None:
    """Another driver of the same database has options of its own."""
    told = sections("sql-server")["What ecma2py sets"]
    assert [each for each in settings_of(FREETDS)[:2] if f"`{each}`" not in told] == []
