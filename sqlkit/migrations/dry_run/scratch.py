"""Applying migrations for real on a copy of the schema, to see whether their rollbacks reverse."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import psycopg

from sqlkit.migrations.running import each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.migration import Migration

Outcome: TypeAlias = Literal["reversed", "differs", "failed", "no rollback", "not reached"]


@dataclass(frozen=True, slots=True)
class Reversal:
    """What rolling one migration back did.

    ``detail`` of one that differs: the schema before it was applied against the one that its
    rollback left, as a unified diff; of one that failed: why.
    """

    id: str
    outcome: Outcome
    detail: str = ""

    @property
    def is_dangerous(self) -> bool:
        """Whether there is a rollback, and it does something else than reversing."""
        return self.outcome in ("differs", "failed")

    def as_dict(self) -> dict[str, Any]:
        """What ``--dry-run=scratch --json`` prints of it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Again:
    """What applying once more did: ``outcome`` is ``equal``, ``differs`` or ``failed``."""

    outcome: Literal["equal", "differs", "failed"]
    detail: str = ""


def scratch(
    backend: Backend, wanted: Sequence[Migration], dump: Callable[[], str]
) -> tuple[list[Reversal], Again]:
    """Apply these, roll them back, the last first, and apply them again; compare the schemas.

    ``backend`` is of a throw-away database that has the schema before them, ``dump`` gives its
    schema. Raises psycopg's error, with a note, if applying fails the first time.
    """
    schemas = [dump()]
    for _ in each(backend, wanted):
        schemas.append(dump())  # noqa: PERF401 - one after each is what it is about
    found = list(_rolled_back(backend, wanted, schemas, dump))
    gone = sum(one.outcome in ("reversed", "differs") for one in found)
    return found, _again(backend, wanted[len(wanted) - gone :], schemas[-1], dump)


def _rolled_back(
    backend: Backend, wanted: Sequence[Migration], schemas: Sequence[str], dump: Callable[[], str]
) -> Iterator[Reversal]:
    stopped = False
    left: Counter[str] = Counter()
    for migration, before in zip(reversed(wanted), reversed(schemas[:-1]), strict=True):
        if stopped:
            yield Reversal(migration.id, "not reached")
            continue
        one = _reversal(backend, migration, before, dump)
        lines = Counter(one.detail.splitlines()[2:]) if one.outcome == "differs" else left
        if lines and not {line for line in lines - left if line[0] in "+-"}:
            one = Reversal(migration.id, "reversed")  # all that differs, a later one left
        left = lines
        stopped = one.outcome in ("failed", "no rollback")
        yield one


def _reversal(
    backend: Backend, migration: Migration, before: str, dump: Callable[[], str]
) -> Reversal:
    if not migration.has_rollback:
        return Reversal(migration.id, "no rollback")
    try:
        for _ in each(backend, [migration], "rollback"):
            pass
    except psycopg.Error as error:
        return Reversal(migration.id, "failed", _said(error))
    difference = _difference(before, dump(), "before", "after the rollback")
    return Reversal(migration.id, "differs" if difference else "reversed", difference)


def _again(
    backend: Backend, migrations: Sequence[Migration], before: str, dump: Callable[[], str]
) -> Again:
    try:
        for _ in each(backend, migrations):
            pass
    except psycopg.Error as error:
        return Again("failed", _said(error))
    difference = _difference(before, dump(), "applied", "applied again")
    return Again("differs" if difference else "equal", difference)


def _difference(one: str, other: str, first: str, second: str) -> str:
    lines = unified_diff(one.splitlines(), other.splitlines(), first, second, lineterm="")
    return "\n".join(lines)


def _said(error: psycopg.Error) -> str:
    return "\n".join([str(error), *getattr(error, "__notes__", ())])
