"""All that the catalog said, so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.function import Function, UsedType
from sqlkit.describe.relation import Relation
from sqlkit.describe.types import Type

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(slots=True)
class Catalog:
    """What the catalog says of everything that some queries touch, by oid.

    ``type_names`` is ``format_type``'s text, by oid and type modifier (None: of a parameter).
    """

    types: dict[int, Type] = field(default_factory=dict[int, Type])
    type_names: dict[tuple[int, int | None], str] = field(
        default_factory=dict[tuple[int, int | None], str]
    )
    relations: dict[int, Relation] = field(default_factory=dict[int, Relation])
    functions: dict[int, Function] = field(default_factory=dict[int, Function])
    used_types: dict[int, UsedType] = field(default_factory=dict[int, UsedType])
    equalities: Collection[int] = ()
