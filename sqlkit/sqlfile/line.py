"""What a query's text is made of: lines, some conditional, of plain text and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlkit.sqlfile.conditions import Marker

Kind: TypeAlias = Literal["one", "maybe", "many", "affected", "exec", "copy", "script"]
State: TypeAlias = "bool | str"
_Stretch: TypeAlias = "tuple[int, int, tuple[str, State] | None]"


# A file can be nearly all pieces. A struct is the cheapest value there is: made five times faster
# than a tuple with names, and of no interest to the garbage collector.
class Text(msgspec.Struct, frozen=True, gc=False):
    """Text that goes to the server as it is; ``offset``: its place in the file, in characters."""

    text: str
    offset: int


class Parameter(msgspec.Struct, frozen=True, gc=False):
    """A ``:name`` in the text; ``offset`` is the colon's place in the file, in characters."""

    name: str
    offset: int


class Condition(msgspec.Struct, frozen=True, gc=False):
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


class Line(msgspec.Struct, frozen=True, gc=False):
    """A stretch of a query that stands or falls as a whole, line end included.

    ``when`` is ``(name of a condition, state)``, or None for a stretch that always stands.
    """

    pieces: tuple[Text | Parameter, ...]
    when: tuple[str, State] | None = None


def cut_lines(
    text: str, start: int, stop: int, parameters: Sequence[Parameter], markers: Sequence[Marker]
) -> Iterator[Line]:
    """Cut a stretch of text at its conditional lines, and each part at its parameters."""
    left = iter(parameters)
    following = next(left, None)
    for at, end, when in _stretches(start, stop, markers):
        pieces: list[Text | Parameter] = []
        while following is not None and following.offset < end:
            if at < following.offset:
                pieces.append(Text(text[at : following.offset], at))
            pieces.append(following)
            at = following.offset + len(following.name) + 1
            following = next(left, None)
        if at < end:
            pieces.append(Text(text[at:end], at))
        yield Line(tuple(pieces), when)


def _stretches(start: int, stop: int, markers: Sequence[Marker]) -> Iterator[_Stretch]:
    """Start and end of each line that is conditional and of what stands between them."""
    for marker in markers:
        if start < marker.start:
            yield start, marker.start, None
        yield marker.start, marker.end, (marker.name, marker.state)
        start = marker.end
    if start < stop:
        yield start, stop, None


def cut_off(lines: Sequence[Line], end: int) -> tuple[Line, ...]:
    """The lines without what stands from ``end``, an offset in the file, on."""
    kept = (
        Line(tuple(_cut(piece, end) for piece in line.pieces if piece.offset < end), line.when)
        for line in lines
    )
    return tuple(line for line in kept if line.pieces)


def _cut(piece: Text | Parameter, end: int) -> Text | Parameter:
    if isinstance(piece, Text):
        return Text(piece.text[: end - piece.offset], piece.offset)
    return piece
