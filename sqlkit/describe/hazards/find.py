"""From the rules to the hazards of a query, in two steps.

First the rules look at each variant as it comes, and its tree is let go. A tree from a function's
body doesn't say where in the text its nodes stand, so of the variants in which something was found
the server is asked for a tree once more: one that does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from sqlkit.describe.hazards.hazard import Hazard
from sqlkit.describe.hazards.look import Look
from sqlkit.describe.hazards.rule import RULES
from sqlkit.describe.refusal import error_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.hazards.rule import Found
    from sqlkit.describe.tree import Tree
    from sqlkit.sqlfile import Kind, Place, Query, Variant

# The name of a rule, its message and its hint.
_Says: TypeAlias = tuple[str, str, str]

_WORD = re.compile(r"'[^']*'|[\w$.:]+|[<>=!]+|\S")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A variant in which rules found something; ``parameters`` are type oids by ``$n``."""

    variant: Variant
    parameters: Sequence[int]
    kind: Kind
    says: frozenset[_Says]


@dataclass(slots=True)
class Search:
    """The search for hazards in one query; ``count``: of its variants, so far."""

    query: Query
    count: int = 0
    suspects: list[Suspect] = field(default_factory=list[Suspect])
    _hazards: dict[tuple[str, Place], Hazard] = field(
        default_factory=dict["tuple[str, Place]", Hazard]
    )

    def look(
        self,
        variant: Variant,
        parameters: Sequence[int],
        kind: Kind,
        tree: Tree | None,
        catalog: Catalog,
    ) -> None:
        """Look at one variant; at the made-up select of ``copy … from stdin`` there is nothing."""
        self.count += 1
        if tree is not None and not self.query.copy:
            seen = Look(self.query, kind, variant, tree, catalog)
            if says := frozenset(says for says, _ in _run(seen)):
                self.suspects.append(Suspect(variant, parameters, kind, says))

    def wanted(self) -> Iterator[Suspect]:
        """The suspects to look at once more: each with what those before it don't say."""
        known = set(self._left_out())
        for suspect in self.suspects:
            if new := suspect.says - known:
                known |= new
                yield Suspect(suspect.variant, suspect.parameters, suspect.kind, new)

    def find(self, suspect: Suspect, tree: Tree | None, catalog: Catalog) -> None:
        """Take the hazards of a wanted suspect in, from a tree that has places.

        Without one they all stand at the query's name.
        """
        if tree is None:
            for says in suspect.says:
                self._add(suspect, says, self.query.place)
            return
        look = Look(self.query, suspect.kind, suspect.variant, tree, catalog, located=True)
        for says, found in _run(look, {rule for rule, _, _ in suspect.says}):
            self._add(suspect, says, _place(suspect.variant, found))

    def _add(self, suspect: Suspect, says: _Says, place: Place) -> None:
        rule, message, hint = says
        hazard = Hazard(
            rule,
            message + self._when(suspect.variant, says),
            query=self.query.full_name,
            file=self.query.file,
            place=place,
            hint=hint,
        )
        self._hazards.setdefault((rule, place), hazard)

    def hazards(self) -> tuple[Hazard, ...]:
        """What was found, in order. Raises `DescribeError` if an ``@allow`` allows nothing."""
        fired = {says[0] for suspect in self.suspects for says in suspect.says}
        for name in self.query.options.allow:
            if name not in fired:
                raise error_at(
                    self.query,
                    f"@allow {name} changes nothing: the query has no such hazard",
                    option=("allow", name),
                    hint="remove it, so that it can't hide one that comes later",
                )
        return tuple(sorted(self._hazards.values(), key=lambda one: (one.line, one.column)))

    def _left_out(self) -> Iterator[_Says]:
        """What is allowed, and what not every variant has and would have to."""
        for suspect in self.suspects:
            for says in suspect.says:
                rule = says[0]
                partly = RULES[rule].everywhere and not self._is_everywhere(says)
                if partly or rule in self.query.options.allow:
                    yield says

    def _is_everywhere(self, says: _Says) -> bool:
        return sum(says in suspect.says for suspect in self.suspects) == self.count

    def _when(self, variant: Variant, says: _Says) -> str:
        return "" if self._is_everywhere(says) else f" (with {variant.when})"


def _run(look: Look, names: Iterable[str] | None = None) -> Iterator[tuple[_Says, Found]]:
    for name in RULES if names is None else names:
        for found in RULES[name].check(look):
            yield (name, found.message, found.hint), found


def _place(variant: Variant, found: Found) -> Place:
    """The place in the file, as wide as the word there; the query's name if there is none."""
    if found.at < 0:
        return variant.query.place
    place = variant.place(found.at)
    word = _WORD.match(place.source, place.column - 1)
    return place._replace(width=max(place.width, len(word.group())) if word else place.width)
