"""What the findings on a query come to: its description, or an error."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlkit.describe.description import Column, DescribedVariant, Description, Param
from sqlkit.describe.kinds import resolve_kind
from sqlkit.describe.refusal import error_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.findings import Findings, RawColumn
    from sqlkit.describe.nullability import Proof
    from sqlkit.sqlfile import Query


def describe_script(query: Query) -> Description:
    """A script is described as little as it is parsed: not at all."""
    return Description(
        name=query.full_name,
        file=query.file,
        line=query.line,
        kind="script",
        sql=query.sql,
        variants=(DescribedVariant("", query.sql, ()),),
    )


def conclude(found: Findings, catalog: Catalog) -> Description:
    """The description of a query. Raises `DescribeError` where findings and header disagree."""
    query, done = found.query, found.effects
    kind = resolve_kind(query, returns=bool(found.columns), analysed=found.analysed)
    pairs = zip(found.columns, found.proofs, strict=True)
    columns = [_column(raw, proof, catalog) for raw, proof in pairs]
    return Description(
        name=query.full_name,
        file=query.file,
        line=query.line,
        kind=kind,
        sql=found.variants[0].sql,
        params=_params(found, catalog),
        columns=_overruled(query, columns),
        reads=done.reads if not query.copy else (),
        writes=done.writes if not query.copy else done.reads,
        volatility=done.volatility if not query.copy else "volatile",
        locks=done.locks,
        reads_columns=done.reads_columns if not query.copy else (),
        writes_columns=done.writes_columns if not query.copy else done.reads_columns,
        variants=tuple(found.variants),
        analysed=found.analysed,
        single=found.single,
        row_of=_row_of(found.columns, catalog),
    )


def _params(found: Findings, catalog: Catalog) -> tuple[Param, ...]:
    query = found.query
    given = {condition.name for condition in query.conditions if condition.given}
    said = {name for name, option in query.options.params.items() if option.nullable}
    return tuple(
        Param(
            name,
            catalog.types[found.parameters[name][0]],
            catalog.type_names[found.parameters[name][0], None],
            nullable=name not in found.required or name in given or name in said,
        )
        for name in query.all_parameters
        if name in found.parameters
    )


def _column(raw: RawColumn, proof: Proof, catalog: Catalog) -> Column:
    relation = catalog.relations.get(raw.table_oid)
    attribute = relation.attributes.get(raw.number) if relation else None
    return Column(
        raw.name,
        catalog.types[raw.type_oid],
        catalog.type_names[raw.type_oid, raw.typmod],
        nullable=not proof.not_null,
        null_elements=not proof.elements,
        table=relation.qualified if relation and attribute else None,
        origin=attribute.name if attribute else None,
        required=relation is not None and relation.never_null(raw.number, only=False),
    )


def _row_of(columns: Sequence[RawColumn], catalog: Catalog) -> str | None:
    """The table whose columns, all and in their order, these are."""
    relation = catalog.relations.get(columns[0].table_oid) if columns else None
    if relation is None:
        return None
    whole = [(columns[0].table_oid, number) for number in sorted(relation.attributes)]
    given = [(column.table_oid, column.number) for column in columns]
    return relation.qualified if given == whole else None


def _overruled(query: Query, columns: list[Column]) -> tuple[Column, ...]:
    """The columns as the header's ``@column`` and ``@type`` options have them."""
    names = {column.name for column in columns}
    named = [("column", name) for name in query.options.columns]
    for option, name in named + [("type", name) for name in query.options.types]:
        if name not in names:
            raise _no_column(query, option, name, names)
    for name, said in query.options.columns.items():
        if said.nullable is None:
            continue
        if all(column.nullable is said.nullable for column in columns if column.name == name):
            truth = "can be NULL" if said.nullable else "is never NULL"
            raise error_at(
                query,
                f"@column {name} changes nothing: it is already known that it {truth}",
                option=("column", name),
                hint="remove the mark, so that it can't go stale",
            )
        columns = [
            replace(column, nullable=said.nullable) if column.name == name else column
            for column in columns
        ]
    return tuple(columns)


def _no_column(query: Query, option: str, name: str, names: set[str]) -> Exception:
    close = get_close_matches(name, sorted(names), n=1)
    return error_at(
        query,
        f"@{option} {name}: the query has no such column",
        option=(option, name),
        hint=f"did you mean {close[0]}?"
        if close
        else f"it has {', '.join(sorted(names)) or 'none'}",
    )
