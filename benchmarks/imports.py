"""What importing costs: sqlkit with its databases, beside psycopg with its pool and alone."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measure import Effort, Measured, interleaved

WAYS = {
    "import sqlkit": "import sqlkit",
    "from sqlkit import Database": "from sqlkit import Database, AsyncDatabase, Statement",
    "import psycopg": "import psycopg",
    "nothing": "pass",
}


def cost(rounds: int) -> Measured:
    """Whole processes, in turn; "nothing" is what the interpreter itself takes."""
    ways = {way: lambda code=code: _process(code) for way, code in WAYS.items()}
    return interleaved(ways, Effort(rounds, calls=1))


def _process(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
