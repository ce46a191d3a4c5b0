"""Connectors with a will of their own, for the commands to be tried on."""

import time
from collections.abc import Iterator
from pathlib import Path

from ecma2py import (
    AttributeType,
    BadServerCredentialsError,
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    ConnectionSecurityLevel,
    Connector,
    CSEntryChange,
    ExportRun,
    ImportRun,
    MADistinguishedNameStyle,
    MAImportError,
    ObjectAlreadyExistsError,
    Parameter,
    Partition,
    PasswordOptions,
    PasswordPolicyViolationError,
    Schema,
    SchemaAttribute,
    SchemaType,
    SecureString,
    ServerDownError,
    Value,
)
from ecma2py.steps import CloseReason
from tests.space.spaces import SCHEMA

PASSWORD = "correct horse battery"


class Vault(Connector, delta_import=True):
    """Opens for one password; every export says something else."""

    server = Parameter.string("Server", default="localhost", required=True, text="Its name.")
    password = Parameter.secret("Password", required=True)
    spare = Parameter.secret("Spare key")
    port = Parameter.integer("Port", default=5432)
    mode = Parameter.choice("Mode", ["read", "write"], default="read")
    strict = Parameter.boolean("Strict", default=True, page=ConfigParameterPage.GLOBAL)
    notes = Parameter.text("Notes", default="one\ntwo ${NOT_A_REFERENCE}")

    def get_config_parameters(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage
    ) -> list[ConfigParameterDefinition]:
        """The declared ones under a heading."""
        found = super().get_config_parameters(config_parameters, page)
        heading = [ConfigParameterDefinition.label("Where the vault is")]
        return heading + found if page is ConfigParameterPage.CONNECTIVITY else found

    def schema(self) -> Schema:
        """Keys and rings, once the password is right."""
        secret = self.password.reveal()
        if self.server == "down":
            raise ServerDownError("The vault does not answer.")
        if self.server == "crash":
            raise RuntimeError(f"cannot log on with {secret}")
        if secret != PASSWORD:
            raise BadServerCredentialsError(f"The vault does not open for {secret}.")
        key = [
            SchemaAttribute.anchor("number", AttributeType.INTEGER),
            SchemaAttribute.anchor("row"),
            SchemaAttribute.single("label"),
            SchemaAttribute.single("disabled", AttributeType.BOOLEAN),
            SchemaAttribute.single("blob", AttributeType.BINARY),
        ]
        ring = [
            SchemaAttribute.anchor("hash", AttributeType.BINARY),
            SchemaAttribute.multi("keys", AttributeType.REFERENCE),
        ]
        return Schema([SchemaType("key", key), SchemaType("team", ring)])

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """A good entry and one that could not be read; a delta brings none."""
        if run.is_delta:
            return
        yield CSEntryChange.add("key", {"number": 1, "row": "a"}, attributes={"blob": b"\0"})
        yield CSEntryChange.import_error(
            "key", {"number": 2, "row": "b"}, MAImportError.IMPORT_ERROR_PARSE_ERROR, detail="worn"
        )

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> dict[str, Value]:
        """Row x is taken, with row y the vault is lost; anything else is made."""
        if change.anchor.get("row") == "x":
            raise ObjectAlreadyExistsError(f"There is one; {self.password.reveal()} is right.")
        if change.anchor.get("row") == "y":
            raise ServerDownError("The vault is gone.")
        return {"number": 7, "row": "z"}

    def get_connection_security_level(self) -> ConnectionSecurityLevel:
        """A secure one."""
        return ConnectionSecurityLevel.SECURE

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """The new password says what is to be checked."""
        if new_password.reveal() == "too weak for us":
            raise PasswordPolicyViolationError(f"{new_password.reveal()} is too weak.")
        found = (cs_entry.object_type, cs_entry.anchor, int(options))
        if new_password.reveal() != repr(found):
            raise AssertionError(repr(found))

    def change_password(
        self, cs_entry: CSEntryChange, old_password: SecureString, new_password: SecureString
    ) -> None:
        """From one given password to another."""
        assert (old_password.reveal(), new_password.reveal()) == ("the old one", "the new one")


class Endless(Connector):
    """Its import has no end; a file tells why it was closed."""

    log = Parameter.file("Log", required=True)

    def schema(self) -> Schema:
        """Numbers."""
        return Schema([SchemaType("person", [SchemaAttribute.anchor("id")])])

    def get_partitions(self, config_parameters: ConfigParameters) -> list[Partition]:
        """Two, of which one must be chosen."""
        return [Partition("DC=one", "one"), Partition("DC=two", "two")]

    def close(self, reason: CloseReason) -> None:
        """Tell why."""
        with Path(self.log).open("a", encoding="utf-8") as file:
            file.write(f"{reason.name}\n")

    def import_entries(self, run: ImportRun) -> Iterator[CSEntryChange]:
        """Page after page, a little one each time."""
        number = 0
        while True:
            number += 1
            time.sleep(0.0001)
            yield CSEntryChange.add("person", {"id": str(number)})

    def export_entry(self, run: ExportRun, change: CSEntryChange) -> None:
        """Slowly."""
        time.sleep(0.3)


class Extended(Connector):
    """Asks for two schema pages, the second made of the answers to the first."""

    def schema(self) -> Schema:
        """One type, called as the parameters say."""
        name = self.parameters.text("Type", "thing")
        anchor = self.parameters.text(f"Anchor of {name}", "id")
        return Schema([SchemaType(name, [SchemaAttribute.anchor(anchor)])])

    def get_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> list[ConfigParameterDefinition]:
        """The type, then its anchor."""
        if page is not ConfigParameterPage.SCHEMA or page_number > 2:
            return []
        if page_number == 1:
            return [ConfigParameterDefinition.string("Type", default="thing")]
        name = config_parameters["Type"].value
        return [ConfigParameterDefinition.string(f"Anchor of {name}", default="id")]

    def validate_config_parameters_ex(
        self, config_parameters: ConfigParameters, page: ConfigParameterPage, page_number: int
    ) -> None:
        """Anything goes."""


class Bare(Connector):
    """Neither imports nor exports, and has no type."""

    def schema(self) -> Schema:
        """Nothing."""
        return Schema([])


class Loose(Connector):
    """Takes any password, over a connection in clear."""

    def schema(self) -> Schema:
        """One type."""
        return Schema([SchemaType("person", [SchemaAttribute.anchor("id")])])

    def set_password(
        self, cs_entry: CSEntryChange, new_password: SecureString, options: PasswordOptions
    ) -> None:
        """Always."""


class House(Connector, distinguished_name_style=MADistinguishedNameStyle.LDAP):
    """People and groups, for a space that a test fills itself."""

    def schema(self) -> Schema:
        """The one the tests of the connector space use."""
        return SCHEMA
