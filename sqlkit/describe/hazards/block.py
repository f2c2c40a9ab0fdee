"""The blocks of a query: itself, and every query within it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.describe.tree import Value


@dataclass(slots=True, eq=False)
class Block:
    """One query: the statement, a WITH query, a subquery in FROM or in an expression.

    ``outer`` is the block around it, ``via`` the node of that block that holds it: a SUBLINK, a
    COMMONTABLEEXPR or a range table entry. ``nodes`` are its own, outer before inner, those of the
    blocks within it left out.
    """

    query: Node
    outer: Block | None = None
    via: Node | None = None
    nodes: list[Node] = field(default_factory=list[Node])

    @property
    def command(self) -> int:
        """SELECT, INSERT and so on, as a number."""
        return self.query.number("commandType")

    @property
    def rtable(self) -> Sequence[Node]:
        """Everything in FROM, joins too; a Var's ``varno`` counts from 1."""
        return self.query.nodes("rtable")

    @property
    def quals(self) -> Node | None:
        """The WHERE."""
        jointree = self.query.node("jointree")
        return jointree.node("quals") if jointree else None

    @property
    def sources(self) -> Sequence[Node]:
        """The items of FROM: RANGETBLREF and JOINEXPR."""
        jointree = self.query.node("jointree")
        return jointree.nodes("fromlist") if jointree else []

    def entry(self, number: int) -> Node | None:
        """An entry of the range table by its number."""
        return self.rtable[number - 1] if 0 < number <= len(self.rtable) else None

    def name(self, number: int) -> str:
        """What a range table entry is called in the query."""
        entry = self.entry(number)
        alias = entry.node("eref") if entry else None
        return alias.text("aliasname") if alias else ""

    def column(self, var: Node) -> str:
        """The name of a column of this block's FROM."""
        entry = self.entry(var.number("varno"))
        alias = entry.node("eref") if entry else None
        names = alias.items("colnames") if alias else []
        number = var.number("varattno")
        name = names[number - 1] if 0 < number <= len(names) else None
        return name if isinstance(name, str) else "the row"


def blocks(query: Node) -> list[Block]:
    """Every block, outer before inner."""
    found = [Block(query)]
    for block in found:
        block.nodes, inner = _own(block.query)
        found += [Block(one, block, via) for one, via in inner]
    return found


def _own(query: Node) -> tuple[list[Node], list[tuple[Node, Node]]]:
    """The nodes of a block, and the queries in it with the node that holds each."""
    own: list[Node] = []
    inner: list[tuple[Node, Node]] = []
    stack: list[tuple[Value, Node]] = [(query, query)]
    while stack:
        value, holder = stack.pop()
        if isinstance(value, Node) and value.tag == "QUERY" and value is not query:
            inner.append((value, holder))
            continue
        if isinstance(value, Node):
            own.append(value)
            holder = value
        stack += [(part, holder) for part in reversed(list(_parts(value)))]
    return own, inner


def _parts(value: Value) -> Iterator[Value]:
    parts = value.fields.values() if isinstance(value, Node) else value or ()
    return (part for part in parts if isinstance(part, (Node, list)))
