"""One read on its way over a lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlkit.errors import DeadlineExceeded

if TYPE_CHECKING:
    from asyncio import Future

    from sqlkit.database.wire import Bound
    from sqlkit.policy.call import Call
    from sqlkit.statement import Statement

ELSEWHERE: Final = object()
"""The answer to a read that is to take the ordinary way."""


class Read:
    """A read that waits for a lane, or for its answer.

    ``began`` and ``deadline`` are moments of `time.monotonic`. ``bound``: what it was sent as, if
    it was. ``misfits``: its arguments don't fit what was prepared. ``was_slow``: it was at work
    when its batch had taken too long.
    """

    __slots__ = (
        "answer",
        "args",
        "began",
        "bound",
        "call",
        "deadline",
        "misfits",
        "variant",
        "was_slow",
    )

    def __init__(
        self,
        call: Call,
        statement: Statement[Any],
        answer: Future[Any],
        began: float,
        deadline: float,
    ) -> None:
        self.call = call
        self.args = statement.args
        self.variant = statement.query.variant(statement.args)
        self.answer = answer
        self.began = began
        self.deadline = deadline
        self.bound: Bound | None = None
        self.misfits = self.was_slow = False

    def go_elsewhere(self) -> None:
        """Send it the ordinary way, unless its task was cancelled."""
        if not self.answer.done():
            self.answer.set_result(ELSEWHERE)

    def fail(self, error: Exception) -> None:
        """End it in an error that is its own."""
        if not self.answer.done():
            self.call.phase = "unsent" if self.bound is None else "sent"
            self.answer.set_exception(error)
            self.answer.exception()  # asyncio would complain of one that a cancelled task ignores

    def expire(self) -> None:
        """Its deadline has passed."""
        seconds = round(self.deadline - self.began, 3)
        self.fail(DeadlineExceeded(f"{self.call.name}: no answer within {seconds:g} s"))
