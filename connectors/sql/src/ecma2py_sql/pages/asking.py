"""Every page: what it asks, and whether its answers can be used."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from attrs import frozen

from ecma2py.connector import ExportRun, ImportRun
from ecma2py.errors import InvalidParameterError
from ecma2py.parameters import ConfigParameterPage, ConfigParameters
from ecma2py.schema import Schema
from ecma2py_sql.mapping.settings import PARAMETER
from ecma2py_sql.mapping.suggestions import suggest_object_types
from ecma2py_sql.pages import steps, types, wide
from ecma2py_sql.pages.answers import Page, wrong
from ecma2py_sql.pages.runs import run_types
from ecma2py_sql.pages.schema import LAST, SchemaPages
from ecma2py_sql.pages.tables import Tables

_SCHEMA = ConfigParameterPage.SCHEMA
_OF_RUNS = (ConfigParameterPage.PARTITION, ConfigParameterPage.RUN_STEP)


@frozen
class Asking:
    """The pages for what has been answered so far.

    With 'Object types' or nothing to describe the types, they are those of the connection alone.
    """

    parameters: ConfigParameters
    tables: Callable[[], AbstractContextManager[Tables]]
    """Connects to the database for as long as the ``with`` block."""

    def page(self, page: ConfigParameterPage, number: int) -> Page:
        """The fields beside those that every connector declares."""
        if page is _SCHEMA and number == 1:
            return types.PAGE
        detects = types.detects_types(self.parameters)
        if page is ConfigParameterPage.GLOBAL:
            return [*(self._of_types() if detects else []), *wide.CONNECTION]
        if not detects or page not in (_SCHEMA, *_OF_RUNS):
            return []
        if page is ConfigParameterPage.PARTITION:
            return wide.PARTITION
        with self.tables() as tables:
            pages = SchemaPages(self.parameters, tables)
            return pages.page(number) if page is _SCHEMA else steps.page(pages.names)

    def check(self, page: ConfigParameterPage, number: int) -> bool:
        """True if the object types are described in whole; ``InvalidParameterError`` names a field.

        What this and earlier pages say must go together.
        """
        if page in (ConfigParameterPage.GLOBAL, ConfigParameterPage.PARTITION):
            wide.clock_of(self.parameters)
        if page is ConfigParameterPage.GLOBAL:
            wide.passwords(self.parameters)
        detects = types.detects_types(self.parameters)
        if page is ConfigParameterPage.RUN_STEP and detects:
            self._check_run()
        if page is not _SCHEMA or not detects:
            return page is _SCHEMA
        text = self.parameters.text(PARAMETER, "").strip()
        with self.tables() as tables:
            # What the page itself suggested is nobody's decision.
            if text and text != suggest_object_types(tables.catalogue).strip():
                raise wrong(
                    types.DETECTION,
                    f"it and {PARAMETER!r} exclude each other: empty one of them",
                )
            pages = SchemaPages(self.parameters, tables)
            pages.check(number)
            return number == LAST or (number == LAST - 1 and not pages.page(LAST))

    def _of_types(self) -> Page:
        with self.tables() as tables:
            return [*wide.delta_page(tables.session.dialect), *wide.PASSWORDS]

    def _check_run(self) -> None:
        """Return if an import or an export can do what the page says.

        A page does not tell which of them it is for, nor for which of several types.
        """
        with self.tables() as tables:
            if len(types.type_names(self.parameters, tables)) > 1:
                return
            problems = []
            for run in (ImportRun(types=Schema()), ExportRun(types=Schema())):
                try:
                    run_types(self.parameters, tables, run, None)
                except InvalidParameterError as error:
                    problems.append(error)
            if len(problems) > 1:
                raise problems[0]
