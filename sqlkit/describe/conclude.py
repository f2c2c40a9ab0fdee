"""What the server's answers to a query's variants come to: one description, or one error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlkit.describe.description import Column, DescribedVariant, Description, Param
from sqlkit.describe.effects import Effects, effects, of_all
from sqlkit.describe.kinds import resolve_kind
from sqlkit.describe.nullability import Proof, World, prove
from sqlkit.describe.parameters import nullable_parameters
from sqlkit.describe.refusal import error_at
from sqlkit.describe.single import writes_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.tree import Tree
    from sqlkit.sqlfile import Query, Variant


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A result column as the protocol describes it; oid 0: it comes from no table."""

    name: str
    type_oid: int
    typmod: int
    table_oid: int
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said of one variant: type oids by ``$n``, columns, and the analysed query."""

    variant: Variant
    parameters: Sequence[int]
    columns: Sequence[RawColumn]
    tree: Tree | None


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


def conclude(query: Query, answers: Sequence[Answer], catalog: Catalog) -> Description:
    """The description of a query. Raises `DescribeError` where answers and header disagree."""
    first = answers[0]
    for answer in answers[1:]:
        _agree(query, first, answer, catalog)
    kind = resolve_kind(query, returns=bool(first.columns), analysed=first.tree is not None)
    done = _effects(answers, catalog)
    return Description(
        name=query.full_name,
        file=query.file,
        line=query.line,
        kind=kind,
        sql=first.variant.sql,
        params=_params(query, answers, catalog),
        columns=_overruled(query, _columns(answers, catalog)),
        reads=done.reads if not query.copy else (),
        writes=done.writes if not query.copy else done.reads,
        volatility=done.volatility if not query.copy else "volatile",
        locks=done.locks,
        reads_columns=done.reads_columns if not query.copy else (),
        writes_columns=done.writes_columns if not query.copy else done.reads_columns,
        variants=tuple(
            DescribedVariant(one.variant.when, one.variant.sql, one.variant.parameters)
            for one in answers
        ),
        analysed=all(answer.tree is not None for answer in answers),
        single=all(
            answer.tree is not None
            and writes_one(answer.tree.query, catalog.relations, catalog.equalities)
            for answer in answers
        ),
    )


def _agree(query: Query, first: Answer, other: Answer, catalog: Catalog) -> None:
    def shown(answer: Answer) -> list[str]:
        return [
            f"{column.name} {catalog.type_names[column.type_oid, column.typmod]}"
            for column in answer.columns
        ]

    def differ(what: str, one: str, two: str) -> Exception:
        return error_at(
            query,
            f"{query.name} {what} {one} with {first.variant.when}, "
            f"but {two} with {other.variant.when}",
            hint="the variants of a query must agree: cast, or split it into two queries",
        )

    if _shape(first) != _shape(other):
        raise differ("gives", _listed(shown(first)), _listed(shown(other)))
    one, two = (dict(zip(a.variant.parameters, a.parameters, strict=False)) for a in (first, other))
    for name in one.keys() & two.keys():
        if one[name] != two[name]:
            names = [catalog.type_names[oid, None] for oid in (one[name], two[name])]
            raise differ(f"takes :{name} as", *names)


def _shape(answer: Answer) -> list[tuple[str, int]]:
    return [(column.name, column.type_oid) for column in answer.columns]


def _listed(columns: list[str]) -> str:
    return f"({', '.join(columns)})" if columns else "no columns"


def _params(query: Query, answers: Sequence[Answer], catalog: Catalog) -> tuple[Param, ...]:
    oids: dict[str, int] = {}
    required: set[str] = set()
    for answer in answers:
        oids |= dict(zip(answer.variant.parameters, answer.parameters, strict=False))
        storable = (
            nullable_parameters(answer.tree, catalog.relations) if answer.tree else set[int]()
        )
        names = enumerate(answer.variant.parameters, 1)
        required |= {name for number, name in names if number not in storable}
    given = {condition.name for condition in query.conditions if condition.given}
    said = {name for name, option in query.options.params.items() if option.nullable}
    return tuple(
        Param(
            name,
            catalog.types[oids[name]],
            catalog.type_names[oids[name], None],
            nullable=name not in required or name in given or name in said,
        )
        for name in query.all_parameters
        if name in oids
    )


def _columns(answers: Sequence[Answer], catalog: Catalog) -> list[Column]:
    width = len(answers[0].columns)
    world = World(catalog.relations, catalog.functions, catalog.used_types)
    proofs = [
        prove(answer.tree.query, world) if answer.tree else [Proof()] * width for answer in answers
    ]
    return [
        _column(raw, [proof[place] for proof in proofs if len(proof) == width], catalog)
        for place, raw in enumerate(answers[0].columns)
    ]


def _column(raw: RawColumn, proofs: Sequence[Proof], catalog: Catalog) -> Column:
    relation = catalog.relations.get(raw.table_oid)
    attribute = relation.attributes.get(raw.number) if relation else None
    return Column(
        raw.name,
        catalog.types[raw.type_oid],
        catalog.type_names[raw.type_oid, raw.typmod],
        nullable=not proofs or not all(proof.not_null for proof in proofs),
        null_elements=not proofs or not all(proof.elements for proof in proofs),
        table=relation.qualified if relation and attribute else None,
        origin=attribute.name if attribute else None,
    )


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


def _effects(answers: Sequence[Answer], catalog: Catalog) -> Effects:
    """What any of the variants does."""
    trees = [answer.tree for answer in answers if answer.tree is not None]
    if len(trees) < len(answers):
        return Effects()
    return of_all([effects(tree, catalog.relations, catalog.functions) for tree in trees])
