"""Asks PostgreSQL what queries are. What the answers mean is decided elsewhere.

Everything happens in one transaction that is rolled back; no query is ever executed. The texts go
a few at a time, and of each analysed tree only the findings are kept: how much memory it takes
doesn't depend on how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from psycopg import pq

from sqlkit.describe.asking import Asking
from sqlkit.describe.conclude import conclude, describe_script
from sqlkit.describe.connection import Server
from sqlkit.describe.findings import Findings
from sqlkit.describe.hazards import Search, check_allowed
from sqlkit.describe.locating import Locating
from sqlkit.describe.nullability import World
from sqlkit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import psycopg

    from sqlkit.describe.catalog import Catalog
    from sqlkit.describe.description import Description
    from sqlkit.describe.findings import Answer
    from sqlkit.sqlfile import Query, Variant

_AT_ONCE = 32


def describe(
    connection: psycopg.Connection[Any], queries: Sequence[Query], *, hazards: bool = False
) -> list[Description | SourceError]:
    """What PostgreSQL says of each query, in order; one bad query doesn't hide the others.

    ``hazards``: look for these too; an ``@allow`` that allows none is an error then.
    Changes nothing: all is rolled back. Raises `psycopg.Error` if the connection fails.
    """
    outermost = connection.info.transaction_status == pq.TransactionStatus.IDLE
    all_asked = [
        _Asked(query, Findings(query), Search(query) if hazards else None) for query in queries
    ]
    with connection.transaction(force_rollback=True):
        if outermost and connection.info.parameter_status("in_hot_standby") != "on":
            # A guard against accidents, where it is set, would forbid even a temporary function.
            connection.execute("set transaction read write")
        asking = Asking(Server(connection))
        world = World.of(asking.catalog)
        texts = _texts(all_asked)
        while some := list(islice(texts, _AT_ONCE)):
            _ask(some, asking, world)
        if any(asked.search and asked.search.suspects for asked in all_asked):
            locating = Locating(connection)
            for asked in all_asked:
                asked.locate(locating, asking.catalog)
    return [asked.answer(asking.catalog) for asked in all_asked]


def _ask(texts: Sequence[tuple[_Asked, Variant]], asking: Asking, world: World) -> None:
    answers = asking.answers([variant for _, variant in texts])
    for (asked, _), answer in zip(texts, answers, strict=True):
        asked.take(answer, asking.catalog, world)


@dataclass(slots=True)
class _Asked:
    """A query and what is known of it; after an error nothing more is asked."""

    query: Query
    findings: Findings
    search: Search | None = None
    error: SourceError | None = None

    def variants(self) -> Iterator[Variant]:
        try:
            for variant in self.query.variants() if self.query.kind != "script" else ():
                if self.error:
                    return
                yield variant
        except SourceError as error:
            self.error = error

    def take(self, answer: Answer | SourceError, catalog: Catalog, world: World) -> None:
        try:
            if isinstance(answer, SourceError):
                raise answer
            if self.error is None:
                self.findings.add(answer, catalog, world)
                if self.search:
                    self._search(self.search, answer, catalog)
        except SourceError as error:
            self.error = self.error or error

    def _search(self, search: Search, answer: Answer, catalog: Catalog) -> None:
        kind = self.query.kind or ("many" if answer.columns else "exec")
        search.look(answer.variant, answer.parameters, kind, answer.tree, catalog)

    def locate(self, locating: Locating, catalog: Catalog) -> None:
        """Find out where the hazards stand."""
        if self.search is None or self.error:
            return
        for suspect in self.search.wanted():
            tree = locating.tree(suspect.variant.sql, suspect.parameters)
            self.search.find(suspect, tree, catalog)

    def answer(self, catalog: Catalog) -> Description | SourceError:
        if self.error:
            return self.error
        try:
            check_allowed(self.query)
            found = self.search.hazards() if self.search else ()
            if self.query.kind == "script":
                return describe_script(self.query)
            return replace(conclude(self.findings, catalog), hazards=found)
        except SourceError as error:
            return error


def _texts(all_asked: Iterable[_Asked]) -> Iterator[tuple[_Asked, Variant]]:
    for asked in all_asked:
        for variant in asked.variants():
            yield asked, variant
