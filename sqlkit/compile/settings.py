"""What a project says of how its modules are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """``[tool.sqlkit]``, as far as compiling goes.

    ``null_elements``: whether the elements of arrays are ``T | None`` where they are not proved.
    ``types``: dotted Python types by ``table.column`` (with or without its schema) or by PostgreSQL
    type, as for ``@type``.
    """

    null_elements: bool = True
    types: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
