"""What a policy may ask of the database whose chain it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Pooled(Protocol):
    """A `Database` or an `AsyncDatabase`, as its policies see it."""

    @property
    def name(self) -> str:
        """The name it was given; ``default`` if none."""
        ...

    @property
    def policies(self) -> Sequence[object]:
        """Its chain, the outermost first, in which one policy finds another by its class."""
        ...

    def pool_statistics(self) -> Mapping[str, int]:
        """The pool's counts at this moment: size, available, waiting, and what it did so far."""
        ...
