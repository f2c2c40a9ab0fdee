"""From where an expression is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from sqlkit.describe.nullability.conditions import NOTHING, Facts
from sqlkit.describe.nullability.proof import UNKNOWN, Proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.nullability.level import Level


class Stage(Enum):
    """When an expression is evaluated."""

    ROWS = auto()  # for each row of FROM: in WHERE, in an aggregate, in a lateral subquery
    OUTPUT = auto()  # for each row, or group, that comes out
    RETURNING = auto()  # for each row written


@dataclass(frozen=True, slots=True)
class Scope:
    """A query level, and the stage of it.

    ``facts``: what a CASE around has made sure. ``ignoring``: joins that null nothing here.
    ``subquery``: what is proved of the columns of the subquery that ANY or ALL compares with.
    ``element``: what is proved of the element that an array's cast converts.
    """

    level: Level
    stage: Stage
    facts: Facts = NOTHING
    ignoring: frozenset[int] = frozenset()
    subquery: Sequence[Proof] = ()
    element: Proof = UNKNOWN

    def knowing(self, facts: Facts) -> Scope:
        """The same, where these facts hold too."""
        return replace(self, facts=self.facts | facts) if facts != NOTHING else self

    def up(self, levels: int) -> Scope | None:
        """The scope so many query levels further out."""
        scope: Scope | None = self
        for _ in range(levels):
            scope = scope.level.parent if scope else None
        return scope
