"""``sqlkit migrate apply --dry-run``: what applying would do, for people or as JSON."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlkit.cli.copied import copied, find_pg_dump
from sqlkit.cli.linted import linted
from sqlkit.cli.migrating import opened, shown
from sqlkit.cli.reversals import print_reversals
from sqlkit.cli.table import print_json
from sqlkit.cli.tried import dangerous, print_tried
from sqlkit.migrations import look, plan
from sqlkit.migrations.checking import check_applied, check_selected
from sqlkit.migrations.dry_run import Again, findings, scratch, verify
from sqlkit.migrations.dry_run.dump import dump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.migrations import Folder, Migration, Settings
    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.dry_run import Facts, Finding, Limits, Lint
    from sqlkit.project import DatabaseFolders, Project


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
        wanted = _wanted(backend, folder, to)
        facts = verify(backend, folder, wanted, limits)
        tried = [*wanted, *(folder.post_apply if wanted else ())]
        lints = linted(target.project, backend, tried)
    found = _joined(facts, limits, tried, lints)
    print_tried(found, len(tried), as_json=as_json)
    return dangerous(found)


def reverse(target: Target, *, to: str | None, as_json: bool) -> bool:
    """Try what is pending on a copy of the schema; whether a rollback doesn't reverse."""
    with opened(target.project, target.folders, target.dsn, target.settings) as (backend, folder):
        check_applied(backend, folder, missing=True)
        pending = _wanted(backend, folder, to)
        check_selected(backend, folder, pending)
        program = find_pg_dump(backend)
        schema = dump(program, backend) if pending else ""
        version = backend.connection.info.server_version // 10000
    if pending:
        with copied(schema, version, target.settings) as copy, shown(copy, quiet=True):
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


def _joined(
    facts: Sequence[Facts], limits: Limits, wanted: Sequence[Migration], lints: Sequence[Lint]
) -> list[tuple[Facts, list[Finding]]]:
    """Our findings of each statement, and squawk's."""
    migrations = {one.id: one for one in wanted}
    others: defaultdict[tuple[str, int], list[Finding]] = defaultdict(list)
    for lint in lints:
        lines = [one.line for one in migrations[lint.migration].statements]
        begins = max((line for line in lines if line <= lint.line), default=1)
        others[lint.migration, begins].append(lint.finding)
    return [
        (one, [*findings(one, limits), *others.pop((one.migration, one.line), ())]) for one in facts
    ]


def _wanted(backend: Backend, folder: Folder, to: str | None) -> list[Migration]:
    standings, _ = look(backend, folder)
    return [one.migration for one in plan(standings, folder.up_to(to))]
