"""What importing costs: sqlkit with its databases, beside psycopg with its pool and alone."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark
from benchmarks.measure.sample import each

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.measure.sample import Way, Ways
    from benchmarks.run.place import Place

CODES = {
    "sqlkit": "import sqlkit",
    "sqlkit, with its databases": "from sqlkit import Database, AsyncDatabase, Statement",
    "psycopg": "import psycopg",
    "psycopg, with its pool": "import psycopg, psycopg_pool",
    "nothing": "pass",
}


@contextmanager
def _ways(_: Place) -> Generator[Ways]:
    yield {name: _process(code) for name, code in CODES.items()}


def _process(code: str) -> Way:
    """A whole process; "nothing" is what the interpreter itself takes."""
    way = each(lambda: subprocess.run([sys.executable, "-c", code], check=True))
    return lambda calls: way(calls)._replace(cpu=None)  # the client's is this process's


BENCHMARK = Benchmark("imports", "a process that imports", _ways)
