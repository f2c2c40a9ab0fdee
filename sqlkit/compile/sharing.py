"""Which queries share a row class, in a file and across the files of a package."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlkit.compile.conversion import conversion
from sqlkit.compile.disagreement import Use, disagreement
from sqlkit.compile.row import Field, RowClass, check_fields, row_name
from sqlkit.errors import CompileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlkit.compile.settings import Settings
    from sqlkit.describe import Description
    from sqlkit.sqlfile import Query


@dataclass(frozen=True, slots=True)
class Rows:
    """The row classes of a package, by the queries that give them, and what is wrong with them."""

    classes: dict[Query, RowClass] = field(default_factory=dict["Query", RowClass])
    errors: list[CompileError] = field(default_factory=list[CompileError])

    @property
    def shared(self) -> list[RowClass]:
        """Those that queries of several files give, by name."""
        found = {row.name: row for row in self.classes.values() if row.shared}
        return [found[name] for name in sorted(found)]


def share(described: Mapping[Query, Description], settings: Settings) -> Rows:
    """One class for all queries that say ``@row`` with one name, if they agree on its fields.

    A query that gives a whole table's row has the table's nullability where others need that: a
    condition such as ``full_name is not null`` makes no class of its own.
    """
    rows = Rows()
    uses = list(_uses(described, settings, rows.errors))
    for (_, name), group in _groups(uses).items():
        agreed = [_widened(use, group) for use in group]
        rows.errors.extend(_disagreements(agreed))
        shared = len({use.query.file for use in group}) > 1
        made = RowClass(name, agreed[0].fields, [use.query for use in group], shared)
        rows.classes.update(dict.fromkeys(made.queries, made))
    return rows


def _uses(
    described: Mapping[Query, Description], settings: Settings, errors: list[CompileError]
) -> Iterator[Use]:
    for query, description in described.items():
        try:
            name = row_name(query, description)
            if name:
                check_fields(query, description.columns)
                yield Use(query, name, _fields(query, description, settings), description.row_of)
        except CompileError as error:
            errors.append(error)


def _fields(query: Query, description: Description, settings: Settings) -> tuple[Field, ...]:
    return tuple(
        Field(
            replace(column, null_elements=column.null_elements and settings.null_elements),
            conversion(query, column, settings.types),
        )
        for column in description.columns
    )


def _groups(uses: Collection[Use]) -> dict[tuple[str, str], list[Use]]:
    """Uses of one class, by file and name; the file is empty for a name that ``@row`` says."""
    said = {(use.query.file, use.name) for use in uses if use.query.options.row}
    groups = defaultdict[tuple[str, str], list[Use]](list)
    for use in uses:
        own = (use.query.file, use.name)
        groups["" if own in said else use.query.file, use.name].append(use)
    return groups


def _widened(use: Use, group: Sequence[Use]) -> Use:
    if use.table is None:
        return use
    nullable = {one.name for other in group for one in other.fields if one.column.nullable}
    marked = {name for name, said in use.query.options.columns.items() if said.nullable is not None}
    fields = tuple(
        replace(one, column=replace(one.column, nullable=True))
        if one.name in nullable - marked and not one.column.required
        else one
        for one in use.fields
    )
    return replace(use, fields=fields)


def _disagreements(uses: Sequence[Use]) -> Iterator[CompileError]:
    """An error for each query that gives another row than most of them, or than the first."""
    ((shape, _),) = Counter(use.shape for use in uses).most_common(1)
    agreeing = [use for use in uses if use.shape == shape]
    for use in uses:
        if use.shape != shape:
            yield disagreement(use, agreeing)
