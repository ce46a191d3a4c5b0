"""The schema pages, one after another, and the object types they describe together."""

from functools import cached_property

from ecma2py.parameters import ConfigParameters
from ecma2py_sql.drivers.catalogue import Column
from ecma2py_sql.mapping.settings import ANY_TYPE, DN_IS_ANCHOR, MultiValuedConfig, TypeConfig
from ecma2py_sql.pages import anchors, attributes, kinds, references, types
from ecma2py_sql.pages.answers import Page, check_names, wrong
from ecma2py_sql.pages.attributes import FoundType
from ecma2py_sql.pages.kinds import Attributes
from ecma2py_sql.pages.references import Targets
from ecma2py_sql.pages.steps import step_of
from ecma2py_sql.pages.tables import Tables

LAST = 5


class SchemaPages:
    """What the pages ask and say, each known as far as those before it are answered."""

    def __init__(self, parameters: ConfigParameters, tables: Tables) -> None:
        self._parameters = parameters
        self._tables = tables
        self._dn_is_anchor = parameters.text(DN_IS_ANCHOR, "0") == "1"

    def page(self, number: int) -> Page:
        """The fields of a page from 2 on; the last one is empty if nothing refers to anything."""
        found = self._fields(number)
        earlier = {each.name for before in range(2, number) for each in self._fields(before)}
        for each in found:
            if each.type.holds_value and each.name in earlier:
                raise wrong(
                    each.name,
                    "a column is called so that its field would be another field of an earlier "
                    "page: read the table through a view that renames the column",
                )
        return found

    def check(self, number: int) -> None:
        """Return if the answers on page *number* can be used; ``InvalidParameterError`` if not."""
        # A page is made from all that those before it say.
        if number < LAST:
            self.page(number + 1)
        else:
            _ = self.configs

    def _fields(self, number: int) -> Page:
        if number == 2:
            return attributes.page(self.names)
        if number == 3:
            return anchors.page(self._types, dn_is_anchor=self._dn_is_anchor)
        if number == 4:
            return check_names(
                [
                    *kinds.page(self._types, self._found),
                    *kinds.silent_page(self._types, self._silent),
                ]
            )
        if number == LAST:
            silent = kinds.silent_references(self._types, self._silent, self._parameters)
            return check_names(
                [
                    *references.page(self._types, self._decided, dn_is_anchor=self._dn_is_anchor),
                    *references.silent_page(silent),
                ]
            )
        return []

    @property
    def configs(self) -> list[TypeConfig]:
        """The object types."""
        for number in range(3, LAST + 1):
            # Nobody could tell which of two fields of one name was answered.
            self.page(number)
        return [
            _config(found, naming, of_type, targets)
            for found, naming, of_type, targets in zip(
                self._types, self._namings, self._decided, self._targets, strict=True
            )
        ]

    @cached_property
    def names(self) -> list[str]:
        """What the object types are called."""
        return types.type_names(self._parameters, self._tables)

    @cached_property
    def _types(self) -> list[FoundType]:
        return attributes.found_types(self.names, self._parameters, self._tables)

    @cached_property
    def _namings(self) -> list[anchors.Naming]:
        return anchors.namings(self._types, self._parameters, dn_is_anchor=self._dn_is_anchor)

    @cached_property
    def _found(self) -> list[Attributes]:
        steps = (step_of(each.name, self.names, self._parameters) for each in self._types)
        return [
            kinds.attributes_of(found, naming, step)
            for found, naming, step in zip(self._types, self._namings, steps, strict=True)
        ]

    @cached_property
    def _silent(self) -> list[list[Column]]:
        return list(map(kinds.silent_of, self._types, self._found))

    @cached_property
    def _decided(self) -> list[Attributes]:
        return kinds.decided(self._types, self._found, self._parameters)

    @cached_property
    def _targets(self) -> list[Targets]:
        return references.targets(
            self._types, self._decided, self._parameters, dn_is_anchor=self._dn_is_anchor
        )


def _config(
    found: FoundType, naming: anchors.Naming, of_type: Attributes, targets: Targets
) -> TypeConfig:
    own = [each for each in of_type if each.child is None]
    referring = {each.name: targets[each.name] for each in own if each.is_reference}
    return TypeConfig(
        found.name,
        found.rows,
        anchor=naming.anchor,
        dn=naming.dn,
        references={name: target for name, (target, _) in referring.items()},
        reference_types={
            name: column
            for name, (target, column) in referring.items()
            if target == ANY_TYPE and column is not None
        },
        types={each.name: each.kind for each in own if each.kind is not None},
        read_only=tuple(each.name for each in own if each.read_only),
        write_only=tuple(each.name for each in own if each.write_only),
        multivalued=_multivalued(of_type, targets),
    )


def _multivalued(of_type: Attributes, targets: Targets) -> tuple[MultiValuedConfig, ...]:
    """The multi-valued attributes; a column with the types of what another refers to is none."""
    found = []
    for each in of_type:
        tells_types = [
            other.name
            for other in of_type
            if other.child is each.child and targets.get(other.name, ("", None))[1] == each.name
        ]
        if each.child is None or tells_types:
            continue
        target, column = targets.get(each.name, (None, None))
        found.append(
            MultiValuedConfig(
                each.name,
                ".".join(each.child.qualified),
                key=each.key,
                value=each.name,
                references=target,
                reference_type=column,
                kind=each.kind,
                read_only=each.read_only,
                write_only=each.write_only,
            )
        )
    return tuple(found)
