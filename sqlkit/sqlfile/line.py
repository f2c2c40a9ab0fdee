"""What a query's text is made of: lines, some conditional, of plain text and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["one", "maybe", "many", "affected", "exec", "copy", "script"]
State: TypeAlias = "bool | str"


@dataclass(frozen=True, slots=True)
class Text:
    """Text that goes to the server as it is; ``offset``: its place in the file, in characters."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A ``:name`` in the text; ``offset`` is the colon's place in the file, in characters."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Condition:
    """What the conditional lines of a query ask about one name.

    ``given``: the name is a parameter too, and what counts is whether it is not None. ``words``:
    the argument is one of these, ``default`` being the one taken if it isn't said. Neither: a flag.
    ``states`` are all it can be in, first the one that ``Query.sql`` shows; ``offset`` is the
    name's place in the file, where it is first asked about.
    """

    name: str
    given: bool = False
    words: tuple[str, ...] = ()
    default: str | None = None
    states: tuple[State, ...] = (True, False)
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a query that stands or falls as a whole, line end included.

    ``when`` is ``(name of a condition, state)``, or None for a stretch that always stands.
    """

    pieces: tuple[Text | Parameter, ...]
    when: tuple[str, State] | None = None
