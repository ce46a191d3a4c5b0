"""How a directory is reached: protected by default, and errors that say what to change."""

from pathlib import Path

import pytest

from ecma2py import ConfigParameterPage, ConfigParameters, ConnectionSecurityLevel, SecureString
from ecma2py.errors import (
    BadServerCredentialsError,
    ECMA2Error,
    EntryExportError,
    FailedConnectionError,
    FailedSearchError,
    InvalidParameterError,
    MissingParentObjectError,
    ServerBusyError,
    ServerDownError,
    StopRun,
)
from ecma2py_ldap import LdapConnector
from ecma2py_ldap.errors import DirectoryError, communication_error, entry_error, run_error
from tests.connectors.ldap.directories import Directory
from tests.connectors.ldap.secure_server import SecureServer
from tests.servers.process import free_port


@pytest.mark.parametrize("security", ["starttls", "ldaps", "none"])
def test_every_way_in_reads_the_same(
    secured: Directory, secure: SecureServer, security: str
) -> None:
    """StartTLS, TLS from the first byte, and neither."""
    port = secure.tls_port if security == "ldaps" else secure.port
    host = secured.host(Security=security, Port=str(port))
    assert host.schema().types.keys() == {"person", "group"}
    assert host.full() == []


def test_only_an_unprotected_connection_is_called_not_secure(secured: Directory) -> None:
    """The host refuses to export over one unless it is told otherwise."""
    levels = []
    for security in ("starttls", "none"):
        connector = LdapConnector()
        connector.parameters = secured.host(Security=security).parameters
        levels.append(connector.get_connection_security_level())
    assert levels == [ConnectionSecurityLevel.SECURE, ConnectionSecurityLevel.NOT_SECURE]


def test_a_certificate_nobody_vouches_for_is_refused_unless_told(secured: Directory) -> None:
    """What to give is in the message; not to verify is a decision of its own."""
    with pytest.raises(FailedConnectionError, match="CA file"):
        secured.host(CA_file="").schema()
    assert secured.host(CA_file="", Verify_certificate="0").schema()


def test_a_file_that_holds_no_certificate_names_its_parameter(
    secured: Directory, tmp_path: Path
) -> None:
    """Neither an empty file nor one that is not there."""
    empty = tmp_path / "empty.pem"
    empty.touch()
    for file in (empty, tmp_path / "none.pem"):
        with pytest.raises(InvalidParameterError, match="CA file") as caught:
            secured.host(CA_file=str(file)).schema()
        assert caught.value.parameter_name == "CA file"


def test_a_wrong_password_is_not_repeated(secured: Directory) -> None:
    """The error is that of the credentials, without them."""
    with pytest.raises(BadServerCredentialsError) as caught:
        secured.host(Bind_password=SecureString("open-sesame")).schema()
    assert "open-sesame" not in str(caught.value)


def test_an_account_without_a_password_would_be_anonymous(secured: Directory) -> None:
    """RFC 4513, 5.1.2: servers take it for success, so it never gets that far."""
    with pytest.raises(InvalidParameterError, match="Bind password"):
        secured.host(Bind_password=SecureString("")).schema()


def test_nobody_at_the_address_is_a_server_that_is_down(directory: Directory) -> None:
    """The host tries again later."""
    with pytest.raises(ServerDownError, match="cannot be reached"):
        directory.host(Port=str(free_port())).schema()


@pytest.mark.parametrize(
    "changed",
    [{"Port": "70000"}, {"Timeout": "-1"}, {"Base_DNs": "ou=none,o=Secure"}],
    ids=["port", "timeout", "base"],
)
def test_a_parameter_that_cannot_be_is_found_by_validation(
    secured: Directory, changed: dict[str, str]
) -> None:
    """Before any run, with a message that names it."""
    parameters: ConfigParameters = secured.host(**changed).parameters
    result = LdapConnector().validate_config_parameters(parameters, ConfigParameterPage.SCHEMA)
    assert not result.is_success
    (value,) = changed.values()
    assert value in result.error_message


def test_a_good_configuration_is_accepted(secured: Directory) -> None:
    """Every page, and the connection itself."""
    parameters = secured.host().parameters
    for page in (ConfigParameterPage.CONNECTIVITY, ConfigParameterPage.SCHEMA):
        result = LdapConnector().validate_config_parameters(parameters, page)
        assert result.is_success, result.error_message


def test_an_export_without_a_session_says_so() -> None:
    """A host that forgot to open gets a sentence, not an attribute error."""
    with pytest.raises(StopRun, match="not open"):
        LdapConnector().export_entry(None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "kind"),
    [(51, ServerBusyError), (52, ServerDownError), (4, EntryExportError)],
)
def test_an_error_that_stops_everything_is_no_entrys_error(
    code: int, kind: type[ECMA2Error]
) -> None:
    """A busy server is not the fault of the object at hand."""
    assert type(entry_error(DirectoryError(code, "name"), dn="cn=a")) is kind


def test_what_is_missing_depends_on_what_was_done() -> None:
    """To add below nothing is a missing parent; 4 ends an import, for an answer was cut short."""
    missing = DirectoryError(32, "noSuchObject")
    assert isinstance(entry_error(missing, dn="cn=a", to_new_place=True), MissingParentObjectError)
    assert isinstance(run_error(DirectoryError(4, "sizeLimitExceeded")), FailedSearchError)


def test_a_lost_connection_is_told_by_what_raised_it() -> None:
    """The nearest base class decides."""
    assert "lost" in str(communication_error(ConnectionResetError("reset")))
