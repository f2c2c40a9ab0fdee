"""Holding files against a database, and refusing to go on where they don't agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.migrations.index import invalid_indexes
from sqlkit.migrations.problem import Problem, problems, refuse
from sqlkit.migrations.refusal import refuse_statements
from sqlkit.migrations.standing import standings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.folder import Folder
    from sqlkit.migrations.migration import Migration
    from sqlkit.migrations.standing import Standing


def look(backend: Backend, folder: Folder) -> tuple[tuple[Standing, ...], list[Problem]]:
    """How each migration stands, and what is the matter with them. Writes nothing."""
    found = standings(folder, backend.ledger.read())
    return found, _problems(backend, found)


def adopt(backend: Backend, folder: Folder) -> None:
    """Record the checksums of what yoyo's own backend applied; the ledger must be there."""
    found = standings(folder, backend.ledger.read())
    new = [one.migration for one in found if one.unrecorded and one.migration]
    if not new:
        return
    with backend.lock(), backend.transaction():
        for migration in new:
            backend.ledger.record(migration.id, migration.sha256)
    backend.watcher.note(
        f"{_listed([one.id for one in new])} had been applied without a checksum: from now on "
        "an edit is noticed"
    )


def check_applied(backend: Backend, folder: Folder, *, missing: bool) -> None:
    """Refuse files that were edited since they were applied and, if asked, files that are gone."""
    kinds = ("changed", "missing") if missing else ("changed",)
    found = standings(folder, backend.ledger.read())
    refuse(one for one in _problems(backend, found) if one.kind in kinds)


def check_selected(backend: Backend, folder: Folder, wanted: Sequence[Migration]) -> None:
    """Refuse to apply these while something is dirty, out of order, or where one can't be run."""
    selected = {one.id for one in wanted}
    found = standings(folder, backend.ledger.read())
    kinds = ("dirty", "order", "heads")
    refuse(one for one in _problems(backend, found, selected) if one.kind in kinds)
    for migration in wanted:
        refuse_statements(migration, migration.statements)


def _problems(
    backend: Backend, found: Sequence[Standing], selected: Collection[str] | None = None
) -> list[Problem]:
    return problems(
        found,
        out_of_order=backend.settings.out_of_order,
        selected=selected,
        left=dict(_left(backend, found)),
    )


def _left(backend: Backend, found: Sequence[Standing]) -> Iterator[tuple[str, list[str]]]:
    """The INVALID indexes of dirty migrations, by id."""
    for one in found:
        if one.state == "dirty" and one.migration:
            statements = (*one.migration.statements, *one.migration.rollback)
            yield one.id, [str(index) for index in invalid_indexes(backend.connection, statements)]


def _listed(ids: Sequence[str], most: int = 3) -> str:
    return ", ".join(ids) if len(ids) <= most else f"{len(ids)} migrations ({ids[0]} … {ids[-1]})"
