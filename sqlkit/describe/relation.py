"""What the catalog says of tables and views that queries touch. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlkit.describe.tree import Tree


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of a table.

    ``not_null``: no stored row has a NULL here. ``accepts_null``: a NULL may be stored here.
    ``generated``: it is computed from the others. ``full``: a CHECK keeps NULLs out
    of its arrays.
    """

    name: str
    type_oid: int
    not_null: bool
    accepts_null: bool
    generated: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or the like.

    ``kind`` is ``pg_class.relkind``. ``heirs``: other tables inherit from it. ``foreign_parts``: it
    is partitioned, and a partition is a foreign table. ``rules``: what is written to it is
    rewritten, or left to an INSTEAD OF trigger. ``rule``: of a view, its query. ``unique``: the
    columns of each unique index that holds for all its rows. ``triggers``: it, or a part or heir of
    it, has triggers that may change a row before it is stored.
    """

    schema: str
    name: str
    kind: str
    heirs: bool
    foreign_parts: bool
    rules: bool
    attributes: Mapping[int, Attribute]
    rule: Tree | None = None
    unique: Sequence[Collection[int]] = ()
    triggers: bool = False

    @property
    def qualified(self) -> str:
        """``public.users``, as `Description.reads` names it."""
        return f"{self.schema}.{self.name}"

    def never_null(self, number: int, *, only: bool) -> bool:
        """Whether no row read from here has a NULL in this column.

        ``only``: the query leaves inheriting tables out. A parent alone can be set NOT NULL, a
        foreign table's is a mere claim, a view's columns have no constraint, and a rule has a
        RETURNING of its own (PostgreSQL manual, CREATE TABLE, CREATE FOREIGN TABLE, CREATE RULE).
        """
        attribute = self.attributes.get(number)
        return attribute is not None and attribute.not_null and self._is_one(only=only)

    def no_null_elements(self, number: int, *, only: bool) -> bool:
        """Whether the arrays in this column have no NULL in them."""
        attribute = self.attributes.get(number)
        return attribute is not None and attribute.full and self._is_one(only=only)

    def stores_as_told(self, number: int, *, only: bool) -> bool:
        """Whether a statement's value for this column is what is stored."""
        attribute = self.attributes.get(number)
        told = attribute is not None and not attribute.generated
        return told and not self.triggers and self._is_one(only=only)

    def _is_one(self, *, only: bool) -> bool:
        """Whether its constraints hold for every row read from here."""
        if self.rules:
            return False
        if self.kind == "p":
            return not self.foreign_parts
        return self.kind == "r" and (only or not self.heirs)
