"""PostgreSQL's lexical rules, as far as they decide what is a parameter and where a line stands.

From the manual, section 4.1 "Lexical Structure", and the server's scan.l (version 18): strings of
all forms, quoted names, dollar quotes, nested comments. From psql's psqlscan.l: ``:name``, but not
in ``::`` or ``:=``. A slice's colon is our own addition, see `sqlkit.sqlfile.slice`.

One pass from left to right, without recursion. Each step takes all the plain code there is in one
bite, then the token it ends at. The alternatives of an expression begin with characters of their
own and are possessive, and one of those after the bite always fits, so none goes back over what it
has matched. Groups with alternatives are repeated without possession: Python before 3.11.5
misreads those (gh-106052).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from sqlkit.sqlfile.slice import Brackets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Any character beyond ASCII is a letter to PostgreSQL, be it a no-break space.
LETTER = r"[A-Za-z_\u0080-\U0010ffff]"
LETTER_OR_DIGIT = r"[A-Za-z_0-9\u0080-\U0010ffff]"
WORD = rf"{LETTER}[A-Za-z_0-9$\u0080-\U0010ffff]*+"
STRING = r"'[^']*+(?:''[^']*+)*+'"
ESCAPE_STRING = r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"
NAME = r'"[^"]*+(?:""[^"]*+)*+"'
TAG = rf"\$(?:{LETTER}{LETTER_OR_DIGIT}*+)?\$"


def _token(brackets: str) -> re.Pattern[str]:
    """The expression for code up to a token; ``brackets`` are those that are plain code."""
    plain = rf"[\x00- ,.;=<>+*%|&@\#~!^?`{{}}\\\x7f{brackets}]"
    return re.compile(
        rf"""
        (?: {plain}++
          | (?![eE]'|[uU]&['"]){WORD}{plain}*+
          | [0-9]++(?:{WORD})?{plain}*+
          | -(?!-) | /(?!\*) | (?!{TAG})\$(?![0-9])
          | :(?:[:=]|(?!['"]|{LETTER}))
        )*
        (?: (?P<param>:{WORD}(?!\.{LETTER}))
          | (?P<comment>--[^\r\n]*+)
          | (?P<string>(?:[uU]&)?{STRING})
          | (?P<name>(?:[uU]&)?{NAME})
          | (?P<bracket>[\[\]()]++)
          | (?P<escape>[eE]{ESCAPE_STRING})
          | (?P<dollar>{TAG})
          | (?P<block>/\*)
          | (?P<number>\$[0-9]++)
          | (?P<field>:{WORD})
          | (?P<quoted>:)
          | (?P<open>[eE]'|(?:[uU]&)?['"])
          | \Z
        )
        """,
        re.VERBOSE | re.DOTALL,
    )


_OUTSIDE = _token(r"()\]")
_INSIDE = _token("")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# Strings with only white space, a line end among it, and comments between them are one string.
_CONTINUED = re.compile(
    r"(?:[ \t\f\v]++|--[^\r\n]*+)*[\r\n](?:[ \t\n\r\f\v]++|--[^\r\n]*+[\r\n])*(?=')"
)
_ESCAPE_STRING = re.compile(ESCAPE_STRING, re.DOTALL)

# Kind, start and end. The kind is a group's name above, but that an ``escape`` is a ``string``. A
# ``field`` is the ``:a`` of ``:a.b``, a ``quoted`` the colon of ``:'x'`` or ``:"x"``.
Token: TypeAlias = tuple[str, int, int]

COMMENTS = frozenset({"comment", "block"})
_LOOK_CLOSER = frozenset({"block", "dollar", "open"})


class UnclosedError(Exception):
    """A string, name, dollar quote or comment is left open; ``start`` is where it opens."""

    def __init__(self, start: int, opening: str) -> None:
        super().__init__(opening)
        self.start = start
        self.opening = opening


def tokens(text: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of a stretch of text; between them stands plain code or white space.

    Raises `UnclosedError` after the last whole token, if something is left open.
    """
    brackets = Brackets(text)
    again = -1
    outside, inside = _OUTSIDE.match, _INSIDE.match
    while (found := (inside if brackets.open else outside)(text, start, end)) and found.lastgroup:
        code, kind = start, found.lastgroup
        start, stop = found.span(kind)
        if kind == "bracket":
            brackets.follow(start, stop)
        else:
            if kind == "escape" or start == again:
                kind, stop, again = _escape_string(text, kind, start, stop, end)
            elif kind in _LOOK_CLOSER:
                stop = _close(text, kind, start, stop, end)
            token = (kind, start, stop)
            if brackets.open and brackets.is_slice(code, token):
                stop = start + 1
            else:
                yield token
        start = stop


def without_comments(text: str, tokens: Iterable[Token], start: int, stop: int) -> str:
    """A stretch of text with blanks for its comments, so that places stay the same."""
    kept: list[str] = []
    for kind, begin, end in tokens:
        if begin >= stop:
            break
        if kind in COMMENTS:
            kept += text[start:begin], " " * (end - begin)
            start = end
    kept.append(text[start:stop])
    return "".join(kept)


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


def _escape_string(text: str, kind: str, start: int, stop: int, end: int) -> tuple[str, int, int]:
    """Kind and end of a string with escapes, and where it goes on on a later line, without an E."""
    if kind != "escape":
        found = _ESCAPE_STRING.match(text, start, end)
        if found is None:
            raise UnclosedError(start, "'")
        stop = found.end()
    continued = _CONTINUED.match(text, stop, end)
    return "string", stop, continued.end() if continued else -1
