"""What squawk says of migrations, where it is installed: a linter that knows the text alone.

https://squawkhq.com. Its warnings are joined with what was measured, and never bring an exit status:
whether something is dangerous depends on the tables, which it doesn't see.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from glob import escape
from itertools import groupby
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from sqlkit.errors import ProjectError
from sqlkit.migrations.dry_run.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.migrations.migration import Migration

# Applying sets a lock timeout; the dry run measures how long a statement takes; what fails outside
# a transaction is dirty, and IF NOT EXISTS would pass over the INVALID index that it left; and what
# is an error of syntax is for the server to say.
_SEEN_TO = (
    *("require-lock-timeout", "require-statement-timeout", "require-timeout-settings"),
    *("prefer-robust-stmts", "syntax-error"),
)
_AT_ONCE = 200  # files, since a command line has an end


@dataclass(frozen=True, slots=True)
class Lint:
    """One warning of squawk's; ``line`` is the file's, counted from 1."""

    migration: str
    line: int
    rule: str
    message: str
    help: str | None

    @property
    def finding(self) -> Finding:
        """As a finding of the dry run."""
        return Finding("warning", self.message, safer=self.help, rule=f"squawk: {self.rule}")

    def as_dict(self) -> dict[str, Any]:
        """What ``migrate plan --json`` prints of it."""
        return asdict(self)


def find_squawk() -> Path | None:
    """The program: beside this Python, as pip installs it, or on the PATH."""
    beside = str(Path(sys.executable).parent)
    found = which("squawk", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    return Path(found) if found else None


def squawk(program: Path, migrations: Sequence[Migration], version: int) -> list[Lint]:
    """What it says of these files for a server of that version (``150004`` is 15.4).

    What ``.squawk.toml`` leaves out is left out. Raises `ProjectError` if it fails.
    """
    files = sorted((one for one in migrations if one.is_sql), key=lambda one: one.transactional)
    found: list[Lint] = []
    for transactional, group in groupby(files, key=lambda one: one.transactional):
        options = ["--pg-version", f"{version // 10000}.{version % 10000}"]
        options += ["--assume-in-transaction"] if transactional else []
        ids = {one.path.resolve(): one.id for one in group}
        names = [escape(str(path)) for path in ids]
        for at in range(0, len(names), _AT_ONCE):
            found += _lints(_asked(program, options, names[at : at + _AT_ONCE]), ids)
    order = {one.id: number for number, one in enumerate(migrations)}
    return sorted(found, key=lambda lint: (order[lint.migration], lint.line))


def _asked(program: Path, options: Sequence[str], paths: Sequence[str]) -> list[dict[str, Any]]:
    line = [str(program), "--reporter", "json", *options, *paths]
    done = subprocess.run(  # noqa: S603 - the program that was found
        line, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    try:
        said: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    except json.JSONDecodeError:
        said = []
    if done.returncode not in (0, 1) or (done.returncode and not said):
        raise ProjectError(
            f"squawk failed: {(done.stderr or done.stdout).strip()}\n"
            "hint: [tool.sqlkit.migrate] squawk = false leaves it out"
        )
    return said


def _lints(said: Sequence[dict[str, Any]], ids: dict[Path, str]) -> Iterator[Lint]:
    for one in said:
        if one["rule_name"] not in _SEEN_TO:
            id_ = ids[Path(one["file"]).resolve()]
            line = int(one["line"]) + 1  # it counts from 0
            yield Lint(id_, line, one["rule_name"], one["message"], one.get("help"))
