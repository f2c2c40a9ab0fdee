"""The short way through a chain, which nearly all calls go: they go well at once.

What the policies do about such a call is next to nothing, but to enter and leave each of them takes
half as long as all else. So what they would do is gathered beforehand, from `Policy.shortcut`, and
done in one place. A call that turns out to be out of the ordinary is left by the long way, as if
every policy had been entered. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlkit.policy.call import Call
    from sqlkit.policy.flow import Policy


class Lasting(Protocol):
    """Something that holds until a moment of `time.monotonic`, which may be put off."""

    ends: float


@dataclass(slots=True)
class Until:
    """Something that holds until a moment, and is over for good at ``-inf``."""

    ends: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """What a policy would do about a call that goes well at its first attempt.

    ``entered``: what its `enter` would return, for each call the same. ``limit``: seconds that the
    call may take, unless its query says otherwise; None: neither is its business. ``slow``: from
    how many seconds on the policy must see it; ``sees``: whether it must in any case just now.
    ``lasts``: for how long all this is so; it is asked for another when ``ends`` is ``-inf``. What
    is done at the end, and must not raise: ``count`` is called, ``note`` is called with the call.
    """

    entered: Any = None
    limit: float | None = None
    slow: float = inf
    sees: Callable[[], bool] | None = None
    lasts: Lasting | None = None
    count: Callable[[], object] | None = None
    note: Callable[[Call], None] | None = None


class ShortWay:
    """The shortcuts of all policies of a chain."""

    __slots__ = ("_counts", "_entered", "_lasts", "_limit", "_notes", "_sees", "_slow")

    def __init__(self, shortcuts: Sequence[Shortcut]) -> None:
        self._entered = [shortcut.entered for shortcut in shortcuts]
        limits = (shortcut.limit for shortcut in shortcuts if shortcut.limit is not None)
        self._limit = min(limits, default=None)
        self._slow = min((shortcut.slow for shortcut in shortcuts), default=inf)
        self._sees = tuple(s.sees for s in shortcuts if s.sees is not None)
        self._lasts = tuple(s.lasts for s in shortcuts if s.lasts is not None)
        # As policies are left: the innermost first.
        self._counts = tuple(s.count for s in reversed(shortcuts) if s.count is not None)
        self._notes = tuple(s.note for s in reversed(shortcuts) if s.note is not None)

    @property
    def is_over(self) -> bool:
        """Whether its policies have other shortcuts by now."""
        return any(lasting.ends == -inf for lasting in self._lasts)

    def enter(self, call: Call) -> bool:
        """Whether a call's first attempt may go this way."""
        began, limit = call.began, self._limit
        for lasting in self._lasts:
            if began >= lasting.ends:
                return False
        if limit is not None:
            query = call.query
            if query is not None and query.timeout is not None:
                limit = query.timeout
            if call.deadline <= began:
                return False
            if began + limit < call.deadline:
                call.deadline = began + limit
        call.attempts += 1
        return True

    def leave(self, call: Call) -> bool:
        """Whether a call that came this way, and went well, also ends by it."""
        now = monotonic()
        call.seconds = seconds = now - call.began
        if seconds >= self._slow:
            return False
        for lasting in self._lasts:
            if now >= lasting.ends:
                return False
        for sees in self._sees:
            if sees():
                return False
        for count in self._counts:
            count()
        for note in self._notes:
            note(call)
        return True

    def turn(self, call: Call) -> list[Any]:
        """Turn a call to the long way; gives what the policies would have returned."""
        call.depth = len(self._entered)
        return self._entered.copy()


def short_way(policies: Sequence[Policy], *, inside: bool) -> ShortWay | None:
    """The short way through policies, if each of them has a shortcut."""
    found = [_shortcut(policy, inside=inside) for policy in policies]
    shortcuts = [shortcut for shortcut in found if shortcut is not None]
    return ShortWay(shortcuts) if len(shortcuts) == len(found) else None


def _shortcut(policy: Policy, *, inside: bool) -> Shortcut | None:
    """A policy's shortcut, unless it is inherited and what it stands for is not."""
    enters, leaves, has = (_origin(policy, name) for name in ("enter", "leave", "shortcut"))
    stands_for_both = issubclass(has, enters) and issubclass(has, leaves)
    return policy.shortcut(inside=inside) if stands_for_both else None


def _origin(policy: Policy, method: str) -> type:
    """The class that a policy has a method from."""
    return next(kind for kind in type(policy).__mro__ if method in vars(kind))
