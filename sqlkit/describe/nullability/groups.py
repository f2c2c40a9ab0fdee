"""GROUP BY: which of its expressions every grouping set has, and whether a group may be empty.

Source: PostgreSQL manual, "GROUPING SETS, CUBE, and ROLLUP".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.describe.codes import CUBE, NO_SET, ROLLUP, SETS, SIMPLE
from sqlkit.describe.nullability.key import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.nullability.world import World
    from sqlkit.describe.tree import Node


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of one query level.

    ``order``: references of the grouped expressions as GROUP BY has them. ``kept`` and ``lost``:
    references, and keys, of those that every grouping set has, and of those that some set leaves
    out: NULL there. ``never_empty``: each group has a row. ``always``: there is a group even
    without rows. ``sets``: there are grouping sets.
    """

    order: tuple[int, ...] = ()
    lost: frozenset[int] = frozenset()
    kept_keys: frozenset[str] = frozenset()
    lost_keys: frozenset[str] = frozenset()
    never_empty: bool = False
    always: bool = False
    sets: bool = False


def read_groups(query: Node, world: World) -> Groups:
    """The groups of an analysed query."""
    order = tuple(one.number("tleSortGroupRef") for one in query.nodes("groupClause"))
    sets = query.nodes("groupingSets")
    if not sets:
        return Groups(order, never_empty=bool(order), always=not order and query.flag("hasAggs"))
    kept = frozenset[int]().union(*map(_common, sets))
    lost = frozenset(order) - kept
    has_empty = all(map(_may_be_empty, sets))
    keys = _keys(query, world)
    return Groups(
        order,
        lost,
        frozenset(name for ref, name in keys.items() if name and ref in kept),
        frozenset(name for ref, name in keys.items() if name and ref in lost),
        never_empty=not has_empty,
        always=has_empty,
        sets=True,
    )


def _keys(query: Node, world: World) -> dict[int, str | None]:
    rtable: Sequence[Node] = query.nodes("rtable")
    return {
        ref: key(expression, rtable, world)
        for entry in query.nodes("targetList")
        if (ref := entry.number("ressortgroupref")) and (expression := entry.node("expr"))
    }


def _common(grouping: Node) -> frozenset[int]:
    """What each set has, of the sets that one item of GROUP BY stands for."""
    content = grouping.items("content")
    if grouping.number("kind") == SIMPLE:
        return frozenset(int(ref) for ref in content if isinstance(ref, str))
    if grouping.number("kind") == SETS:
        inner = [_common(one) for one in grouping.nodes("content")]
        return frozenset[int].intersection(*inner) if inner else frozenset[int]()
    return frozenset()


def _may_be_empty(grouping: Node) -> bool:
    kind = grouping.number("kind")
    if kind == SETS:
        return any(map(_may_be_empty, grouping.nodes("content")))
    return kind in (NO_SET, ROLLUP, CUBE)
