"""How each migration stands: what the files say, held against what the database says. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlkit.migrations.folder import Folder
    from sqlkit.migrations.migration import Migration

State: TypeAlias = Literal["applied", "pending", "changed", "missing", "dirty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the database says of one migration.

    ``applied`` is the moment that yoyo's ledger has, None if it isn't there. ``sha256`` is None
    where nobody recorded a checksum, as when yoyo's own backend applied it. ``duration`` is in
    seconds.
    """

    id: str
    applied: datetime | None = None
    sha256: str | None = None
    started: datetime | None = None
    duration: float | None = None
    dirty: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One migration: its state, its file and its record, of which one may be missing."""

    id: str
    state: State
    migration: Migration | None
    record: Record | None

    @property
    def unrecorded(self) -> bool:
        """Whether it is applied without a checksum: by yoyo's own backend, say."""
        record = self.record
        return self.state == "applied" and record is not None and record.sha256 is None

    def as_dict(self) -> dict[str, Any]:
        """What ``migrate status --json`` prints of it."""
        record, migration = self.record or Record(id=self.id), self.migration
        return {
            "id": self.id,
            "state": self.state,
            "file": migration.path.as_posix() if migration else None,
            "sha256": migration.sha256 if migration else None,
            "applied_sha256": record.sha256,
            "applied": record.applied.isoformat() if record.applied else None,
            "started": record.started.isoformat() if record.started else None,
            "seconds": record.duration,
            "transactional": migration.transactional if migration else None,
            "error": record.error,
        }


def standings(folder: Folder, records: Mapping[str, Record]) -> tuple[Standing, ...]:
    """Each migration in order, then those that only the database knows, oldest first."""
    known = [_standing(migration, records.get(migration.id)) for migration in folder]
    ids = {one.id for one in known}
    gone = [record for id_, record in records.items() if id_ not in ids]
    return (
        *known,
        *(
            Standing(record.id, "dirty" if record.dirty else "missing", None, record)
            for record in gone
            if record.dirty or record.applied
        ),
    )


def _standing(migration: Migration, record: Record | None) -> Standing:
    return Standing(migration.id, _state(migration, record), migration, record)


def _state(migration: Migration, record: Record | None) -> State:
    if record is None:
        return "pending"
    if record.dirty:
        return "dirty"
    if record.applied is None:
        return "pending"
    if record.sha256 not in (None, migration.sha256):
        return "changed"
    return "applied"
