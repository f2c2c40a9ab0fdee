"""Where queries say the same ``@row`` and don't give the same: what differs, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from sqlkit.compile.problem import problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.compile.row import Field
    from sqlkit.describe.types import Composite, Enum, Name
    from sqlkit.errors import CompileError
    from sqlkit.sqlfile import Query

Shape: TypeAlias = "tuple[tuple[str, str], ...]"

_GENERAL = "make both give the same columns in the same order, or name another row"
_INDENT = " " * 6


@dataclass(frozen=True, slots=True)
class Use:
    """A query and the row it gives; ``table``, if that is the whole row of a table."""

    query: Query
    name: str
    fields: tuple[Field, ...]
    table: str | None = None

    @property
    def shape(self) -> Shape:
        """The names of its fields and their types: equal if one class serves."""
        return tuple((one.name, _type(one, _Exact())) for one in self.fields)

    @property
    def place(self) -> str:
        """The query and where it stands."""
        return f"{self.query.full_name} ({self.query.file}:{self.query.line})"


class _Exact:
    """Names that differ where the types do, whatever module they are written to."""

    def of(self, name: Name) -> str:
        return f"{name.module}.{name.name}"

    def of_type(self, type_: Enum | Composite) -> str:
        return f"{type_.schema}.{type_.name}"


class _Bare:
    """Names as a person knows them; a PostgreSQL type's own."""

    def of(self, name: Name) -> str:
        return name.name

    def of_type(self, type_: Enum | Composite) -> str:
        return type_.sql


def _type(field: Field, names: _Exact | _Bare) -> str:
    return field.annotation(names, null_elements=True)


def disagreement(use: Use, others: Sequence[Use]) -> CompileError:
    """The error for a query whose row is another than that of ``others``, which agree."""
    other = others[0]
    message = f"@row {use.name}: {use.query.full_name} differs from {other.place}"
    lines = [message, *(f"{_INDENT}{line}" for line in _differences(use, other))]
    option = ("row",) if use.query.options.row else ()
    return problem(use.query, "\n".join(lines), option=option, hint=_hint(use, others))


def _differences(use: Use, other: Use) -> Iterator[str]:
    ours, theirs = ({one.name: one for one in each.fields} for each in (use, other))
    our_name, their_name = use.query.full_name, other.query.full_name
    for name, field in theirs.items():
        if name not in ours:
            yield f"{name}: {_type(field, _Bare())} only in {their_name}"
        elif _type(field, _Exact()) != _type(ours[name], _Exact()):
            one, two = _told_apart(field, ours[name])
            yield f"{name}: {one} in {their_name}, {two} in {our_name}"
    for name, field in ours.items():
        if name not in theirs:
            yield f"{name}: {_type(field, _Bare())} only in {our_name}"
    if not _in_one_order(use, other):
        yield f"order in {their_name}: {', '.join(theirs)}"
        yield f"order in {our_name}: {', '.join(ours)}"


def _told_apart(one: Field, two: Field) -> tuple[str, str]:
    bare = _type(one, _Bare()), _type(two, _Bare())
    return bare if bare[0] != bare[1] else (_type(one, _Exact()), _type(two, _Exact()))


def _in_one_order(use: Use, other: Use) -> bool:
    ours, theirs = ([one.name for one in each.fields] for each in (use, other))
    return [name for name in ours if name in theirs] == [name for name in theirs if name in ours]


def _hint(use: Use, others: Sequence[Use]) -> str:
    marks = [list(_marks(one, (*others, use))) for one in (use, *others)]
    lines = [line for each in marks for line in each]
    ours, theirs = _never_null(use), _never_null(others[0])
    if ours == theirs and any(marks[1:]):
        # Theirs may well be right: an outer join, say, gives no whole row of a table.
        lines.insert(0, "name another row, or")
    elif ours != theirs:
        reordered = sorted(ours) == sorted(theirs)
        order = ", ".join(name for name, _ in theirs)
        lines.insert(0, f"give the columns in the order {order}" if reordered else _GENERAL)
    return f"\n{_INDENT}".join(lines)


def _never_null(use: Use) -> Shape:
    fields = (replace(one, column=replace(one.column, nullable=False)) for one in use.fields)
    return tuple((one.name, _type(one, _Exact())) for one in fields)


def _marks(use: Use, uses: Sequence[Use]) -> Iterator[str]:
    """What makes those columns of a query nullable that are so in another one."""
    nullable = {one.name for each in uses for one in each.fields if one.column.nullable}
    for one in use.fields:
        if one.column.nullable or one.name not in nullable:
            continue
        mark, said = f"-- @column {one.name}", use.query.options.columns.get(one.name)
        if said is None:
            yield f'add "{mark}?" to {use.place}'
        elif said.nullable is None:
            yield f'write "{mark}?" instead of "{mark}" in {use.place}'
        else:
            yield f'remove "{mark}!" from {use.place}'
