"""The tables and rows that answers name, looked up in the catalogue."""

from attrs import define, field

from ecma2py.errors import InvalidParameterError
from ecma2py_sql.drivers.catalogue import Catalogue, Table, find_table
from ecma2py_sql.drivers.session import Session
from ecma2py_sql.importing.described import describe, listed
from ecma2py_sql.mapping.settings import PARAMETER, Method, Rows
from ecma2py_sql.pages.answers import Answers, arguments, needed, wrong
from ecma2py_sql.pages.spelling import name_parts

METHODS = {
    "Table": Method.TABLE,
    "View": Method.VIEW,
    "Stored Procedure": Method.PROCEDURE,
    "SQL Query": Method.QUERY,
}
"""What the drop-downs say."""
_PARTS_OF_THIS_SERVER = 2


@define
class Tables:
    """The tables of one database, by the names an administrator writes."""

    session: Session
    catalogue: Catalogue
    _names: list[tuple[str | None, str]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._names = self.catalogue.names()

    def find(self, text: str, name: str) -> Table:
        """The table that the field *name* calls *text*."""
        try:
            return find_table(self.catalogue, self._names, ".".join(name_parts(text)), "")
        except InvalidParameterError as error:
            raise wrong(name, str(error).removeprefix(": ").rstrip(".")) from None

    def read(self, name: str) -> Table:
        """The table of exactly this name, which was found before."""
        return find_table(self.catalogue, self._names, name, "")

    def rows(self, method: Method, text: str, name: str) -> Rows:
        """Rows of the table that *name* calls *text*; of another server's by a query.

        The catalogue tells of this database alone.
        """
        parts = name_parts(text)
        try:
            table = self.find(text, name)
        except InvalidParameterError:
            if len(parts) <= _PARTS_OF_THIS_SERVER:
                raise
            return Rows(Method.QUERY, f"SELECT * FROM {self.session.quote(*parts)}")
        return Rows(method, ".".join(table.qualified))

    def columns(self, type_name: str, rows: Rows, name: str) -> Table:
        """The table with the columns of *rows*, of which the field *name* tells."""
        if rows.is_table:
            return self.read(rows.text)
        try:
            return Table(type_name, columns=describe(self.session, rows, ""))
        except InvalidParameterError as error:
            raise _of_field(name, error) from None

    def texts(self, rows: Rows, name: str, *, column: str = "") -> list[str]:
        """The names that one column of *rows* lists."""
        if rows.is_table:
            table = self.read(rows.text)
            if column not in table.columns:
                raise wrong(name, f"choose one of {', '.join(table.columns)}, not {column!r}")
            chosen, source = self.session.quote(column), self.session.quote(*table.qualified)
            rows = Rows(Method.QUERY, f"SELECT DISTINCT {chosen} FROM {source} ORDER BY {chosen}")
        try:
            return listed(self.session, rows, "it", column=column)
        except InvalidParameterError as error:
            raise _of_field(name, error) from None


def procedure(answers: Answers, name: str, parameters: str) -> Rows:
    """What the procedure gives that the field *name* calls, with the field of its parameters."""
    called = needed(answers, name, "it names the procedure")
    return Rows(
        Method.PROCEDURE, ".".join(name_parts(called)), arguments=arguments(answers, parameters)
    )


def _of_field(name: str, error: InvalidParameterError) -> InvalidParameterError:
    problem = str(error).removeprefix(f"{PARAMETER!r}: ").strip().rstrip(".")
    return wrong(name, problem)
