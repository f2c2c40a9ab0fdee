"""PostgreSQL's lexical rules, as far as they decide what is a parameter and where a line stands.

From the manual, section 4.1 "Lexical Structure", and the server's scan.l (version 18): strings of
all forms, quoted names, dollar quotes, nested comments. From psql's psqlscan.l: ``:name``, but not
in ``::`` or ``:=``. A slice's colon is our own addition, see `_is_slice`.

One pass from left to right, without recursion. Every alternative of the expressions is possessive
or begins with a character of its own, so none goes back over what it has matched. Groups with
alternatives are repeated without possession: Python before 3.11.5 misreads those (gh-106052).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

SPACE = r"[ \t\n\r\f\v]"
# Any character beyond ASCII is a letter to PostgreSQL, be it a no-break space.
LETTER = r"[A-Za-z_\u0080-\U0010ffff]"
LETTER_OR_DIGIT = r"[A-Za-z_0-9\u0080-\U0010ffff]"
WORD = rf"{LETTER}[A-Za-z_0-9$\u0080-\U0010ffff]*+"
STRING = r"'[^']*+(?:''[^']*+)*+'"
ESCAPE_STRING = r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"
NAME = r'"[^"]*+(?:""[^"]*+)*+"'


def _token(plain: str) -> re.Pattern[str]:
    """The expression for one token; ``plain``: brackets that need no telling apart from code."""
    operator = rf"[,.=<>+*%|&@\#~!^?`{{}}\\\x00-\x08\x0e-\x1f\x7f{plain}]++ | -(?!-) | /(?!\*)"
    code = rf"(?![eE]'|[uU]&['\"]){WORD} | [0-9]++(?:{WORD})?+ | {operator}"
    return re.compile(
        rf"""
          (?P<code>{SPACE}*+(?:{code})(?:{SPACE}++|{code})*)
        | (?P<space>{SPACE}++)
        | (?P<param>:{WORD}(?!\.{LETTER}))
        | (?P<field>:{WORD})
        | (?P<comment>--[^\r\n]*+)
        | (?P<string>(?:[uU]&)?{STRING})
        | (?P<end>;++)
        | (?P<escape>[eE]{ESCAPE_STRING})
        | (?P<name>(?:[uU]&)?{NAME})
        | (?P<dollar>\$(?:{LETTER}{LETTER_OR_DIGIT}*+)?\$)
        | (?P<block>/\*)
        | (?P<bracket>[\[\]()]++)
        | (?P<colon>::|:=|:(?!['"]))
        | (?P<quoted>:)
        | (?P<number>\$[0-9]++)
        | (?P<open>[eE]'|(?:[uU]&)?['"])
        | (?P<other>.)
        """,
        re.VERBOSE | re.DOTALL,
    )


_OUTSIDE = _token(r"()\]")
_INSIDE = _token("")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# Strings with only white space, a line end among it, and comments between them are one string.
_CONTINUED = re.compile(rf"(?:[ \t\f\v]++|--[^\r\n]*+)*[\r\n](?:{SPACE}++|--[^\r\n]*+[\r\n])*(?=')")
_ESCAPE_STRING = re.compile(ESCAPE_STRING, re.DOTALL)
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

# Kind, start and end. The kind is a group's name above, but that an ``escape`` is a ``string``, and
# that a slice's colon is a ``colon``. A ``field`` is the ``:a`` of ``:a.b``, a ``quoted`` the colon
# of ``:'x'`` or ``:"x"``.
Token: TypeAlias = tuple[str, int, int]

_INSIGNIFICANT = frozenset({"space", "comment", "block"})
_LOOK_CLOSER = frozenset({"block", "dollar", "open"})
_MAY_BE_SLICE = frozenset({"param", "field", "quoted"})
_OPERANDS = frozenset({"string", "name", "dollar", "number", "param"})


class UnclosedError(Exception):
    """A string, name, dollar quote or comment is left open; ``start`` is where it opens."""

    def __init__(self, start: int, opening: str) -> None:
        super().__init__(opening)
        self.start = start
        self.opening = opening


def tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of a stretch of text, one beside the other without a gap.

    Raises `UnclosedError` after the last whole token, if something is left open.
    """
    brackets: list[str] = []
    before: Token = ("", start, start)
    again = -1
    outside, inside = _OUTSIDE.match, _INSIDE.match
    while found := (inside if brackets else outside)(text, start, end):
        kind, stop = found.lastgroup or "", found.end()
        if kind == "bracket":
            _follow(brackets, text[start:stop])
        elif kind == "escape" or start == again:
            kind, stop, again = _escape_string(text, found, start, end)
        elif kind in _LOOK_CLOSER:
            stop = _close(text, kind, start, stop, end)
        elif brackets and kind in _MAY_BE_SLICE and _is_slice(text, brackets, before):
            kind, stop = "colon", start + 1
        token = (kind, start, stop)
        yield token
        if kind not in _INSIGNIFICANT:
            before = token
        start = stop


def _close(text: str, kind: str, start: int, stop: int, end: int) -> int:
    """Where a token ends whose end one expression can't find."""
    if kind == "block":
        return _comment_end(text, start, end)
    if kind == "dollar":
        return _dollar_end(text, start, stop, end)
    raise UnclosedError(start, text[start:stop])


def _comment_end(text: str, start: int, end: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start, end):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise UnclosedError(start, "/*")


def _dollar_end(text: str, start: int, opened: int, end: int) -> int:
    tag = text[start:opened]
    close = text.find(tag, opened, end)
    if close < 0:
        raise UnclosedError(start, tag)
    return close + len(tag)


def _escape_string(text: str, token: re.Match[str], start: int, end: int) -> tuple[str, int, int]:
    """Kind and end of a string with escapes, and where it goes on on a later line, without an E."""
    stop = token.end()
    if token.lastgroup != "escape":
        found = _ESCAPE_STRING.match(text, start, end)
        if found is None:
            raise UnclosedError(start, "'")
        stop = found.end()
    continued = _CONTINUED.match(text, stop, end)
    return "string", stop, continued.end() if continued else -1


def _follow(brackets: list[str], run: str) -> None:
    """Keep the brackets that are open, from the first ``[`` on: elsewhere no colon is a slice's."""
    for bracket in run:
        if bracket == "[" or (brackets and bracket == "("):
            brackets.append(bracket)
        elif brackets:
            brackets.pop()


def _is_slice(text: str, brackets: list[str], before: Token) -> bool:
    """Whether a colon is a slice's: directly inside brackets, after what an expression ends in."""
    if brackets[-1] != "[":
        return False
    kind, start, end = before
    if kind == "code":
        code = text[start:end].rstrip(" \t\n\r\f\v")[-_LONGEST:]
        word = _LAST_WORD.search(code)
        return word is not None and word.group().lower() not in _NEVER_LAST
    return kind in _OPERANDS or (kind == "bracket" and text[end - 1] in ")]")
