"""One query level: its FROM, its conditions, its groups, and what its result columns are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, INSERT, MERGE, NOT_MATCHED_BY_SOURCE, SELECT
from sqlkit.describe.nullability.conditions import NOTHING, Conditions, Facts
from sqlkit.describe.nullability.groups import Groups, read_groups
from sqlkit.describe.nullability.joins import Joins, read_joins
from sqlkit.describe.nullability.scope import Scope, Stage
from sqlkit.describe.tree import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.nullability.proof import Proof
    from sqlkit.describe.nullability.steps import Steps
    from sqlkit.describe.nullability.world import World
    from sqlkit.describe.tree import Node


@dataclass(slots=True, eq=False)
class Level:
    """A query, and what its expressions may rely on.

    ``parent``: from where it is seen, if it is inside another. ``view``: the query of a view that
    is written through, so that rows needn't satisfy its conditions any more. ``sources`` and
    ``ctes`` keep what was proved of the columns of FROM's items and of WITH queries.
    """

    query: Node
    world: World
    parent: Scope | None
    view: bool
    rtable: Sequence[Node]
    conditions: Conditions
    joins: Joins
    groups: Groups
    having: Facts = NOTHING
    sources: dict[int, list[Proof]] = field(default_factory=dict[int, "list[Proof]"])
    ctes: dict[str, list[Proof]] = field(default_factory=dict[str, "list[Proof]"])

    @property
    def command(self) -> int:
        """SELECT, INSERT and so on, as a number."""
        return self.query.number("commandType")

    @property
    def target(self) -> int:
        """The range table entry that is written; 0 if none is."""
        return self.query.number("resultRelation")

    @property
    def output(self) -> Scope:
        """From where the result columns are seen."""
        return Scope(self, Stage.OUTPUT if self.command == SELECT else Stage.RETURNING)

    @property
    def rows(self) -> Scope:
        """From where items of FROM and the values to store are seen."""
        return Scope(self, Stage.ROWS)

    def facts_of(self, stage: Stage) -> Facts:
        """What is never NULL in this stage, if no outer join nulls it."""
        if stage is Stage.RETURNING and self.command != DELETE:
            return Facts(self.joins.facts.columns, whole=self.joins.facts.whole)
        if stage is Stage.OUTPUT and self.groups.sets:
            return NOTHING
        return self.joins.facts

    def entry(self, place: int) -> Node | None:
        """A range table entry by its number."""
        return self.rtable[place - 1] if 0 < place <= len(self.rtable) else None

    def is_nulled(self, place: int, ignoring: frozenset[int] = frozenset()) -> bool:
        """Whether an outer join, or MERGE, may null the rows of this entry."""
        nullers = self.joins.nullers.get(place)
        return nullers is None or bool(nullers - ignoring)

    def columns(self) -> list[Node]:
        """The entries of the target list, or of RETURNING, that are result columns."""
        name = "targetList" if self.command == SELECT else "returningList"
        return [entry for entry in self.query.nodes(name) if not entry.flag("resjunk")]


def open_level(
    query: Node, world: World, parent: Scope | None = None, *, view: bool = False
) -> Steps[Level]:
    """The level of an analysed query."""
    rtable = query.nodes("rtable")
    conditions = Conditions(rtable, world)
    joins: Joins = yield read_joins(query.node("jointree"), conditions, where=not view)
    level = Level(query, world, parent, view, rtable, conditions, joins, read_groups(query, world))
    having = query.node("havingQual")
    if having is not None:
        level.having = yield conditions.true(having)
    if level.command == MERGE:
        _null_sources(level)
    elif level.command not in (SELECT, INSERT):
        joins.nullers.setdefault(level.target, frozenset())
    return level


def _null_sources(level: Level) -> None:
    """WHEN NOT MATCHED BY SOURCE has no row of the source."""
    actions = level.query.nodes("mergeActionList")
    if any(action.number("matchKind") == NOT_MATCHED_BY_SOURCE for action in actions):
        level.joins.nullers.clear()


def set_returning(level: Level) -> int:
    """How many set-returning functions the select list has: the shorter of two ends in NULLs."""
    lists = [entry.node("expr") for entry in level.query.nodes("targetList")]
    return sum(1 for node in walk(*lists) if node.flag("funcretset") or node.flag("opretset"))
