"""What the catalog says of all that queries touch, asked in bulk as their answers come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlkit.describe.catalog import Catalog, functions, relations, types
from sqlkit.describe.effects import function_oids, relation_oids
from sqlkit.describe.typed import type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlkit.describe.findings import Answer
    from sqlkit.describe.tree import Tree


class Execute(Protocol):
    """Asks the server, and gives the rows as tuples."""

    def __call__(self, sql: str, parameters: Sequence[object] | None = None) -> list[Any]:
        """The rows that a question gives."""
        ...


class Lookup:
    """Fills ``catalog``: nothing is asked twice."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._types, self._functions, self._used = set[int](), set[int](), set[int]()
        equalities = {oid for (oid,) in execute(functions.EQUALITIES)}
        self.catalog = Catalog(equalities=equalities)

    def types(self, wanted: Iterable[tuple[int, int | None]]) -> None:
        """Look up types by oid, and their names by type modifier too."""
        catalog = self.catalog
        names = [one for one in dict.fromkeys(wanted) if one not in catalog.type_names]
        if names:
            oids, typmods = [oid for oid, _ in names], [typmod for _, typmod in names]
            rows = self._execute(types.TYPE_NAMES, [oids, typmods])
            catalog.type_names |= {(oid, typmod): name for oid, typmod, name in rows}
        if new := _new({oid for oid, _ in names}, self._types):
            catalog.types |= types.types(self._execute(types.TYPES, [new]))

    def touched(self, answers: Iterable[Answer]) -> None:
        """Look up the relations, functions and types in these answers, and inside views too."""
        answers = list(answers)
        trees = [answer.tree for answer in answers if answer.tree]
        tables = {column.table_oid for answer in answers for column in answer.columns}
        trees += self._relations(tables.union(*map(relation_oids, trees)))
        catalog = self.catalog
        if new := _new({oid for tree in trees for oid in function_oids(tree)}, self._functions):
            catalog.functions |= functions.functions(self._execute(functions.FUNCTIONS, [new]))
        if new := _new({type_of(node) for tree in trees for node in tree.nodes}, self._used):
            catalog.used_types |= functions.used_types(self._execute(functions.USED_TYPES, [new]))

    def _relations(self, oids: set[int]) -> list[Tree]:
        """Look up tables and views, those inside views too; gives the trees of the new views."""
        known = self.catalog.relations
        rules: list[Tree] = []
        wanted = list(oids - known.keys() - {0})
        while wanted:
            rows = self._execute(relations.RELATIONS, [wanted])
            attributes = self._execute(relations.ATTRIBUTES, [wanted])
            checks = self._execute(relations.CHECKS, [wanted] * 2)
            found = relations.relations(rows, attributes, checks)
            known |= found
            new = [relation.rule for relation in found.values() if relation.rule]
            rules += new
            wanted = list({oid for rule in new for oid in relation_oids(rule)} - known.keys())
        return rules


def _new(oids: set[int], asked: set[int]) -> list[int]:
    """Those that were not asked for before; now they are."""
    new = oids - asked - {0}
    asked |= new
    return list(new)
