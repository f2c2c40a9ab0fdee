"""Which colons are a slice's: those of ``[a:b]`` are, those of ``[:a]`` and ``[a + :b]`` are not.

PostgreSQL has no parameters with a colon, and psql takes every ``:b`` for one, so this rule is our
own: a colon directly inside brackets is the slice's where an expression may end before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.sqlfile.lexer import Token

_LAST_WORD = re.compile(r"[A-Za-z_0-9$.\u0080-\U0010ffff]++\Z")

# Words that no expression ends in: reserved ones, from appendix C of the manual, and BETWEEN.
_RESERVED = (
    "all and any array as asc between both case cast check collate create cross desc distinct do "
    "else except fetch for from full grant group having ilike in inner intersect into is "
    "join lateral leading left like limit natural not offset on only or order outer overlaps "
    "placing references returning right select similar some symmetric table then to trailing union "
    "using variadic when where window with"
)
_NEVER_LAST = frozenset(_RESERVED.split())
_LONGEST = max(map(len, _NEVER_LAST)) + 1

_SPACE = " \t\n\r\f\v"
_COMMENTS = frozenset({"comment", "block"})
_COLONS = frozenset({"param", "field", "quoted"})
_OPERANDS = frozenset({"string", "name", "dollar", "number", "param"})


class Brackets:
    """The brackets that are ``open``, from the first ``[`` on: elsewhere no colon is a slice's."""

    def __init__(self, text: str) -> None:
        self.open: list[str] = []
        self._text = text
        self._operand = False

    def follow(self, start: int, stop: int) -> None:
        """Read a run of brackets."""
        run = self._text[start:stop]
        for bracket in run:
            if bracket == "[" or (self.open and bracket == "("):
                self.open.append(bracket)
            elif self.open:
                self.open.pop()
        self._operand = run[-1] in ")]"

    def is_slice(self, code: int, token: Token) -> bool:
        """Whether a token begins with a slice's colon; from ``code`` on, plain code precedes it."""
        kind, start, _ = token
        before = self._text[code:start].rstrip(_SPACE)
        if before:
            self._operand = _ends_expression(before)
        if kind in _COLONS and self._operand and self.open[-1] == "[":
            self._operand = False
            return True
        if kind not in _COMMENTS:
            self._operand = kind in _OPERANDS
        return False


def _ends_expression(code: str) -> bool:
    word = _LAST_WORD.search(code[-_LONGEST:])
    return word is not None and word.group().lower() not in _NEVER_LAST
