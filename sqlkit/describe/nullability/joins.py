"""Which outer joins null which tables, once conditions have made some of them inner ones.

As the planner does it (reduce_outer_joins in prepjointree.c): where the rows that come out have
something of the side that a join may null, that join nulls nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.codes import FULL, INNER, LEFT, RIGHT
from sqlkit.describe.nullability.conditions import NOTHING, Conditions, Facts

if TYPE_CHECKING:
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.tree import Node


@dataclass(slots=True)
class Joins:
    """The FROM of one query level.

    ``nullers``: for every range table entry in it, the outer joins that may null its rows.
    ``full``: the joins that are still full. ``facts``: what conditions prove; of a column it holds
    where its row is not nulled.
    """

    nullers: dict[int, frozenset[int]] = field(default_factory=dict[int, "frozenset[int]"])
    full: set[int] = field(default_factory=set[int])
    facts: Facts = NOTHING


def read_joins(jointree: Node | None, conditions: Conditions, *, where: bool) -> Steps[Joins]:
    """The joins of a level; ``where``: its WHERE holds for the rows that come out."""
    joins = Joins()
    if jointree is None:
        return joins
    quals = jointree.node("quals") if where else None
    holds: Facts = (yield conditions.true(quals)) if quals else NOTHING
    joins.facts = holds
    walk = _Walk(joins, conditions)
    for source in jointree.nodes("fromlist"):
        yield walk.source(source, holds, frozenset())
    return joins


@dataclass(slots=True)
class _Walk:
    joins: Joins
    conditions: Conditions

    def source(self, node: Node, above: Facts, nullers: frozenset[int]) -> Steps[None]:
        """One item of FROM; ``above`` is proved of the rows that come out, if it isn't nulled."""
        if node.tag == "RANGETBLREF":
            self.joins.nullers[node.number("rtindex")] = nullers
        elif node.tag == "JOINEXPR":
            yield self._join(node, above, nullers)

    def _join(self, node: Node, above: Facts, nullers: frozenset[int]) -> Steps[None]:
        left, right, number = node.node("larg"), node.node("rarg"), node.number("rtindex")
        quals = node.node("quals")
        if left is None or right is None:
            return
        of_left, of_right = entries(left), entries(right)
        kind = _reduced(node.number("jointype"), above.has_row(of_left), above.has_row(of_right))
        on: Facts = (yield self.conditions.true(quals)) if quals else NOTHING
        self.joins.nullers[number] = nullers
        nulling = nullers | {number}
        if kind == INNER:
            self._learn(on, of_left | of_right, nullers)
            yield self.source(left, above | on, nullers)
            yield self.source(right, above | on, nullers)
        elif kind == LEFT:
            self._learn(on, of_right, nulling)
            yield self.source(left, above, nullers)
            yield self.source(right, above | on, nulling)
        elif kind == RIGHT:
            self._learn(on, of_left, nulling)
            yield self.source(left, above | on, nulling)
            yield self.source(right, above, nullers)
        else:
            self.joins.full |= {number} if kind == FULL else set()
            yield self.source(left, above, nulling)
            yield self.source(right, above, nulling)

    def _learn(self, on: Facts, of: set[int], nullers: frozenset[int]) -> None:
        """What ON proves of these entries; of other expressions only where nothing nulls them."""
        columns = frozenset(one for one in on.columns if one[0] in of)
        keys = frozenset[str]() if nullers else on.keys
        self.joins.facts |= Facts(columns, keys, on.whole & of)


def _reduced(kind: int, left_is_there: bool, right_is_there: bool) -> int:
    """The type of a join of which some rows are known to be there."""
    if kind == FULL:
        kinds = {(True, True): INNER, (True, False): LEFT, (False, True): RIGHT}
        return kinds.get((left_is_there, right_is_there), FULL)
    if (kind == LEFT and right_is_there) or (kind == RIGHT and left_is_there):
        return INNER
    return kind


def entries(node: Node) -> set[int]:
    """Numbers of the range table entries under an item of FROM, joins too."""
    found, pending = set[int](), [node]
    while pending:
        item = pending.pop()
        found.add(item.number("rtindex"))
        pending += [side for name in ("larg", "rarg") if (side := item.node(name))]
    return found
