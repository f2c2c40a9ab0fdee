"""What the server's answers to a query's variants come to, one by one: no tree is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlkit.describe.description import DescribedVariant
from sqlkit.describe.effects import Effects, effects, of_all
from sqlkit.describe.nullability import Proof, prove
from sqlkit.describe.parameters import nullable_parameters
from sqlkit.describe.refusal import error_at
from sqlkit.describe.single import writes_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.nullability import World
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

    def __and__(self, other: RawColumn) -> RawColumn:
        """What holds for a column that is one or the other, both of one type."""
        column = self
        if self.typmod != other.typmod:
            column = replace(column, typmod=-1)
        if (self.table_oid, self.number) != (other.table_oid, other.number):
            column = replace(column, table_oid=0, number=0)
        return column


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said of one variant: type oids by ``$n``, columns, and the analysed query."""

    variant: Variant
    parameters: Sequence[int]
    columns: Sequence[RawColumn]
    tree: Tree | None


@dataclass(slots=True)
class Findings:
    """What is known of a query after some of its variants.

    ``parameters`` are type oids by name, with the variant that was the first to say it;
    ``required``: they are not only stored into nullable columns.
    """

    query: Query
    variants: list[DescribedVariant] = field(default_factory=list[DescribedVariant])
    columns: list[RawColumn] = field(default_factory=list[RawColumn])
    proofs: list[Proof] = field(default_factory=list[Proof])
    parameters: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    required: set[str] = field(default_factory=set[str])
    effects: Effects = field(default_factory=Effects)
    analysed: bool = True
    single: bool = True

    def add(self, answer: Answer, catalog: Catalog, world: World) -> None:
        """Take one more variant in. Raises `DescribeError` if it doesn't fit those before."""
        variant, tree = answer.variant, answer.tree
        made = DescribedVariant(variant.when, variant.sql, variant.parameters)
        columns, proofs = list(answer.columns), _proofs(answer, world)
        does = effects(tree, catalog.relations, catalog.functions) if tree else Effects()
        if self.variants:
            self._agree(made, answer, catalog)
            columns = [a & b for a, b in zip(self.columns, columns, strict=True)]
            proofs = [a & b for a, b in zip(self.proofs, proofs, strict=True)]
            does = of_all([self.effects, does]) if tree and self.analysed else Effects()
        self.variants.append(made)
        self.columns, self.proofs, self.effects = columns, proofs, does
        for name, oid in _typed(answer):
            self.parameters.setdefault(name, (oid, made.when))
        stored = nullable_parameters(tree, catalog.relations) if tree else set[int]()
        numbered = enumerate(variant.parameters, 1)
        self.required |= {name for number, name in numbered if number not in stored}
        self.analysed = self.analysed and tree is not None
        self.single = (
            self.single
            and tree is not None
            and writes_one(tree.query, catalog.relations, catalog.equalities)
        )

    def _agree(self, made: DescribedVariant, answer: Answer, catalog: Catalog) -> None:
        if _shape(self.columns) != _shape(answer.columns):
            one, other = _listed(self.columns, catalog), _listed(answer.columns, catalog)
            raise self._differ("gives", (one, self.variants[0].when), (other, made.when))
        for name, oid in _typed(answer):
            first, when = self.parameters.get(name, (oid, ""))
            if first != oid:
                one, other = (catalog.type_names[each, None] for each in (first, oid))
                raise self._differ(f"takes :{name} as", (one, when), (other, made.when))

    def _differ(self, what: str, one: tuple[str, str], other: tuple[str, str]) -> Exception:
        return error_at(
            self.query,
            f"{self.query.name} {what} {one[0]} with {one[1]}, but {other[0]} with {other[1]}",
            hint="the variants of a query must agree: cast, or split it into two queries",
        )


def _typed(answer: Answer) -> list[tuple[str, int]]:
    return list(zip(answer.variant.parameters, answer.parameters, strict=False))


def _proofs(answer: Answer, world: World) -> list[Proof]:
    proofs = prove(answer.tree.query, world) if answer.tree else []
    fits = len(proofs) == len(answer.columns)
    return proofs if fits else [Proof()] * len(answer.columns)


def _shape(columns: Sequence[RawColumn]) -> list[tuple[str, int]]:
    return [(column.name, column.type_oid) for column in columns]


def _listed(columns: Sequence[RawColumn], catalog: Catalog) -> str:
    shown = [f"{one.name} {catalog.type_names[one.type_oid, one.typmod]}" for one in columns]
    return f"({', '.join(shown)})" if shown else "no columns"
