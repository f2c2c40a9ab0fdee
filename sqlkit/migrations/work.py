"""One migration on its way: what is asked for, its steps, and its mark."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import psycopg

from sqlkit.migrations.session import own_role

if TYPE_CHECKING:
    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.migration import Migration
    from sqlkit.migrations.statement import Statement

Direction: TypeAlias = Literal["apply", "rollback"]


@dataclass(frozen=True, slots=True)
class Work:
    """A migration to be applied or rolled back.

    ``force``: yoyo's, errors of single steps are passed over. ``mark``: whether the ledger is to
    say so; it isn't for what is run after each apply.
    """

    backend: Backend
    migration: Migration
    direction: Direction
    force: bool = False
    mark: bool = True
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _clock: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self._clock

    @property
    def name(self) -> str:
        """``the migration 0001.users``, as notes begin with it."""
        suffix = " (its rollback)" if self.direction == "rollback" else ""
        return f"the migration {self.migration.id}{suffix}"

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that are to be run."""
        one = self.migration
        return one.statements if self.direction == "apply" else one.rollback

    def run_steps(self) -> None:
        """Run yoyo's steps. What PostgreSQL refuses gets a note with the file and the line."""
        steps: list[Any] = self.migration.source.steps
        indexes = range(len(steps))
        for number, index in enumerate(indexes if self.direction == "apply" else indexes[::-1], 1):
            self.backend.watcher.step(number, len(steps))
            try:
                getattr(steps[index], self.direction)(self.backend, self.force)
            except Exception as error:
                error.add_note(f"in {self.name}, {self._place(index, error)}")
                raise

    def finish(self) -> None:
        """Log it, and mark it in the ledger."""
        own_role(self.backend.connection)
        backend, source = self.backend, self.migration.source
        backend.log_migration(source, self.direction)
        if not self.mark:
            return
        if self.direction == "apply":
            timing: dict[str, Any] = {"started": self.started, "duration": self.seconds}
            backend.mark_one(source, log=False, **timing)
        else:
            backend.unmark_one(source, log=False)

    def _place(self, index: int, error: Exception) -> str:
        rollback = self.direction == "rollback" and self.migration.is_sql
        path = self.migration.rollback_path if rollback else self.migration.path
        # yoyo pairs the last statement of the rollback with the first step.
        at = len(self.statements) - 1 - index if rollback else index
        if not 0 <= at < len(self.statements):
            return str(path)
        position = error.diag.statement_position if isinstance(error, psycopg.Error) else None
        return f"{path}:{self.statements[at].line_of(int(position or 1))}"
