"""One text of a query, as the server gets it, and the way back from it to the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.sqlfile.line import Parameter, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlkit.sqlfile.line import Line, State
    from sqlkit.sqlfile.query import Query
    from sqlkit.sqlfile.source import Place


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Variant:
    """One text of a query.

    ``sql`` has ``$n`` for each parameter, numbered by first appearance in this text;
    ``parameters`` are their names in that order. ``states`` is what each condition is in.
    """

    sql: str
    parameters: tuple[str, ...]
    states: dict[str, State]
    query: Query = field(repr=False)
    _starts: list[int] = field(repr=False)
    _pieces: list[Text | Parameter] = field(repr=False)

    @classmethod
    def render(cls, query: Query, lines: Sequence[Line], states: Mapping[str, State]) -> Variant:
        """The text of those lines that stand while the conditions are in these states."""
        sql: list[str] = []
        starts: list[int] = []
        pieces: list[Text | Parameter] = []
        numbers: dict[str, int] = {}
        length = 0
        for line in lines:
            if line.when is not None and states[line.when[0]] != line.when[1]:
                continue
            for piece in line.pieces:
                text = _text(piece, numbers)
                sql.append(text)
                starts.append(length)
                pieces.append(piece)
                length += len(text)
        return cls(
            sql="".join(sql),
            parameters=tuple(numbers),
            states=dict(states),
            query=query,
            _starts=starts,
            _pieces=pieces,
        )

    @property
    def when(self) -> str:
        """What this text is for, such as ``status, not archived, sort = newest``."""
        return ", ".join(map(_state, self.states.items()))

    def place(self, position: int) -> Place:
        """Where in the file the character at ``position`` of ``sql`` (from 0) comes from.

        All of a ``$n`` comes from its ``:name``. What lies beyond either end counts as that end.
        """
        source = self.query.source
        if not self._pieces:
            return self.query.place
        index = max(0, bisect_right(self._starts, position) - 1)
        piece, start = self._pieces[index], self._starts[index]
        if isinstance(piece, Parameter):
            return source.place(piece.offset, len(piece.name) + 1)
        end = len(self.sql) - 1
        return source.place(piece.offset + max(0, min(position, end) - start))


def _text(piece: Text | Parameter, numbers: dict[str, int]) -> str:
    if isinstance(piece, Text):
        return piece.text
    return f"${numbers.setdefault(piece.name, len(numbers) + 1)}"


def _state(state: tuple[str, State]) -> str:
    match state:
        case name, True:
            return name
        case name, False:
            return f"not {name}"
        case name, word:
            return f"{name} = {word}"
