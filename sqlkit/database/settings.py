"""What a `Database` and an `AsyncDatabase` are told, and what they tell their pool. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from sqlkit.database import conninfo as where
from sqlkit.database.backends import Backends
from sqlkit.database.types import ADAPTERS
from sqlkit.errors import DeadlineExceeded
from sqlkit.policy.call import Call
from sqlkit.policy.deadline import current
from sqlkit.policy.default import default
from sqlkit.policy.flow import Chain
from sqlkit.policy.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.policy.flow import Policy
    from sqlkit.statement import Statement

# Seconds that closing waits for the pool's workers.
CLOSING = 2.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to connect and how long to wait; times in seconds."""

    name: str
    target: where.Target
    min_size: int
    max_size: int
    timeout: float
    pool_timeout: float
    connect_timeout: float
    read_only: bool
    chain: Chain
    backends: Backends = field(default_factory=Backends)

    @classmethod
    def of(
        cls,
        conninfo: str,
        *,
        read_only: bool,
        connect_timeout: float,
        timeout: float,
        policies: Sequence[Policy] | None,
        **rest: Any,
    ) -> Settings:
        """Settings from a database's arguments. Raises psycopg.ProgrammingError."""
        target = where.resolve(
            conninfo,
            os.environ,
            fallback_application_name="sqlkit",
            connect_timeout=max(2, round(connect_timeout)),
        )
        if read_only:
            target = where.Target(where.read_only(target.conninfo), target.origin)
        return cls(
            target=target,
            connect_timeout=connect_timeout,
            timeout=timeout,
            read_only=read_only,
            chain=Chain(default(timeout) if policies is None else policies),
            **rest,
        )

    def call(self, name: str, statement: Statement[Any] | None = None) -> Call:
        """A call of a statement, or of something else that has a name."""
        if statement is None:
            call = Call(name, database=self.name)
        else:
            call = Call(name, statement.query, statement.args, self.name)
        call.deadline = current()
        call.may_repeat = self.read_only
        return call

    def repeating(self) -> Chain:
        """The chain of `transact`, whose purpose is to repeat even where nothing else is."""
        policies = self.chain.policies
        if any(isinstance(policy, Retry) for policy in policies):
            return self.chain
        return Chain([*policies, Retry()])

    def pool_arguments(self) -> dict[str, Any]:
        """What the two classes of pool take alike."""
        return {
            "conninfo": self.target.conninfo,
            "kwargs": self.connection_arguments(),
            "min_size": self.min_size,
            "max_size": self.max_size,
            "timeout": self.pool_timeout,
            "name": self.name,
            "open": False,
        }

    def connection_arguments(self) -> dict[str, Any]:
        """What psycopg needs beside the conninfo.

        Nothing is prepared by psycopg itself: it would deallocate behind the driver's back.
        """
        return {"autocommit": True, "prepare_threshold": None, "context": ADAPTERS}

    def not_connected(self, error: psycopg.Error) -> BaseException:
        """The error for a server out of reach: psycopg's own, noting where the address is from."""
        if isinstance(error, psycopg.errors.ConnectionTimeout):
            return DeadlineExceeded(
                f"no connection to {where.describe(self.target.conninfo)} within "
                f"{self.connect_timeout:g} s ({self.target.origin})"
            )
        error.add_note(
            f"the address is from {self.target.origin}: {where.describe(self.target.conninfo)}"
        )
        return error

    def closed(self) -> str:
        """What to do about a pool that is closed."""
        return f"database {self.name!r} was closed: open() or a with block opens it again"

    def none_free(self) -> DeadlineExceeded:
        """The error for a pool whose connections are all in use."""
        return DeadlineExceeded(
            f"no connection of database {self.name!r} became free within {self.pool_timeout:g} s: "
            f"at most {self.max_size} are open (max_size)"
        )
