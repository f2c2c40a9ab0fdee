"""A statement, or a function, on its way through the chain. Pure."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlkit.statement import Query, Statement

Phase: TypeAlias = Literal["unsent", "open", "sent"]
"""How far an attempt had got when it failed.

``unsent``: nothing that could change anything had been sent: it waited for a connection, connected,
prepared. ``open``: in a transaction whose COMMIT had not been sent, so that the server undoes it.
``sent``: a statement in autocommit, or a COMMIT, was on its way.
"""


class Call(msgspec.Struct, eq=False):
    """What the policies of a chain see of a call, and tell one another about it.

    ``name``: the query's, or the decorated function's. ``query``: None for a function and for what
    begins and ends transactions. ``inside``: it is part of a transaction, or of a held connection,
    that is open already. ``may_repeat``: doing it twice is the same as once; of a query it is only
    known from its description. ``began`` and ``deadline``: moments of `time.monotonic`.
    ``seconds``: how long it took, until its last attempt ended. ``attempts``: how often it was
    tried; ``failures``: how many of them were repeated for another reason than a conflict.
    ``phase``: of the last attempt; ``standby``: its server turned out to be one, which was not
    meant. ``result`` and ``error``: of the last attempt; a policy that leaves may replace them.
    ``database``: the name of the database. ``statements``: those of a batch, unless they can be
    read only once. ``depth``: how many policies it has entered, from the
    outermost one, but for the short way; the chain's own.
    """

    # A Struct is made in C, and each call makes one.
    name: str
    query: Query[Any] | None = None
    args: tuple[Any, ...] = ()
    database: str = ""
    deadline: float = inf
    began: float = msgspec.field(default_factory=lambda: monotonic())  # a test may replace it
    seconds: float = 0.0
    attempts: int = 0
    failures: int = 0
    depth: int = 0
    inside: bool = False
    may_repeat: bool = False
    standby: bool = False
    phase: Phase = "unsent"
    statements: Collection[Statement[Any]] = ()
    result: Any = None
    error: BaseException | None = None

    @property
    def rows(self) -> int:
        """How many rows the call gave or changed."""
        result, query = self.result, self.query
        if result is None or query is None:
            return 0
        if query.kind in ("one", "maybe"):
            return 1
        if isinstance(result, int):
            return result
        return len(result) if isinstance(result, list) else 0  # pyright: ignore[reportUnknownArgumentType] # of anything

    def renew(self) -> None:
        """Forget how the last attempt went, before another."""
        self.result = self.error = None
        self.phase = "unsent"

    def take_error(self) -> BaseException:
        """The error it ended with, of which the call lets go: its traceback holds the call."""
        error = cast("BaseException", self.error)
        self.error = None
        return error

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # a Struct's shows the arguments
        return [("name", self.name), ("attempts", self.attempts)]

    def __repr__(self) -> str:
        return f"<Call {self.name}, attempt {self.attempts}>"
