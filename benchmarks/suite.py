"""All benchmarks, on a server of their own with the reference data layer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import chain, imports, machine, one_row
from sql.seeds import seed
from sqlkit import Database
from sqlkit.testing import migrate
from sqlkit.testing.server import throwaway

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.measure import Effort, Measured

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark's figures: ``way`` against each of ``baselines``."""

    name: str
    way: str
    baselines: tuple[str, ...]
    measured: Measured

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``; times in seconds."""
        ways = (self.way, *self.baselines)
        return {
            "name": self.name,
            "seconds": {way: self.measured.median(way) for way in ways},
            "spread": {way: self.measured.spread(way) for way in ways},
            "ratio": {base: self.measured.ratio(self.way, base) for base in self.baselines},
        }


def run(effort: Effort, tell: Callable[[str], None]) -> tuple[dict[str, str], list[Result]]:
    """Run every benchmark; ``tell`` hears what is going on. Gives the machine and the results."""
    tell("imports")
    importing = imports.cost(max(effort.rounds, 15))
    pinned = machine.pin()
    tell("the chain")
    policies = chain.cost(effort)
    with throwaway() as server, server.database() as url:
        migrate.apply(url, ROOT / "migrations")
        with Database(url) as db:
            seed(db)
        tell("one row by key, sync")
        sync = one_row.sync(url, effort)
        tell("one row by key, async")
        tasks = asyncio.run(one_row.asynchronous(url, effort))
        about = {**machine.description(server), "pinned": pinned}
    return about, [
        Result("one row by key, sync", "sqlkit", one_row.BASELINES, sync),
        Result("one row by key, async", "sqlkit", one_row.BASELINES, tasks),
        Result("an empty call", chain.WAY, chain.BASELINES, policies),
        Result("import", "import sqlkit", ("import psycopg",), importing),
        Result("import", "from sqlkit import Database", ("import psycopg",), importing),
    ]
