"""One migration, tried within the dry run's transaction, statement by statement."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from sqlkit.migrations.dry_run import guard
from sqlkit.migrations.dry_run.difference import difference
from sqlkit.migrations.dry_run.facts import Facts, Touched
from sqlkit.migrations.dry_run.modes import EXCLUSIVE, strongest
from sqlkit.migrations.dry_run.observe import moment, sizes
from sqlkit.migrations.dry_run.substitute import substitute
from sqlkit.migrations.retry import repeated
from sqlkit.migrations.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from sqlkit.migrations.backend import Backend
    from sqlkit.migrations.dry_run.observe import Moment
    from sqlkit.migrations.migration import Migration

_DEFERRED = """
select n.nspname, c.conname
from pg_constraint c
join pg_namespace n on n.oid = c.connamespace
where c.condeferred
"""
_OUTSIDE = "it runs only outside a transaction, and there is no form of it that runs in one"
_NEW_ENUM_VALUE = "55P04"  # unsafe_new_enum_value_usage
_ADDS_VALUE = re.compile(r"\badd\s+value\b", re.IGNORECASE)


@dataclass
class Trial:
    """``known`` are the tables that were there before the dry run, by oid."""

    backend: Backend
    migration: Migration
    known: Collection[int]
    _taken: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    _names: dict[int, str] = field(default_factory=dict[int, str])

    def run(self) -> Iterator[Facts]:
        """Try each statement; then what is deferred to the transaction's end."""
        if self.migration.is_sql:
            for number, statement in enumerate(self.migration.statements, 1):
                self.backend.watcher.step(number, len(self.migration.statements))
                yield self._statement(statement)
        else:
            yield from self._python()
        if deferred := self._deferred():
            yield deferred

    def _statement(self, statement: Statement) -> Facts:
        facts = self._facts(statement)
        text = statement.sql
        if statement.needs_no_transaction:
            other = substitute(text)
            if other is None:
                return replace(facts, skipped=_OUTSIDE)
            text, facts = other, replace(facts, substitute=other)
        return self._try(facts, partial(self._execute, text))

    def _execute(self, text: str) -> None:
        self.backend.connection.execute(text.encode())

    def _python(self) -> Iterator[Facts]:
        """The steps of a ``.py`` file, each as one statement."""
        source = self.migration.source
        source.load()
        for number, step in enumerate(source.steps, 1):
            self.backend.watcher.step(number, len(source.steps))
            facts = self._facts(Statement(f"step {number} of {len(source.steps)}", 1))
            if reason := self._unfit():
                yield replace(facts, skipped=reason)
            else:
                yield self._try(facts, partial(step.apply, self.backend, False))

    def _unfit(self) -> str | None:
        """Why a ``.py`` file can't be tried in a transaction; None if it can."""
        if not self.migration.transactional:
            return "it is Python that runs outside a transaction"
        if guard.ends_transaction(self.migration.text):
            return "it is Python that ends its transaction itself"
        return None

    def _deferred(self) -> Facts | None:
        """Check now what COMMIT would; None if it holds. Then constraints are as they were."""
        connection = self.backend.connection
        names = connection.execute(_DEFERRED).fetchall()
        if not names:
            return None
        facts = self._facts(Statement("set constraints all immediate", 1))
        facts = self._try(facts, partial(self._execute, facts.sql))
        if facts.error:
            return facts
        listed = sql.SQL(", ").join(sql.Identifier(*name) for name in names)
        connection.execute(sql.SQL("set constraints {} deferred").format(listed))
        return None

    def _facts(self, statement: Statement) -> Facts:
        one = self.migration
        return Facts(migration=one.id, path=one.path, line=statement.line, sql=statement.sql)

    def _try(self, facts: Facts, run: Callable[[], Any]) -> Facts:
        """Run it in a savepoint, and see what it did."""
        connection, settings = self.backend.connection, self.backend.settings
        before = moment(connection)

        def attempt() -> None:
            with connection.transaction():
                run()

        began = time.perf_counter()
        try:
            once = replace(settings, attempts=1)
            repeated(attempt, once, connection, self.backend.watcher.note)
        except psycopg.Error as error:
            if connection.info.transaction_status != TransactionStatus.INTRANS:
                error.add_note(f"the dry run's transaction ended in {facts.place}: {facts.sql}")
                raise
            seconds = time.perf_counter() - began
            if error.sqlstate == _NEW_ENUM_VALUE and not self._adds_value():
                return replace(facts, seconds=seconds, skipped=_enum(error))
            return replace(facts, seconds=seconds, error=_said(error))
        seconds = time.perf_counter() - began
        touched = self._touched(facts, before, moment(connection))
        return replace(facts, seconds=seconds, touched=touched)

    def _adds_value(self) -> bool:
        """Whether the migration itself adds a value to an enum: then applying it fails, too."""
        return any(_ADDS_VALUE.search(one.sql) for one in self.migration.statements)

    def _touched(self, facts: Facts, before: Moment, after: Moment) -> tuple[Touched, ...]:
        """What the statement did, and with it which tables the migration keeps locked."""
        text = Statement(facts.sql, facts.line).bare
        concurrent = facts.substitute is not None
        found = difference(text, before, after, known=self.known, concurrent=concurrent)
        for oid, one in found.items():
            self._taken.setdefault(oid, set()).update(one.locks)
            self._names[oid] = one.table
        for oid, modes in self._taken.items():
            if oid not in found and EXCLUSIVE in modes:
                found[oid] = Touched(table=self._names[oid])
        size = sizes(self.backend.connection, list(found))
        return tuple(
            replace(one, held=strongest(self._taken[oid]), size=size[oid])
            for oid, one in sorted(found.items(), key=lambda pair: pair[1].table)
        )


def _enum(error: psycopg.Error) -> str:
    return (
        f"{error.diag.message_primary}: its value was added in the same transaction; applied, it "
        "works if a migration of its own adds it"
    )


def _said(error: psycopg.Error) -> str:
    """What the server said, without the details, which have data; and who was in the way."""
    message = error.diag.message_primary or str(error)
    notes = getattr(error, "__notes__", [])
    return "\n".join([f"{message} [{error.sqlstate}]", *notes])
