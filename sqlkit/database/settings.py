"""What a `Database` and an `AsyncDatabase` are told, and what they tell their pool. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlkit.database import values
from sqlkit.database.address import Address
from sqlkit.database.backends import Backends
from sqlkit.database.profile import Pooler, Profile, check_pooler
from sqlkit.database.types import ADAPTERS
from sqlkit.errors import NoSession
from sqlkit.policy.call import Call
from sqlkit.policy.deadline import current
from sqlkit.policy.default import default
from sqlkit.policy.flow import Chain
from sqlkit.policy.retry import Retry
from sqlkit.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.database.address import AsyncConninfo
    from sqlkit.database.conninfo import Target
    from sqlkit.policy.flow import Policy


# When a connection that leads nowhere is given up, where the conninfo doesn't say: what was sent is
# not acknowledged for so many milliseconds, or nothing was heard for a minute. PostgreSQL manual,
# 34.1.2 "Parameter Key Words".
_KEEPALIVES = {
    "tcp_user_timeout": 5000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to connect and how long to wait; times in seconds."""

    name: str
    address: Address
    min_size: int
    max_size: int
    max_waiting: int
    max_lifetime: float
    max_idle: float
    timeout: float
    pool_timeout: float
    connect_timeout: float
    startup_timeout: float
    read_only: bool
    pooler: Pooler | None
    chain: Chain
    backends: Backends = field(default_factory=Backends)

    @classmethod
    def of(
        cls,
        conninfo: AsyncConninfo,
        *,
        read_only: bool,
        pooler: Pooler | None,
        min_size: int,
        max_size: int,
        connect_timeout: float,
        timeout: float,
        policies: Sequence[Policy] | None,
        **rest: Any,
    ) -> Settings:
        """Settings from a database's arguments. Raises psycopg.ProgrammingError, ValueError."""
        if not 0 <= min_size <= max_size or max_size < 1:
            raise ValueError(
                f"a pool has at least 1 connection, and min_size ({min_size}) is not above "
                f"max_size ({max_size})"
            )
        check_pooler(pooler)
        address = Address(
            conninfo,
            read_only=read_only and pooler is None,  # poolers refuse options
            fallback_application_name="sqlkit",
            connect_timeout=max(2, round(connect_timeout)),
            **_KEEPALIVES,
        )
        return cls(
            address=address,
            min_size=min_size,
            max_size=max_size,
            connect_timeout=connect_timeout,
            timeout=timeout,
            read_only=read_only,
            pooler=pooler,
            chain=Chain(default(timeout) if policies is None else policies),
            **rest,
        )

    @property
    def profile(self) -> Profile:
        """How connections are set up."""
        return Profile(self.timeout, pooled=self.pooler is not None, read_only=self.read_only)

    def refuse_session(self) -> None:
        """Raise `NoSession` where no session is a client's own."""
        if self.pooler is not None:
            raise NoSession(
                f"database {self.name!r} is behind a pooler in transaction mode: what a held "
                "connection is for (LISTEN, advisory locks, session settings, temporary tables) "
                "would reach other clients, or get lost. Connect to PostgreSQL itself for it."
            )

    def call(self, statement: Statement[Any], method: str) -> Call:
        """A call of a statement by a method. Raises `WrongArgument` for what is no statement."""
        if type(statement) is not Statement:  # most are, so the call is saved
            values.check_statement(statement, method)
        query = statement.query
        call = Call(query.name, query, statement.args, self.name, current(), monotonic())
        call.may_repeat = self.read_only
        return call

    def named(self, name: str) -> Call:
        """A call of something else, by its name."""
        call = Call(name, database=self.name, deadline=current())
        call.may_repeat = self.read_only
        return call

    def repeating(self) -> Chain:
        """The chain of `transact`, whose purpose is to repeat even where nothing else is."""
        policies = self.chain.policies
        if any(isinstance(policy, Retry) for policy in policies):
            return self.chain
        return Chain([*policies, Retry()])

    def connection_arguments(self) -> dict[str, Any]:
        """What psycopg needs beside the conninfo.

        Nothing is prepared by psycopg itself: it would deallocate behind the driver's back.
        """
        return {"autocommit": True, "prepare_threshold": None, "context": ADAPTERS}

    @property
    def target(self) -> Target:
        """Where the last connection was opened to."""
        return self.address.target
