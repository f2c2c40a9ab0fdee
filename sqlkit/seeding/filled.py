"""A table with all that its rows must satisfy, as the catalog tells of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Field(Row):
    """A column to make values for.

    ``plain`` is the type below its domains; ``base`` its name in ``pg_type``, below arrays too;
    ``category`` its ``typtype``; ``modifier`` PostgreSQL's ``atttypmod`` (-1: none), of the domain
    if that has it; ``collation`` one that isn't the type's own; ``generated`` the expression by
    which PostgreSQL works it out; ``checks`` are the domains' conditions on VALUE, as name and
    condition in turn, ``inner_checks`` those of an array's elements; ``words`` an enum's.
    """

    name: str
    quoted: str
    type: str
    plain: str
    base: str
    category: str
    is_array: bool
    modifier: int
    required: bool
    sequence: str | None
    collation: str | None
    generated: str | None
    words: list[str]
    checks: list[str]
    inner_checks: list[str]


class Check(Row):
    """A CHECK constraint: its condition as PostgreSQL writes it, and the columns in it."""

    name: str
    condition: str
    columns: list[str]


class Unique(Row):
    """Columns that no two rows may have the same of: a unique index, an exclusion constraint.

    ``expressions`` are what it indexes besides plain columns, ``predicate`` the rows it is about if
    not all. Of an exclusion constraint these are the columns compared by ``=``, and ranges that
    must not overlap; it may have none of either.
    """

    name: str
    columns: list[str]
    expressions: str | None
    predicate: str | None
    primary: bool
    exclusion: bool


class Reference(Row):
    """A foreign key: ``columns`` refer to ``targets`` of the table ``target``."""

    name: str
    columns: list[str]
    target: str
    targets: list[str]
    deferrable: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with all that its rows must satisfy; PostgreSQL makes its columns ``worked_out``."""

    name: str
    fields: Mapping[str, Field]
    worked_out: Mapping[str, Field]
    checks: Sequence[Check]
    uniques: Sequence[Unique]
    references: Sequence[Reference]

    @classmethod
    def of(
        cls,
        name: str,
        fields: Iterable[Field],
        checks: Iterable[Check],
        uniques: Iterable[Unique],
        references: Iterable[Reference],
    ) -> Filled:
        """A table; what is said of a generated column is said of those it is made from."""
        fields = list(fields)
        own = {each.name: each for each in fields if each.generated is None}
        return cls(
            name,
            own,
            {each.name: each for each in fields if each.generated is not None},
            [
                Check(
                    each.name,
                    each.condition,
                    sources(each.columns or mentioned(each.condition, fields), fields),
                )
                for each in checks
            ],
            [_whole(unique, fields) for unique in uniques],
            [each for each in references if set(each.columns) <= own.keys()],
        )

    @property
    def key(self) -> list[str]:
        """The columns of the primary key; none if there is no primary key."""
        return [name for unique in self.uniques if unique.primary for name in unique.columns]

    def is_required(self, reference: Reference) -> bool:
        """Whether a foreign key can't be NULL."""
        return all(self.fields[column].required for column in reference.columns)

    def is_alone(self, columns: Sequence[str]) -> bool:
        """Whether these columns are unique by themselves."""
        return any(
            unique.columns and not unique.predicate and set(unique.columns) <= set(columns)
            for unique in self.uniques
        )


def sources(columns: Iterable[str], fields: Sequence[Field]) -> list[str]:
    """The columns, each generated one replaced by those that its expression is about."""
    generated = {each.name: each.generated for each in fields if each.generated is not None}
    own = [each for each in fields if each.generated is None]
    found: dict[str, None] = {}
    for name in columns:
        made_from = mentioned(generated[name], own) if name in generated else [name]
        found.update(dict.fromkeys(made_from))
    return list(found)


def mentioned(expression: str, fields: Iterable[Field]) -> list[str]:
    """The columns that an expression, as PostgreSQL writes it, is about."""
    return [
        field.name
        for field in fields
        if re.search(rf'(?<![\w"]){re.escape(field.quoted)}(?![\w"])', expression)
    ]


def _whole(unique: Unique, fields: Sequence[Field]) -> Unique:
    """A unique index with the columns of its expressions, too."""
    columns = [*unique.columns, *mentioned(unique.expressions or "", fields)]
    return Unique(
        unique.name,
        [] if unique.exclusion and not unique.columns else sources(columns, fields),
        unique.expressions,
        unique.predicate,
        unique.primary,
        unique.exclusion,
    )
