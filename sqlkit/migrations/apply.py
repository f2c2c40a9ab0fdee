"""Applying and rolling back the migrations of a folder."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlkit.errors import MigrationError
from sqlkit.migrations.checking import adopt, check_applied, check_selected, look
from sqlkit.migrations.problem import refuse
from sqlkit.migrations.running import each, run
from sqlkit.migrations.standing import standings

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.folder import Folder
    from sqlkit.migrations.migration import Migration
    from sqlkit.migrations.standing import Standing


def apply(backend: Backend, folder: Folder, *, to: str | None = None) -> Generator[Migration]:
    """Apply what is pending, up to and with ``to``; gives each migration when it is done.

    All under the lock, which is held until the end. Raises `MigrationError` before anything is
    done, if files and database don't agree; psycopg's error, with a note, if a migration fails.
    """
    backend.ensure_internal_schema_updated()
    with backend.lock():
        adopt(backend, folder)
        check_applied(backend, folder, missing=True)
        wanted = _pending(backend, folder, to)
        check_selected(backend, folder, wanted)
        yield from each(backend, wanted)
        for migration in folder.post_apply if wanted else ():
            run(backend, migration, "apply", mark=False)


def roll_back(
    backend: Backend, folder: Folder, *, count: int | None = 1, to: str | None = None
) -> Generator[Migration]:
    """Roll back the last ``count`` (None: all), or all that come after ``to``.

    Gives each migration when it is done, the last first. Raises `MigrationError` before anything is
    done if one is dirty or can't be rolled back; psycopg's error, with a note, if a rollback fails.
    """
    backend.ensure_internal_schema_updated()
    with backend.lock():
        found, all_problems = look(backend, folder)
        refuse(one for one in all_problems if one.kind == "dirty")
        applied = [one for one in found if one.state in ("applied", "changed")]
        first = _first(applied, folder, count, to)
        after = _applied(applied[first - 1]) if first else datetime.min.replace(tzinfo=UTC)
        _refuse_missing([one for one in found if one.state == "missing"], after)
        chosen = applied[first:][::-1]
        for one in chosen:
            if one.state == "changed":
                backend.watcher.note(f"{one.id} was edited after it was applied")
        yield from each(backend, [one.migration for one in chosen if one.migration], "rollback")


def _first(applied: Sequence[Standing], folder: Folder, count: int | None, to: str | None) -> int:
    """The place of the first that is to be rolled back."""
    if to is None:
        return 0 if count is None else max(0, len(applied) - count)
    stays = folder.find(to).id
    ids = [one.id for one in applied]
    if stays not in ids:
        raise MigrationError(f"{stays} is not applied, so there is no going back to it")
    return ids.index(stays) + 1


def _refuse_missing(missing: Sequence[Standing], after: datetime) -> None:
    """What was applied later is rolled back first, and can't be without its file."""
    for one in missing:
        if _applied(one) > after:
            raise MigrationError(
                f"{one.id} would be rolled back, and its file is gone\n"
                f"hint: bring the file back (\"git log --all -- '*{one.id}*'\" finds it); if its "
                f'changes are undone, "sqlkit migrate resolve --rolled-back {one.id}" forgets it'
            )


def _applied(one: Standing) -> datetime:
    applied = one.record.applied if one.record else None
    return applied or datetime.min.replace(tzinfo=UTC)


def _pending(backend: Backend, folder: Folder, to: str | None) -> list[Migration]:
    found = standings(folder, backend.ledger.read())
    within = folder.up_to(to)
    return [
        one.migration
        for one in found
        if one.state == "pending" and one.migration and one.id in within
    ]
