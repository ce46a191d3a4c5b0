"""The twin in Python of ``connectors/Twin.cs``: it tells what it was given, and gives it back."""

import base64
from typing import Any

from ecma2py import (
    AttributeType,
    ConfigParameterDefinition,
    ConfigParameterPage,
    ConfigParameters,
    CSEntryChange,
    CSEntryChangeResult,
    GetImportEntriesResults,
    GetImportEntriesRunStep,
    HierarchyNode,
    MACapabilities,
    MAExportError,
    MANormalizations,
    MAObjectConfirmation,
    OpenImportConnectionResults,
    ParameterValidationResult,
    Partition,
    PasswordOptions,
    PutExportEntriesResults,
    Schema,
    SecureString,
    errors,
    steps,
)
from ecma2py.values import as_values


class InvalidOperationException(Exception):
    pass


class Twin:
    """Every interface."""

    import_default_page_size = 7
    import_max_page_size = 77
    export_default_page_size = 8
    export_max_page_size = 2**31 - 1

    def __init__(self) -> None:
        self.types = Schema()
        self.partition: Partition | None = None
        self.entries: list[CSEntryChange] = []

    def open_import_connection(self, config: ConfigParameters, types: Schema, step: Any) -> Any:
        self.types, self.partition = types, step.step_partition
        return OpenImportConnectionResults(
            ";".join(
                [
                    _parameters(config),
                    str(int(step.import_type)),
                    str(step.page_size),
                    _partition(step.step_partition),
                    "none" if step.custom_data is None else step.custom_data,
                    ",".join(map(_node, step.inclusion_hierarchy_nodes)),
                    ",".join(map(_node, step.exclusion_hierarchy_nodes)),
                ]
            )
        )

    def get_import_entries(self, step: GetImportEntriesRunStep) -> GetImportEntriesResults:
        return GetImportEntriesResults(
            cs_entries=[*self.entries, *step.full_object_entries],
            custom_data=step.custom_data,
            more_to_import=bool(self.entries),
        )

    def close_import_connection(self, step: Any) -> Any:
        if step.custom_data is None:
            return None
        return steps.CloseImportConnectionResults(f"{int(step.reason)}{step.custom_data}")

    def open_export_connection(self, config: ConfigParameters, types: Schema, step: Any) -> None:
        self.types, self.partition = types, step.step_partition

    def put_export_entries(self, entries: list[CSEntryChange]) -> PutExportEntriesResults:
        self.entries = entries
        return PutExportEntriesResults(
            [
                CSEntryChangeResult(
                    each.identifier,
                    MAExportError(each.identifier.bytes_le[0] % len(MAExportError)),
                    anchor_attributes=list(each.attribute_changes.values()),
                    error_name=each.dn or "",
                    error_detail=_entry(each),
                )
                for each in entries
            ]
        )

    def close_export_connection(self, step: Any) -> None:
        if step.reason:
            raise errors.EndConnectionError(step.reason.name.title().replace("_", ""))

    def write_import_file(self, config: ConfigParameters, types: Schema, step: Any) -> Any:
        step.file_path.write_text(f"{int(step.import_type)};{_partition(step.step_partition)}")
        return steps.WriteImportFileResults(f"{step.custom_data}!")

    def read_export_file(self, config: ConfigParameters, types: Schema, step: Any) -> None:
        raise errors.ServerDownError(f"{step.file_path.read_text()}{int(step.export_type)}")

    def get_schema(self, config: ConfigParameters) -> Schema:
        return self.types

    @property
    def capabilities(self) -> MACapabilities:
        return MACapabilities(
            object_rename=False,
            object_confirmation=MAObjectConfirmation.NO_ADD_AND_DELETE_CONFIRMATION,
            normalizations=MANormalizations.UPPERCASE | MANormalizations.REMOVE_ACCENTS,
        )

    def get_capabilities_ex(self, config: ConfigParameters) -> MACapabilities:
        return MACapabilities(support_password="Password" in config)

    def get_config_parameters(self, config: ConfigParameters, page: ConfigParameterPage) -> Any:
        return [ConfigParameterDefinition.label(f"{_name(page)}{_parameters(config)}")]

    def validate_config_parameters(self, config: ConfigParameters, page: Any) -> Any:
        return ParameterValidationResult.failure(_parameters(config), _name(page))

    def get_config_parameters_ex(self, config: ConfigParameters, page: Any, number: int) -> Any:
        if number > 2:
            return []
        return [
            ConfigParameterDefinition.label(f"{_name(page)} {number}"),
            ConfigParameterDefinition.divider(),
        ]

    def validate_config_parameters_ex(self, config: Any, page: Any, number: int) -> Any:
        return ParameterValidationResult()

    def get_partitions(self, config: ConfigParameters) -> list[Partition]:
        return [] if self.partition is None else [self.partition]

    def get_hierarchy(self, config: ConfigParameters, parent: HierarchyNode) -> Any:
        return [HierarchyNode(f"OU=x,{parent.dn}", parent.display_name)]

    def open_password_connection(self, config: Any, partition: Partition | None) -> None:
        self.partition = partition

    def close_password_connection(self) -> None:
        raise errors.ClosePasswordConnectionError("It stays open.")

    def get_connection_security_level(self) -> Any:
        return steps.ConnectionSecurityLevel.SECURE

    def set_password(self, entry: Any, new: SecureString, options: PasswordOptions) -> None:
        told = f"{_older(entry)}{new.reveal()}{int(options)}"
        raise errors.PasswordPolicyViolationError(told)

    def change_password(self, entry: Any, old: SecureString, new: SecureString) -> None:
        raise InvalidOperationException(f"{old.reveal()}->{new.reveal()}")


def _name(page: ConfigParameterPage) -> str:
    return page.name.title().replace("_", "")


def _parameters(config: ConfigParameters) -> str:
    return ",".join(
        f"{each.name}*{each.secure_value.reveal()}"
        if each.is_encrypted
        else f"{each.name}={each.value}"
        for each in config.values()
    )


def _partition(given: Partition | None) -> str:
    if given is None:
        return "none"
    return f"{given.identifier} {given.dn} {given.name} {int(given.hidden_by_default)}"


def _node(node: HierarchyNode) -> str:
    return f"{node.dn} {node.display_name}"


def _types(entry: CSEntryChange, name: str, value: Any) -> AttributeType:
    known = entry.schema_type
    return known.attributes[name].data_type if known else AttributeType.of(value)


def _entry(entry: CSEntryChange) -> str:
    lines = [f"{entry.object_type} {int(entry.object_modification_type)} {entry.rdn or ''}"]
    lines += [
        f"{name} {int(_types(entry, name, value))} {_value(value)}"
        for name, value in entry.anchor.items()
    ]
    for each in entry.attribute_changes.values():
        many = "many" if each.is_multi_valued else "one"
        words = [each.name, str(int(each.modification_type)), str(int(each.data_type)), many]
        for change in each.value_changes:
            words += [str(int(change.modification_type)), _value(change.value)]
        lines.append(" ".join(words))
    return "\n".join(lines)


def _older(entry: CSEntryChange) -> str:
    found: dict[str, tuple[AttributeType, bool, tuple[Any, ...]]] = {
        name: (_types(entry, name, value), False, (value,)) for name, value in entry.anchor.items()
    }
    for each in entry.attribute_changes.values():
        found[each.name] = (each.data_type, each.is_multi_valued, as_values(list(each.values)))
    lines = [f"{entry.dn} {entry.object_type}"]
    for name, (kind, is_multi_valued, values) in found.items():
        many = "many" if is_multi_valued else "one"
        lines.append(" ".join([name, str(int(kind)), many, *map(_older_value, values)]))
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"0x{value.hex().upper()}" if isinstance(value, bytes) else str(value)


def _older_value(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
