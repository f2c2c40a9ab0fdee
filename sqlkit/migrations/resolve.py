"""Saying by hand how a migration stands; nothing of it is run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlkit.errors import MigrationError
from sqlkit.migrations.alone import drop_invalid
from sqlkit.migrations.folder import named
from sqlkit.migrations.index import invalid_indexes
from sqlkit.migrations.optional import yoyo
from sqlkit.migrations.standing import standings

if TYPE_CHECKING:
    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.folder import Folder
    from sqlkit.migrations.index import InvalidIndex
    from sqlkit.migrations.standing import Standing


def resolve_applied(backend: Backend, folder: Folder, id_: str) -> str:
    """Record a migration as applied, as its file is now; gives its whole id.

    For one that is dirty, was edited, or was done by hand. Raises `MigrationError`.
    """
    backend.ensure_internal_schema_updated()
    with backend.lock():
        one = _find(backend, folder, id_)
        if one.migration is None:
            raise MigrationError(
                f"the file of {one.id} is gone, so it can't be held to be applied\n"
                f'hint: bring it back, or forget it with "--rolled-back {one.id}"'
            )
        if one.state == "applied" and not one.unrecorded:
            raise MigrationError(f"{one.id} is applied, as its file says: nothing to resolve")
        _refuse_invalid(one, _invalid(backend, one))
        with backend.transaction():
            if backend.ledger.has(one.id):
                backend.ledger.record(one.id, one.migration.sha256)
            else:
                backend.mark_one(one.migration.source)
    return one.id


def resolve_rolled_back(backend: Backend, folder: Folder, id_: str) -> str:
    """Record a migration as not applied; gives its whole id.

    For one that is dirty, was undone by hand, or whose file is gone. Raises `MigrationError`, also
    if it left an INVALID index, unless the settings say to drop that.
    """
    backend.ensure_internal_schema_updated()
    with backend.lock():
        one = _find(backend, folder, id_)
        if one.state == "pending":
            raise MigrationError(f"{one.id} is pending: nothing to resolve")
        left = _invalid(backend, one)
        if backend.settings.drop_invalid:
            drop_invalid(backend, left)
        else:
            _refuse_invalid(one, left)
        with backend.transaction():
            backend.unmark_one(_source(one))
    return one.id


def _find(backend: Backend, folder: Folder, id_: str) -> Standing:
    known = {one.id: one for one in standings(folder, backend.ledger.read())}
    return known[named(id_, known)]


def _invalid(backend: Backend, one: Standing) -> list[InvalidIndex]:
    if one.migration is None or one.migration.transactional:
        return []
    return invalid_indexes(backend.connection, one.migration.statements)


def _refuse_invalid(one: Standing, left: list[InvalidIndex]) -> None:
    if left:
        raise MigrationError(
            f"{one.id} left the INVALID index {', '.join(map(str, left))}, which queries can't use "
            "and which is in the way of another try\n"
            f'hint: "sqlkit migrate resolve --rolled-back {one.id} --drop-invalid" drops it; then '
            "apply again"
        )


def _source(one: Standing) -> Any:
    """yoyo's migration, or what it needs of one whose file is gone."""
    if one.migration is not None:
        return one.migration.source
    return SimpleNamespace(id=one.id, hash=yoyo("yoyo.migrations").get_migration_hash(one.id))
