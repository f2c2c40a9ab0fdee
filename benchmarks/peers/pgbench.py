"""``pgbench -M prepared`` on a query of sql/: what the server and the protocol alone take."""

from __future__ import annotations

import re
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure.sample import Sample
from benchmarks.peers import Missing
from benchmarks.peers.text import with_names
from sqlkit.errors import NoServer
from sqlkit.testing.server import find_binaries

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.measure.sample import Ways
    from benchmarks.run.place import Place
    from sqlkit import Statement

NAME = "pgbench"


@contextmanager
def floor(place: Place, statement: Statement[Any], *variables: str) -> Generator[Ways]:
    r"""The way "pgbench" through a statement's text, each parameter set as ``\set`` says.

    Raises `Missing` where there is no pgbench.
    """
    program = _program(place.major)
    script = [f"\\set {one}" for one in variables]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "query.sql")
        file.write_text("\n".join([*script, with_names(statement) + ";"]) + "\n", encoding="utf-8")

        def way(calls: int) -> Sample:
            command = [
                str(program),
                "-n",
                "-M",
                "prepared",
                "-f",
                str(file),
                "-t",
                str(calls),
                place.url,
            ]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            return Sample(_seconds(said), None, [])

        yield {NAME: way}


def _seconds(said: str) -> float:
    """Seconds a transaction; the rate has more digits than the latency that is shown."""
    match = re.search(r"^tps = ([\d.]+)", said, re.MULTILINE)
    if match is None:
        raise ValueError(f"pgbench says no rate: {said}")
    return 1 / float(match[1])


def _program(major: int) -> Path:
    try:
        program = find_binaries(major).bindir / "pgbench"
    except NoServer:
        raise Missing(NAME, "the server's programs are not on this machine") from None
    if not program.is_file():
        raise Missing(NAME, f"there is no pgbench in {program.parent}")
    return program
