"""What a connector says about itself, and its parameters."""

import threading

import pytest

from ecma2py.capabilities import MACapabilities
from ecma2py.connector import Connector, IMAExtensible2GetSchema, Parameter
from ecma2py.errors import (
    ConfigurationError,
    InvalidSchemaError,
    ServerDownError,
    UnexpectedDataError,
)
from ecma2py.parameters import (
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ParameterValidationResult,
    SecureString,
)
from ecma2py.partitions import HierarchyNode, Partition
from ecma2py.runs import CallTimeoutError, ConnectorDiedError, ConnectorSource
from ecma2py.runs import pages as pages_module
from ecma2py.runs import source as source_module
from ecma2py.schema import Schema, SchemaAttribute, SchemaType
from tests.runs.zoo import NO_DN, SCHEMA, Base, Raw, Target


def test_a_connector_is_described_once_and_anew_on_demand():
    """Description is remembered; refresh asks a fresh instance."""
    target = Target()
    source = target.source()
    first = source.describe()
    assert source.describe() is first
    assert target.instances == 1
    assert first.schema is SCHEMA
    assert first.partitions == (Partition.default(),)
    assert first.can_import
    assert first.can_export
    assert first.can_set_password
    assert not first.has_hierarchy
    assert source.describe(refresh=True) is not first
    assert target.instances == 2


def test_capabilities_switch_interfaces_off():
    """A Support flag that is off hides the interface."""
    off = MACapabilities(support_import=False, support_export=False, support_password=False)
    found = Target(capabilities=off).source().describe()
    assert not (found.can_import or found.can_export or found.can_set_password)
    bare = Target().source(Base).describe()
    assert not (bare.can_import or bare.can_export or bare.can_set_password)
    assert IMAExtensible2GetSchema in bare.interfaces


def test_capabilities_ex_win_and_defaults_hold_without_any():
    """GetCapabilitiesEx before GetCapabilities, else .NET's defaults."""

    class Ex(Base):
        @property
        def capabilities(self):
            return None

        def get_capabilities_ex(self, config_parameters):
            return NO_DN

    class Bare:
        def get_schema(self, config_parameters):
            return SCHEMA

    assert Target().source(Ex).describe().capabilities is NO_DN
    assert ConnectorSource(Bare).describe().capabilities == MACapabilities()


def test_partitions_and_hierarchy_come_from_the_connector():
    """Partitions of the connector replace the default one; a leaf may answer None."""

    class Tree(Base):
        def get_partitions(self, config_parameters):
            return [Partition("DC=a"), Partition("DC=b")]

        def get_hierarchy(self, config_parameters, parent):
            return [HierarchyNode("OU=x," + parent.dn)] if parent.dn == "DC=a" else None

    source = Target().source(Tree)
    assert [each.dn for each in source.describe().partitions] == ["DC=a", "DC=b"]
    assert source.hierarchy(HierarchyNode("DC=a")) == [HierarchyNode("OU=x,DC=a")]
    assert source.hierarchy(HierarchyNode("DC=b")) == []
    assert Target().source().hierarchy(HierarchyNode("DC=a")) == []


def test_nonsense_is_refused_with_the_method_at_fault():
    """An answer of the wrong type ends in a clear error, not in a crash later."""
    with pytest.raises(UnexpectedDataError, match="get_schema gave dict where Schema is due"):
        Target(schema={}).source().describe()
    with pytest.raises(UnexpectedDataError, match="capabilities gave str"):
        Target(capabilities="all").source().describe()
    with pytest.raises(InvalidSchemaError):
        Target(schema=Schema([SchemaType("x", [SchemaAttribute("a")])])).source().describe()

    class Odd(Base):
        def get_partitions(self, config_parameters):
            return 7

    with pytest.raises(UnexpectedDataError, match="get_partitions gave int where a list is due"):
        Target().source(Odd).describe()


def test_a_connector_without_schema_needs_one_given():
    """File-based connectors may be given their schema."""
    with pytest.raises(ConfigurationError, match="get_schema"):
        ConnectorSource(object).describe()
    assert ConnectorSource(object, schema=SCHEMA).describe().schema is SCHEMA


def test_a_connector_that_cannot_be_made_or_hangs_fails_alone():
    """The error is the factory's, or a time-out; nothing is left behind."""

    def broken():
        raise ServerDownError("no")

    with pytest.raises(ServerDownError):
        ConnectorSource(broken).describe()
    release = threading.Event()
    target = Target(hooks={"get_schema": lambda self: release.wait()})
    with pytest.raises(CallTimeoutError, match="get_schema"):
        target.source(timeout=0.05).describe()
    release.set()


def test_secrets_stay_out_of_errors():
    """An encrypted parameter in an exception's text is cut out, even where it cannot be mended."""

    class Stubborn(Exception):
        def __str__(self):
            return "hunter2"

    def leak(self):
        raise RuntimeError("login failed for hunter2")

    def worse(self):
        raise Stubborn

    parameters = ConfigParameters({"Password": SecureString("hunter2")})
    for hook in (leak, worse):
        with pytest.raises(Exception, match=r"\*\*\*") as caught:
            Target(hooks={"get_schema": hook}).source(parameters=parameters).describe()
        assert "hunter2" not in repr(caught.value)
        assert caught.value.__cause__ is None


def test_too_many_hanging_calls_stop_new_instances(monkeypatch):
    """Threads that never come back are bounded."""
    monkeypatch.setattr(source_module, "MAX_HANGING", 2)
    release = threading.Event()
    source = Target(hooks={"get_schema": lambda self: release.wait()}).source(timeout=0.02)
    for _ in range(2):
        with pytest.raises(CallTimeoutError):
            source.describe()
    with pytest.raises(ConnectorDiedError, match="never came back"):
        source.describe()
    release.set()


def test_a_late_close_that_fails_is_logged_without_secrets(caplog):
    """Close after a time-out is done when the call ends; its failure is told in the log."""
    release, done = threading.Event(), threading.Event()

    class Slow(Raw):
        def close_password_connection(self):
            done.set()
            raise RuntimeError("hunter2")

    target = Target(hooks={"get_schema": lambda self: release.wait()})
    parameters = ConfigParameters({"Password": SecureString("hunter2")})
    instance = target.source(Slow, parameters=parameters, timeout=0.02).start()
    with pytest.raises(CallTimeoutError):
        instance.call("get_schema", None)
    assert instance.close("close_password_connection") is None
    instance.end()
    release.set()
    assert done.wait(5)
    instance.thread.join(5)
    assert "close_password_connection after a time-out failed: ***" in caplog.text


class Paged(Base):
    """Schema pages that depend on their number."""

    last = 2

    def get_config_parameters_ex(self, config_parameters, page, page_number):
        self._called("page", page, page_number)
        if page is ConfigParameterPage.CONNECTIVITY:
            return [ConfigParameterDefinition.string("Host", required=True)]
        if page is ConfigParameterPage.SCHEMA and page_number <= self.last:
            return [ConfigParameterDefinition.string(f"Table {page_number}")]
        return []

    def validate_config_parameters_ex(self, config_parameters, page, page_number):
        return self._called("validate", page, page_number) or ParameterValidationResult()


def walked(source):
    """The pages that have a field."""
    with source.instance() as instance:
        walk = pages_module.walk_pages(instance, lambda: source.parameters)
        return [each for each in walk if each.definitions]


def test_schema_pages_are_numbered_from_one_until_an_empty_one():
    """Paged schema parameters are all found, pages without fields are left out."""
    target = Target()
    found = walked(target.source(Paged))
    assert [(each.page.name, each.number) for each in found] == [
        ("CONNECTIVITY", 0),
        ("SCHEMA", 1),
        ("SCHEMA", 2),
    ]
    asked = [call[2] for call in target.calls if call[1] is ConfigParameterPage.SCHEMA]
    assert asked == [1, 2, 3]
    assert walked(Target().source(Base)) == []


def test_endless_schema_pages_are_stopped(monkeypatch):
    """A connector that never ends its schema pages is refused."""
    monkeypatch.setattr(pages_module, "MAX_SCHEMA_PAGES", 5)
    monkeypatch.setattr(Paged, "last", 10**9)
    with pytest.raises(UnexpectedDataError, match="more than 5 schema pages"):
        walked(Target().source(Paged))


def test_validation_asks_definitions_first_then_the_connector_page_by_page():
    """The first refusal is the answer; the connector may refuse any schema page."""
    source = Target().source(Paged)
    missing = source.validate()
    assert not missing.is_success
    assert missing.error_parameter == "Host"

    def verdict(self, page, number):
        if number == 2:
            return ParameterValidationResult.failure("no such table", "Table 2")
        return None

    target = Target(hooks={"validate": verdict})
    refused = target.source(Paged, parameters=ConfigParameters({"Host": "h"})).validate()
    assert (refused.error_message, refused.error_parameter) == ("no such table", "Table 2")
    assert Target().source(Paged, parameters=ConfigParameters({"Host": "h"})).validate().is_success


def test_the_sugar_is_validated_by_its_check():
    """Connectivity is checked even if the page has no refusal of its own; secrets stay out."""

    class Checked(Connector):
        password = Parameter.secret("Password")

        def check(self):
            raise ServerDownError(f"cannot log in with {self.password.reveal()}")

        def schema(self):
            return SCHEMA

    parameters = ConfigParameters({"Password": SecureString("hunter2")})
    source = ConnectorSource(Checked, parameters)
    assert source.validate().error_message == "cannot log in with ***"
    assert [each.page.name for each in walked(source)] == ["CONNECTIVITY"]

    class Silent(Base):
        def get_config_parameters(self, config_parameters, page):
            return None

        def validate_config_parameters(self, config_parameters, page):
            return None

    assert Target().source(Silent).validate().is_success
