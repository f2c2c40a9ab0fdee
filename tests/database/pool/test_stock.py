"""The pool's book-keeping, against a naive model."""

from __future__ import annotations

import gc
from itertools import count
from typing import Any, cast

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sqlkit.database.pool.stock import Opening, Stock


class Connection:
    """As much of a connection as the stock looks at."""

    used = 0.0
    expires = 1.0


class Call:
    """A call that waits; one that has gone takes nothing."""

    def __init__(self) -> None:
        self.given: Any = None
        self.is_gone = False

    def serve(self, conn: Any, /) -> bool:
        if self.is_gone:
            return False
        self.given = conn
        return True

    def fail(self, error: BaseException, /) -> None:
        self.given = error


class Model(RuleBasedStateMachine):
    """Calls come, wait, get connections, give them back or lose them."""

    def __init__(self) -> None:
        super().__init__()
        self.stock: Stock[Any] = Stock(min_size=1, max_size=3, max_waiting=4)
        self.moments = count(1.0)
        self.opening: list[Opening] = []
        self.calls: list[Call] = []
        self.used: list[Any] = []
        self.begin(self.stock.wanted())

    def begin(self, openings: list[Opening]) -> None:
        self.opening += openings

    def look(self) -> None:
        """Calls that were served have their connections now, in the order in which they came."""
        served = [call for call in self.calls if call.given is not None]
        assert served == [call for call in self.calls if not call.is_gone][: len(served)]
        for call in served:
            self.calls.remove(call)
            if isinstance(call.given, Connection):
                self.used.append(call.given)

    @rule()
    def come(self) -> None:
        call = Call()
        openings = self.stock.join(cast("Any", call))
        if openings is None:
            assert len([call for call in self.calls if not call.is_gone]) <= 4
            return
        self.calls.append(call)
        self.begin(openings)
        self.look()

    @precondition(lambda self: self.calls)
    @rule()
    def go(self) -> None:
        """The first that waits is cancelled, and leaves later."""
        self.calls[0].is_gone = True

    @precondition(lambda self: any(call.is_gone for call in self.calls))
    @rule()
    def leave(self) -> None:
        gone = next(call for call in self.calls if call.is_gone)
        self.calls.remove(gone)
        self.stock.leave(cast("Any", gone), 0.1)

    @precondition(lambda self: self.opening)
    @rule()
    def open(self) -> None:
        self.stock.add(self.opening.pop(), Connection())
        self.begin(self.stock.wanted())
        self.look()

    @precondition(lambda self: self.opening)
    @rule()
    def fail(self) -> None:
        opening = self.opening[-1]
        failed = self.stock.refuse(opening, OSError(), next(self.moments) * 10)
        for call in cast("list[Call]", failed):
            if not call.is_gone:
                call.fail(OSError())
        if opening not in self.stock.opening:
            self.opening.pop()
        self.look()

    @precondition(lambda self: self.used)
    @rule()
    def give(self) -> None:
        self.stock.idle.append(self.used.pop())
        self.stock.hand_out()
        self.look()

    @precondition(lambda self: self.used)
    @rule()
    def lose(self) -> None:
        self.stock.remove(self.used.pop())
        self.begin(self.stock.wanted())

    @precondition(lambda self: self.used)
    @rule()
    def drop(self) -> None:
        """Nobody has it any more, and nobody said so."""
        self.used.pop()
        gc.collect(0)

    @invariant()
    def it_counts_what_there_is(self) -> None:
        told = self.stock.statistics()
        assert told["size"] == len(self.used) + len(self.stock.idle)
        assert told["in_use"] == len(self.used)
        assert told["opening"] == len(self.opening)
        assert told["size"] + told["opening"] <= 3

    @invariant()
    def nobody_waits_for_what_is_there(self) -> None:
        waiting = [call for call in self.calls if not call.is_gone]
        assert not (waiting and self.stock.idle)


TestStock = Model.TestCase
TestStock.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
