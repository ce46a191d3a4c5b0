"""The global page and the partition pages: what holds for all types, and what differs in one."""

from collections.abc import Mapping, Sequence

from ecma2py.entries import generated_dn, split_dn
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameters,
    SecureString,
)
from ecma2py.partitions import Partition
from ecma2py_sql.data.formats import DEFAULT_FORMAT
from ecma2py_sql.data.moments import TIME_FORMAT, TIME_ZONE, Clock, parse_clock
from ecma2py_sql.drivers.dialect import Dialect
from ecma2py_sql.drivers.dialects import DB2, MARIADB, MYSQL, ORACLE, POSTGRESQL, SQL_SERVER, SQLITE
from ecma2py_sql.mapping.settings import PasswordSettings, Strategy, Written
from ecma2py_sql.pages.answers import Answers, Page, answered, arguments, needed, wrong
from ecma2py_sql.pages.types import ARGUMENTS_HELP

STRATEGY = "Delta Strategy"
WATERMARK_QUERY = "Water Mark Query"
OPERATION_METHODS = "Operation Methods"
EXTENSION_NAME = "Extension Name"
SET_SP = "Set Password SP Name"
SET_ARGUMENTS = "Set Password SP Parameters"
CHANGE_SP = "Change Password SP Name"
CHANGE_ARGUMENTS = "Change Password SP Parameters"
NAMED = "Use named parameters"

PARTITION_DSN = "Partition DSN File"
PARTITION_USER, PARTITION_LOGIN = "Partition User Name", "Partition Password"
PARTITION_ZONE = "Partition Data Source Time Zone"
PARTITION_FORMAT = "Partition Date Time Format"
PARTITION_STRATEGY = "Delta Import Strategy"
PARTITION_QUERY = "Partition Water Mark Query"

STRATEGIES: Mapping[str, Strategy | None] = {
    "None": None,
    "Trigger": Strategy.HISTORY,
    "WaterMark": Strategy.WATERMARK,
    "Snapshot": Strategy.SNAPSHOT_DATABASE,
    "ChangeTracking": Strategy.CHANGE_TRACKING,
}
_PROCEDURE, _EXTENSION = "Stored Procedure", "Password Extension"
_NOW = {
    SQL_SERVER.name: "SELECT GETDATE();",
    POSTGRESQL.name: "SELECT CURRENT_TIMESTAMP;",
    MARIADB.name: "SELECT CURRENT_TIMESTAMP(6);",
    MYSQL.name: "SELECT CURRENT_TIMESTAMP(6);",
    SQLITE.name: "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now');",
    DB2.name: "SELECT CURRENT TIMESTAMP FROM SYSIBM.SYSDUMMY1;",
    ORACLE.name: "SELECT SYSTIMESTAMP FROM DUAL;",
}
"""By dialect, what the watermark query says before somebody changes it."""
_PASSWORD_HELP = (
    f"{ARGUMENTS_HELP} A value is the name of an attribute, newPassword, oldPassword or "
    "PasswordOptions."
)

CONNECTION: Page = [
    ConfigParameterDefinition.string(
        TIME_ZONE,
        default="UTC",
        text="Of columns that hold a date and time without a zone: an IANA name such as "
        "Europe/Berlin, or a Windows name such as W. Europe Standard Time.",
    ),
    ConfigParameterDefinition.string(
        TIME_FORMAT,
        default=DEFAULT_FORMAT,
        text="Of columns of text whose type is overridden to datetime: a .NET format, in which Z "
        "stands for UTC.",
    ),
    ConfigParameterDefinition.check_box(
        NAMED, text="Procedures get their parameters by name, not by position."
    ),
]
"""What is asked for however the types are described."""

PASSWORDS: Page = [
    ConfigParameterDefinition.drop_down(
        OPERATION_METHODS, [_PROCEDURE, _EXTENSION], text="Of passwords; the second is not offered."
    ),
    ConfigParameterDefinition.string(
        EXTENSION_NAME, text="Without effect: a .NET library cannot be loaded here."
    ),
    ConfigParameterDefinition.string(SET_SP),
    ConfigParameterDefinition.multi_line(SET_ARGUMENTS, text=_PASSWORD_HELP),
    ConfigParameterDefinition.string(CHANGE_SP),
    ConfigParameterDefinition.multi_line(CHANGE_ARGUMENTS, text=_PASSWORD_HELP),
]
"""For all types alike; 'Object types' says it of each."""

PARTITION: Page = [
    ConfigParameterDefinition.multi_line(PARTITION_DSN, text="Empty, here as below: as elsewhere."),
    ConfigParameterDefinition.string(PARTITION_USER),
    ConfigParameterDefinition.encrypted_string(PARTITION_LOGIN),
    ConfigParameterDefinition.string(PARTITION_ZONE),
    ConfigParameterDefinition.string(PARTITION_FORMAT),
    ConfigParameterDefinition.drop_down(PARTITION_STRATEGY, STRATEGIES),
    ConfigParameterDefinition.multi_line(PARTITION_QUERY),
]


def delta_page(dialect: Dialect) -> Page:
    """How changes are found: for all types alike, hence only where the pages describe them."""
    return [
        ConfigParameterDefinition.drop_down(STRATEGY, STRATEGIES, "None"),
        ConfigParameterDefinition.multi_line(
            WATERMARK_QUERY,
            _NOW.get(dialect.name, ""),
            text="Gives the watermark as it is now. Empty: the greatest of all rows.",
        ),
    ]


def passwords(parameters: ConfigParameters) -> PasswordSettings | None:
    """How passwords are set and changed, for all types alike."""
    answers = answered(PASSWORDS, parameters)
    if answers[OPERATION_METHODS] == _EXTENSION:
        raise wrong(
            OPERATION_METHODS,
            f"a .NET library such as {answers[EXTENSION_NAME]!r} cannot be loaded here: choose "
            f"{_PROCEDURE!r}, or leave it empty, and no passwords are set",
        )
    return _password(answers) if answers[OPERATION_METHODS] else None


def by_name(parameters: ConfigParameters) -> bool:
    """True if procedures get their parameters by name."""
    return answered(CONNECTION, parameters)[NAMED] == "1"


def _password(answers: Answers) -> PasswordSettings:
    can_change = answers[CHANGE_SP].strip()
    return PasswordSettings(
        set=_called(answers, SET_SP, SET_ARGUMENTS),
        change=_called(answers, CHANGE_SP, CHANGE_ARGUMENTS) if can_change else None,
    )


def _called(answers: Answers, name: str, parameters: str) -> Written:
    called = needed(answers, name, f"{OPERATION_METHODS!r} is {_PROCEDURE!r}")
    return Written(procedure=called, arguments=arguments(answers, parameters))


def strategy(parameters: ConfigParameters, dialect: Dialect) -> tuple[Strategy | None, str]:
    """How a delta finds what has changed, and the watermark query."""
    answers = answered([*delta_page(dialect), *PARTITION], parameters)
    word = answers[PARTITION_STRATEGY] or answers[STRATEGY]
    return STRATEGIES[word], (answers[PARTITION_QUERY] or answers[WATERMARK_QUERY]).strip()


def finds_deltas(parameters: ConfigParameters) -> bool:
    """True if there is a way to find what has changed."""
    word = parameters.text(PARTITION_STRATEGY, "") or parameters.text(STRATEGY, "")
    return STRATEGIES.get(word) is not None


def of_partition(
    parameters: ConfigParameters, user: str, password: SecureString
) -> tuple[str, str, SecureString]:
    """A partition's own file DSN, or nothing; user and password, its own where it has them."""
    answers = answered(PARTITION, parameters)
    secret = SecureString(answers[PARTITION_LOGIN])
    return answers[PARTITION_DSN].strip(), answers[PARTITION_USER] or user, secret or password


def clock_of(parameters: ConfigParameters) -> Clock:
    """Of columns without a zone: as everywhere, except where a partition says otherwise."""
    answers = answered([*CONNECTION, *PARTITION], parameters)
    zone = PARTITION_ZONE if answers[PARTITION_ZONE].strip() else TIME_ZONE
    form = PARTITION_FORMAT if answers[PARTITION_FORMAT].strip() else TIME_FORMAT
    return parse_clock(answers[zone], answers[form], (zone, form))


def partitions(names: Sequence[str]) -> list[Partition]:
    """``OBJECT=<type>`` for each type: the end of the DNs in it."""
    return [Partition(_dn(name), name) for name in names]


def type_of(partition: Partition | None, names: Sequence[str]) -> str | None:
    """The type that *partition* is; None for all of them.

    A host without partitions, and Microsoft's with its partition 'default', works with all.
    """
    return next((n for n in names if partition is not None and partition.dn == _dn(n)), None)


def _dn(name: str) -> str:
    return split_dn(generated_dn((), name))[-1]
