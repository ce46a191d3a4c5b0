"""Big results in constant memory, and stored procedures by each database's own form."""

from pathlib import Path
from typing import Any

import pytest

from ecma2py.errors import ConfigurationError
from ecma2py_sql.drivers.causes import Cause
from ecma2py_sql.drivers.dialects import DB2, MARIADB, ORACLE, POSTGRESQL, SQL_SERVER
from ecma2py_sql.drivers.errors import DatabaseError
from ecma2py_sql.drivers.procedures import Call, Direction, Passed, call_function
from ecma2py_sql.drivers.results import Result
from tests.connectors.sql.targets import Target

MANY = 200_000
SERIES = {
    "postgresql": f"SELECT i, repeat('x', 200) AS v FROM generate_series(1, {MANY}) AS s (i)",
    "mariadb": f"SELECT seq AS i, repeat('x', 200) AS v FROM seq_1_to_{MANY}",
}
SERVERS = pytest.mark.parametrize("target", ["postgresql", "mariadb"], indirect=True)


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def values(result: Result) -> list[tuple[Any, ...]]:
    """All rows."""
    return [tuple(row) for page in result for row in page]


@SERVERS
def test_memory_stays_flat_however_many_rows_there_are(target: Target) -> None:
    """200,000 rows of 200 bytes are 40 MB, of which no more than a part is ever here."""
    with target.session() as session:
        list(session.stream(f"SELECT * FROM ({SERIES[target.name]}) AS t WHERE i <= 5000"))
        before, most, count = resident(), 0, 0
        for page in session.stream(SERIES[target.name], size=500):
            assert len(page) <= 500
            count += len(page)
            most = max(most, resident())
    assert count == MANY
    assert most - before < 8_000_000


def test_a_stream_gives_what_a_list_gives(target: Target) -> None:
    """Names, order, parameters and types are those of the query; a bound size cuts it."""
    target.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(9), b {boolean}, d DECIMAL(9, 2))"
    )
    target.execute(
        "INSERT INTO t VALUES (?, ?, ?, ?)", [(i, "é" * i, i % 2 == 0, i) for i in range(8)]
    )
    sql = "SELECT b, id, a, d, NULL AS missing FROM t WHERE id > ? ORDER BY id DESC;"
    with target.session() as session:
        result = session.stream(sql, (1,), 4)
        assert result.columns == ("b", "id", "a", "d", "missing")
        pages = list(result)
        assert [len(page) for page in pages] == [4, 2]
        assert [list(row) for page in pages for row in page] == [
            list(row) for row in session.rows(sql, (1,))
        ]


def test_statements_run_while_a_stream_is_read(target: Target) -> None:
    """A stream has a cursor of its own; given up early it keeps nothing locked."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    target.execute("INSERT INTO t VALUES (?)", [(i,) for i in range(10)])
    with target.session() as session:
        result = session.stream("SELECT id FROM t ORDER BY id", size=3)
        assert [row[0] for row in next(iter(result))] == [0, 1, 2]
        assert session.rows("SELECT count(*) FROM t")[0][0] == 10
        assert [row[0] for row in next(iter(result))] == [3, 4, 5]
        result.close()
        result.close()
        with session.transaction():
            assert session.run("DELETE FROM t") == 10


def test_a_query_with_two_columns_of_one_name_is_read(target: Target) -> None:
    """Not every query can be made a table: it is read all the same."""
    with target.session() as session:
        result = session.stream("SELECT 1 AS a, 2 AS a")
        assert result.columns == ("a", "a")
        assert values(result) == [(1, 2)]


def test_a_wrong_query_is_told(target: Target) -> None:
    """The error is the query's own, and the session goes on."""
    with target.session() as session:
        with pytest.raises(DatabaseError) as caught:
            session.stream("SELECT x FROM no_such_table")
        assert caught.value.cause is Cause.NO_SUCH_TABLE
        assert session.rows("SELECT 1")[0][0] == 1


PROCEDURES = {
    "postgresql": (
        (
            "CREATE FUNCTION many(n INTEGER) RETURNS TABLE (id INTEGER, v TEXT) LANGUAGE sql AS"
            " 'SELECT i, repeat(chr(120), 200) FROM generate_series(1, n) AS s (i)'"
        ),
        (
            "CREATE PROCEDURE double(n INTEGER, OUT twice INTEGER, INOUT word TEXT) LANGUAGE plpgsql AS"
            " 'BEGIN twice := n * 2; word := word || ''!''; END'"
        ),
        "CREATE PROCEDURE clear(n INTEGER) LANGUAGE sql AS 'DELETE FROM t WHERE id = n'",
        (
            "CREATE FUNCTION halve(n INTEGER, OUT half INTEGER, OUT rest INTEGER) LANGUAGE plpgsql AS"
            " 'BEGIN half := n / 2; rest := n % 2; END'"
        ),
    ),
    "mariadb": (
        (
            "CREATE PROCEDURE many(IN n INTEGER)"
            " SELECT seq AS id, repeat('x', 200) AS v FROM seq_1_to_100 WHERE seq <= n"
        ),
        (
            "CREATE PROCEDURE double(IN n INTEGER, OUT twice INTEGER, INOUT word VARCHAR(20))"
            " BEGIN SET twice = n * 2; SET word = concat(word, '!'); END"
        ),
        "CREATE PROCEDURE clear(IN n INTEGER) DELETE FROM t WHERE id = n",
        "CREATE PROCEDURE mixed(IN n INTEGER, OUT o INTEGER) BEGIN SET o = 7; SELECT 1 AS a; END",
        "CREATE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END",
    ),
}


@pytest.fixture
def with_procedures(target: Target) -> Target:
    """A database with a table of three rows and stored procedures."""
    target.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    target.execute("INSERT INTO t VALUES (?)", [(1,), (2,), (3,)])
    for sql in PROCEDURES[target.name]:
        target.execute_exactly(sql.replace("double(", f"{target.quote('dou ble')}("))
    return target


@SERVERS
def test_a_procedure_gives_its_rows(with_procedures: Target) -> None:
    """Page by page, by the names of its columns."""
    with with_procedures.session() as session:
        result = session.call("many", [Passed("n", 5)], size=2)
        assert result.columns == ("id", "v")
        assert [[row[0] for row in page] for page in result] == [[1, 2], [3, 4], [5]]


@SERVERS
def test_a_procedure_gives_its_output_parameters(with_procedures: Target) -> None:
    """Values out, and values in and out, are known once the rows were read."""
    arguments = [
        Passed("n", 4),
        Passed("twice", direction=Direction.OUTPUT),
        Passed("word", "'; DROP TABLE t; --", Direction.INPUT_OUTPUT),
    ]
    with with_procedures.session() as session:
        result = session.call("dou ble", arguments)
        assert values(result) == []
        assert result.columns == ()
        assert result.outputs == {"twice": 8, "word": "'; DROP TABLE t; --!"}


@SERVERS
def test_a_procedure_without_rows_is_called_in_the_transaction(with_procedures: Target) -> None:
    """What it does is taken back with the rest."""
    with with_procedures.session() as session:
        with pytest.raises(KeyError), session.transaction():
            assert values(session.call("clear", [Passed("n", 1)])) == []
            assert session.rows("SELECT count(*) FROM t")[0][0] == 2
            raise KeyError
        assert session.rows("SELECT count(*) FROM t")[0][0] == 3


@pytest.mark.parametrize("target", ["postgresql"], indirect=True)
def test_a_function_is_called_by_name_and_gives_outputs(with_procedures: Target) -> None:
    """PostgreSQL's functions and procedures are told apart by the catalogue."""
    arguments = [
        Passed("rest", direction=Direction.OUTPUT),
        Passed("n", 9),
        Passed("half", direction=Direction.OUTPUT),
    ]
    with with_procedures.session() as session:
        result = session.call("public.halve", arguments, named=True)
        assert values(result) == []
        assert result.outputs == {"half": 4, "rest": 1}
        assert values(session.call("clear", [Passed("n", 1)], named=True)) == []
        with pytest.raises(ConfigurationError, match=r"no function or procedure 'nothing'") as e:
            session.call("nothing")
        assert with_procedures.name in str(e.value).lower()


@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_rows_and_outputs_come_together_and_several_results_do_not(with_procedures: Target) -> None:
    """One result is a stream; of two, the reader would take one for the other."""
    with with_procedures.session() as session:
        result = session.call("mixed", [Passed("n", 1), Passed("o", None, Direction.OUTPUT)])
        assert (result.columns, values(result), result.outputs) == (("a",), [(1,)], {"o": 7})
        with pytest.raises(DatabaseError, match="several results"):
            values(session.call("two"))
        assert session.rows("SELECT 1")[0][0] == 1


@pytest.mark.parametrize("target", ["sqlite3", "sqlite-odbc"], indirect=True)
def test_a_database_without_procedures_says_so(target: Target) -> None:
    """The error names the data source."""
    with target.session() as session, pytest.raises(ConfigurationError) as caught:
        session.call("p")
    assert "target.db" in str(caught.value)
    assert "SQLite has no stored procedures" in str(caught.value)


IN, OUT, BOTH = (
    Passed("a", 1),
    Passed("@b", None, Direction.OUTPUT),
    Passed("c", 3, Direction.INPUT_OUTPUT),
)


def text_of(dialect: Any, arguments: list[Passed], *, named: bool = False) -> Call:
    """The call of ``p`` in *dialect*."""
    call: Call = dialect.call("p", arguments, named, lambda name: f"<{name}>")
    return call


@pytest.mark.parametrize(
    ("dialect", "named", "arguments", "sql", "parameters"),
    [
        (ORACLE, False, [IN], "{call p(?)}", (1,)),
        (ORACLE, False, [], "{call p()}", ()),
        (DB2, False, [IN], "CALL p(?)", (1,)),
        (DB2, True, [IN], "CALL p(<a> => ?)", (1,)),
        (SQL_SERVER, False, [IN], "EXEC p ?", (1,)),
        (SQL_SERVER, False, [], "EXEC p", ()),
        (SQL_SERVER, True, [IN], "EXEC p @a = ?", (1,)),
        (
            SQL_SERVER,
            True,
            [IN, OUT, BOTH],
            (
                "SET NOCOUNT ON; DECLARE @ecma2py_1 nvarchar(4000) = ?;"
                " DECLARE @ecma2py_2 nvarchar(4000) = ?;"
                " EXEC p @a = ?, @b = @ecma2py_1 OUTPUT, @c = @ecma2py_2 OUTPUT;"
                " SELECT @ecma2py_1 AS ecma2py_1, @ecma2py_2 AS ecma2py_2"
            ),
            (None, 3, 1),
        ),
        (POSTGRESQL, False, [IN, OUT, BOTH], "CALL p(?, NULL, ?)", (1, 3)),
        (POSTGRESQL, True, [IN], "CALL p(<a> => ?)", (1,)),
        (MARIADB, False, [IN, OUT], "{call p(?, @ecma2py_1)}", (1,)),
    ],
)
def test_each_database_has_its_own_form_of_a_call(
    dialect: Any, named: bool, arguments: list[Passed], sql: str, parameters: tuple[Any, ...]
) -> None:
    """Names are quoted or checked, values bound."""
    call = text_of(dialect, arguments, named=named)
    assert (call.sql, call.parameters) == (sql, parameters)


def test_output_parameters_that_cannot_be_had_are_refused() -> None:
    """No value is silently left out, and no parameter's name becomes SQL."""
    for dialect in (ORACLE, DB2):
        with pytest.raises(ConfigurationError, match="OUTPUT parameter '@b'"):
            text_of(dialect, [OUT])
    for dialect in (ORACLE, MARIADB):
        with pytest.raises(ConfigurationError, match="by position only"):
            text_of(dialect, [IN], named=True)
    with pytest.raises(ConfigurationError, match="no name of a parameter"):
        text_of(SQL_SERVER, [Passed("a = 1; --", 1)], named=True)


def test_the_row_of_outputs_is_recognised() -> None:
    """Rows of the procedure's own are never taken for it."""
    call = text_of(SQL_SERVER, [IN, OUT])
    assert call.outputs_in(("ecma2py_1",))
    assert not call.outputs_in(("id", "name"))
    assert not call.outputs_in(())
    function = call_function("f", [IN], False, str)
    assert not function.outputs_in(("id",))
