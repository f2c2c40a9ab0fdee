"""What the rules know of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.function import Function, UsedType
from sqlkit.describe.nullability.proof import Proof
from sqlkit.describe.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.describe.catalog import Catalog

_NO_FUNCTION = Function("", "v", strict=False)
_NO_TYPE = UsedType(0, array=False, composite=True, refuses_null=False)


@dataclass(slots=True)
class World:
    """Relations, functions and types by oid; ``views`` keeps what was proved of a view's columns.

    What isn't known has no good property.
    """

    relations: Mapping[int, Relation] = field(default_factory=dict[int, Relation])
    functions: Mapping[int, Function] = field(default_factory=dict[int, Function])
    types: Mapping[int, UsedType] = field(default_factory=dict[int, UsedType])
    views: dict[int, list[Proof]] = field(default_factory=dict[int, list[Proof]])

    @classmethod
    def of(cls, catalog: Catalog) -> World:
        """What a catalog says, also what it will say when more is looked up."""
        return cls(catalog.relations, catalog.functions, catalog.used_types)

    def function(self, oid: int) -> Function:
        """The function with this oid."""
        return self.functions.get(oid, _NO_FUNCTION)

    def type(self, oid: int) -> UsedType:
        """The type with this oid."""
        return self.types.get(oid, _NO_TYPE)
