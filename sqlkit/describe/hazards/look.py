"""What a rule looks at: one variant of a query, its tree, its text, and what is proved of NULL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.hazards.bare import bare
from sqlkit.describe.hazards.block import Block, blocks
from sqlkit.describe.nullability import World
from sqlkit.describe.nullability.level import Level, open_level
from sqlkit.describe.nullability.rules import value
from sqlkit.describe.nullability.sources import results
from sqlkit.describe.nullability.steps import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.relation import Relation
    from sqlkit.describe.tree import Node, Tree
    from sqlkit.sqlfile import Kind, Query, Variant

NOWHERE = -1


@dataclass(slots=True, eq=False)
class Look:
    """One variant of a query.

    ``located``: the tree says where in the text its nodes stand. Without that a rule says what it
    may find, and is asked again with a tree that does. ``text`` is `bare`, ``blocks`` are outer
    before inner.
    """

    query: Query
    kind: Kind
    variant: Variant
    tree: Tree
    catalog: Catalog
    located: bool = False
    text: str = field(init=False)
    blocks: Sequence[Block] = field(init=False)
    world: World = field(init=False)
    _levels: dict[Block, Level] = field(init=False, default_factory=dict[Block, Level])

    def __post_init__(self) -> None:
        self.text = bare(self.variant.sql)
        self.blocks = blocks(self.tree.query)
        self.world = World(self.catalog.relations, self.catalog.functions, self.catalog.used_types)

    @property
    def top(self) -> Block:
        """The statement itself."""
        return self.blocks[0]

    def nodes(self, *tags: str) -> Iterator[tuple[Block, Node]]:
        """Every node of these tags, with its block."""
        for block in self.blocks:
            for node in block.nodes:
                if node.tag in tags:
                    yield block, node

    def function(self, node: Node) -> str:
        """``int4eq(int4,int4)`` of a call or an operator; empty if it is not PostgreSQL's own."""
        return self.world.function(node.number("funcid") or node.number("opfuncid")).signature

    def is_strict(self, operator: Node) -> bool:
        """Whether an operator gives NULL for any NULL."""
        return self.world.function(operator.number("opfuncid")).strict

    def relation(self, entry: Node | None) -> Relation | None:
        """The table or view of a range table entry."""
        return self.catalog.relations.get(entry.number("relid")) if entry else None

    def level(self, block: Block) -> Level:
        """What the rules of nullability know of a block."""
        if block not in self._levels:
            parent = self.level(block.outer).rows if block.outer else None
            self._levels[block] = run(open_level(block.query, self.world, parent))
        return self._levels[block]

    def is_nullable(self, expression: Node, block: Block) -> bool:
        """Whether an expression of a block's select list can be NULL."""
        return not run(value(expression, self.level(block).output)).not_null

    def nullable_columns(self, block: Block) -> list[bool]:
        """Of each result column of a block, whether it can be NULL."""
        return [not proof.not_null for proof in run(results(self.level(block)))]

    def at(self, node: Node | None) -> int:
        """Where in the query's text a node stands, in characters; `NOWHERE` if it doesn't say."""
        place = int(node.text("location") or NOWHERE) if node and self.located else NOWHERE
        sql = self.variant.sql
        if place < 0 or sql.isascii():
            return place
        return len(sql.encode()[:place].decode(errors="ignore"))

    def start(self, block: Block) -> int:
        """Where the first node of a block stands that says so, its WITH queries left out."""
        places = [self.at(node) for node in block.nodes if node.tag != "COMMONTABLEEXPR"]
        return min((place for place in places if place >= 0), default=NOWHERE)

    def word(self, pattern: str, *, before: int = NOWHERE, after: int = NOWHERE) -> int:
        """Where a pattern is found: the last one before a place, or the first, after one.

        Of a pattern with a group, where the group is.
        """
        found = [
            match.start(match.lastindex or 0)
            for match in re.finditer(pattern, self.text)
            if match.start() > after and (before < 0 or match.start() < before)
        ]
        if not found:
            return NOWHERE
        return found[-1] if before >= 0 else found[0]
