"""Where benchmarks take place: a server of their own, with a realistic data set in it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.run import data, machine
from sqlkit import Database, sql
from sqlkit.testing import migrate
from sqlkit.testing.server import throwaway

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

HERE = Path(__file__).parent.parent
ROOT = HERE.parent

# Nothing is to happen on its own while something is timed.
SETTINGS = {"autovacuum": "off", "jit": "off", "shared_buffers": "256MB", "max_wal_size": "4GB"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the data is and what it runs on.

    ``url`` has users and campaigns, ``readings`` the readings; ``server`` is the server's first
    process, where it is ours.
    """

    url: str
    readings: str
    machine: dict[str, str]
    server: int | None
    major: int

    def user_ids(self) -> Iterator[int]:
        """Ids of users in random order, without end."""
        return cycle(Random(1).sample(range(1, data.USERS + 1), 1000))

    def campaign_ids(self) -> Iterator[int]:
        """Ids of campaigns in random order, without end."""
        return cycle(Random(2).sample(range(1, data.CAMPAIGNS + 1), 1000))


@contextmanager
def prepared(tell: Callable[[str], None]) -> Generator[Place]:
    """Start the server and fill it; ``tell`` hears what is going on."""
    tell("starting a server")
    with throwaway(SETTINGS) as server, server.database() as url, server.database() as other:
        about = machine.description(server, SETTINGS)
        tell(f"filling it: {data.USERS:,} users, {data.CAMPAIGNS:,} campaigns")
        _fill(url, ROOT / "migrations", data.fill)
        _fill(other, HERE / "migrations", data.fill_readings)
        yield Place(url, other, about, server.pid, server.major)


def _fill(url: str, migrations: Path, fill: Callable[[Database], None]) -> None:
    migrate.apply(url, migrations)
    with Database(url, timeout=300.0) as db:
        fill(db)
        db.run(sql("vacuum analyze", kind="exec"))
