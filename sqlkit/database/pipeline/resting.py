"""Which texts keep off the lanes for a while, since they have held up others. Pure.

Moments are of `time.monotonic`, durations are seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlkit.statement import Variant

_FIRST = 0.25
_LONGEST = 10.0
# What gives no trouble for so many times its rest is trusted as if it never had.
_FORGIVEN = 10
# An error costs the others of its batch another turn: so many in a second are borne.
_BORNE = 10
# What takes longer than this in the ordinary way is rightly kept there.
_SLOW = 0.005


class _Rest(NamedTuple):
    until: float
    pause: float


class Resting:
    """The texts that take the ordinary way, each until a moment.

    A text that was slow rests, and twice as long if it is again soon afterwards. It may have been
    an accident (a loaded machine, a checkpoint, a lock), so it is acquitted if the same call was
    fast in the ordinary way.
    """

    def __init__(self) -> None:
        self._rests: dict[Variant, _Rest] = {}
        self._failures: dict[Variant, int] = {}
        self._since = 0.0

    def __len__(self) -> int:
        return len(self._rests)

    def is_resting(self, variant: Variant, now: float) -> bool:
        """Whether a text is to take the ordinary way."""
        rest = self._rests.get(variant)
        return rest is not None and now < rest.until

    def slow(self, variant: Variant, now: float) -> None:
        """A text was at work when its batch had taken too long, or can't be prepared in time."""
        self._forgive(now)
        last = self._rests.get(variant)
        pause = _FIRST if last is None else min(2 * last.pause, _LONGEST)
        self._rests[variant] = _Rest(now + pause, pause)

    def tried(self, variant: Variant, seconds: float, now: float) -> None:
        """How long the same call then took in the ordinary way."""
        rest = self._rests.pop(variant, None)
        if rest is not None and seconds >= _SLOW:
            self._rests[variant] = _Rest(now + max(rest.pause, seconds), rest.pause)

    def failed(self, variant: Variant, now: float) -> None:
        """A text ended in an error, which aborted its batch."""
        if now - self._since >= 1.0:
            self._failures.clear()
            self._since = now
        self._failures[variant] = count = self._failures.get(variant, 0) + 1
        if count > _BORNE:
            del self._failures[variant]
            self.slow(variant, now)

    def _forgive(self, now: float) -> None:
        for variant, rest in list(self._rests.items()):
            if now >= rest.until + _FORGIVEN * rest.pause:
                del self._rests[variant]
