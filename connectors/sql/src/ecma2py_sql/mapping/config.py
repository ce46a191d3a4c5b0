"""The parameter 'Object types': which tables make up which objects, written as TOML.

[Person]
table = "people"                    # or view, query, or procedure with parameters; or column_names,
                                    # a query that lists them, with [Person.import]
anchor = "id"                       # default: the primary key
dn = "login"                        # the column that names the object; default: the anchor
columns = ["name", "mail"]          # default: all
names = { mail = "e-mail" }         # attribute names that differ from their column's
references = { manager = "Person" } # columns that name another object; "*": of any type, with
reference_types = {}                # by such a column, the one that holds the type
types = { active = "boolean", hired = "datetime" } # where the catalogue says too little
read_only = ["created"]
write_only = ["pin"]
delta = { watermark = "changed" }   # how delta imports find what has changed: see settings

[Person.import]                     # where rows come from, if not from the table: another
                                    # table, a view, a query or a procedure
query = "SELECT ... WHERE n BETWEEN @StartIndex AND @EndIndex"
start_index = "@StartIndex"
end_index = "@EndIndex"

[Person.export.add]                 # likewise update and delete: what writes, if not the connector
procedure = "add_person"
parameters = ["login:INPUT:login"]

[Person.password]                   # a column of hashes, or set and change as in an export
column = "password_hash"
hash = "argon2id"                   # or bcrypt, pbkdf2-sha256

[Person.multivalued.phones]         # the attribute "phones": a table with a row a value
table = "phones"
key = "person"                      # the column that holds the person's key
value = "number"
references = "Device"               # if the values name other objects; "*" with reference_type
watermark = "changed"               # or history and order: what finds its changes, as delta says
type = "text"                       # where the catalogue says too little
read_only = true                    # or write_only
"""

import tomllib

from ecma2py_sql.mapping.sections import Section
from ecma2py_sql.mapping.settings import (
    ANY_TYPE,
    HASHES,
    OPERATION_WORDS,
    DeltaSettings,
    ExportSettings,
    Method,
    MultiValuedConfig,
    PasswordSettings,
    Rows,
    Strategy,
    TypeConfig,
    Written,
    refused,
)

_FLAG = (Strategy.CHANGE_TRACKING, Strategy.ROW_HASHES, Strategy.TRANSACTION_ID)
"""The strategies that need no name of a column or table: ``true`` chooses them."""


def parse_object_types(text: str) -> list[TypeConfig]:
    """The object types *text* describes; ``InvalidParameterError`` names table, key and choices."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refused(f"this is no TOML: {error}") from error
    return [_type(name, Section(name, content)) for name, content in document.items()]


def _type(name: str, section: Section) -> TypeConfig:
    config = TypeConfig(
        name,
        _rows(section),
        anchor=section.texts("anchor") or (),
        dn=section.text("dn"),
        columns=section.texts("columns"),
        names=section.mapping("names"),
        references=section.mapping("references"),
        reference_types=section.mapping("reference_types"),
        types=section.kinds("types"),
        read_only=section.texts("read_only") or (),
        write_only=section.texts("write_only") or (),
        multivalued=tuple(
            _multivalued(attribute, each) for attribute, each in section.sections("multivalued")
        ),
        imports=_imports(section.section("import")),
        exports=_exports(section.section("export")),
        delta=_delta(section.section("delta")),
        password=_password(section.section("password")),
    )
    section.finish()
    if config.rows.method is Method.COLUMN_NAMES and config.imports is None:
        raise section.refused("column_names", f"gives no rows: add [{name}.import]")
    any_type = {name for name, target in config.references.items() if target == ANY_TYPE}
    if odd := any_type ^ config.reference_types.keys():
        raise section.refused(
            "reference_types",
            f'names a column for each of references = {{ ... = "*" }}: {min(odd)}',
        )
    return config


def _rows(section: Section) -> Rows:
    """What exactly one of the keys table, view, query, procedure and column_names names."""
    named = {each: text for each in Method if (text := section.text(each.value)) is not None}
    if len(named) != 1:
        keys = ", ".join(each.value for each in named or Method)
        given = f"; there is {', '.join(section.given)}" if section.given else ""
        raise section.refused(
            keys, "are too many: keep one" if named else f"are missing: give one{given}"
        )
    ((method, text),) = named.items()
    rows = Rows(
        method,
        text,
        arguments=section.arguments("parameters"),
        start_index=section.text("start_index") or "",
        end_index=section.text("end_index") or "",
    )
    if rows.arguments and method is not Method.PROCEDURE:
        raise section.refused("parameters", "are a procedure's alone")
    if bool(rows.start_index) != bool(rows.end_index) or (rows.start_index and rows.is_table):
        raise section.refused("start_index", "and end_index go together, with query or procedure")
    return rows


def _imports(section: Section | None) -> Rows | None:
    if section is None:
        return None
    rows = _rows(section)
    if rows.method is Method.COLUMN_NAMES:
        raise section.refused("column_names", "gives no rows: give table, view, query or procedure")
    section.finish()
    return rows


def _exports(section: Section | None) -> ExportSettings:
    if section is None:
        return ExportSettings()
    settings = ExportSettings(
        add=_written(section.section("add")),
        update=_written(section.section("update")),
        delete=_written(section.section("delete")),
    )
    section.finish()
    return settings


def _written(section: Section | None) -> Written | None:
    if section is None:
        return None
    written = Written(
        procedure=section.text("procedure") or "",
        arguments=section.arguments("parameters"),
        statements=section.texts("query") or (),
    )
    section.finish()
    if bool(written.procedure) == bool(written.statements):
        raise section.refused("procedure", "or query is given, one of them")
    return written


def _password(section: Section | None) -> PasswordSettings | None:
    if section is None:
        return None
    settings = PasswordSettings(
        column=section.text("column") or "",
        hash=section.text("hash") or "",
        set=_written(section.section("set")),
        change=_written(section.section("change")),
    )
    section.finish()
    if bool(settings.column) == bool(settings.set or settings.change):
        raise section.refused("column", "with hash, or set and change: one of the two ways")
    if settings.hash not in (HASHES if settings.column else ("",)):
        raise section.refused("hash", f"goes with column, and is one of {', '.join(HASHES)}")
    return settings


def _delta(section: Section | None) -> DeltaSettings | None:
    if section is None:
        return None
    found: list[tuple[Strategy, str]] = []
    for each in Strategy:
        if each in _FLAG:
            if section.flag(each.value):
                found.append((each, ""))
        elif (name := section.text(each.value)) is not None:
            found.append((each, name))
    if len(found) != 1:
        raise section.refused(
            ", ".join(each.value for each in Strategy), "exclude each other: give one"
        )
    ((strategy, source),) = found
    settings = DeltaSettings(
        strategy=strategy,
        source=source,
        overlap=section.number("overlap", 60),
        query=section.text("now") or "",
        deleted=section.text("deleted") or "",
        deleted_values=section.texts("deleted_values") or (),
        operation=section.text("operation") or "",
        order=section.text("order") or "",
        join=section.mapping("join"),
        words=section.mapping("words"),
    )
    section.finish()
    if (strategy is Strategy.HISTORY) != bool(settings.order):
        raise section.refused(
            "order", "names the growing column of a history table, and of it alone"
        )
    if odd := settings.words.keys() - OPERATION_WORDS.keys():
        raise section.refused(
            "words", f"says what add, update and delete are called, not {min(odd)}"
        )
    return settings


def _multivalued(attribute: str, section: Section) -> MultiValuedConfig:
    config = MultiValuedConfig(
        attribute,
        section.required("table"),
        key=section.texts("key") or (),
        value=section.required("value"),
        references=section.text("references"),
        reference_type=section.text("reference_type"),
        watermark=section.text("watermark"),
        history=section.text("history"),
        order=section.text("order"),
        kind=section.kind("type"),
        read_only=section.flag("read_only"),
        write_only=section.flag("write_only"),
    )
    section.finish()
    if not config.key:
        raise section.refused("key", "is missing")
    if (config.references == ANY_TYPE) != (config.reference_type is not None):
        raise section.refused("reference_type", 'goes with references = "*"')
    return config
