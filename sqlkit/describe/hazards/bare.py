"""A query's text with everything that is no code blanked out, character by character.

So that a word found in it is a word of SQL, and stands where the query has it.
"""

from __future__ import annotations

from sqlkit.sqlfile.lexer import UnclosedError, tokens

# What stands for the characters of strings, of quoted names, and of comments.
_FILLERS = {"string": "'", "dollar": "'", "name": "_", "comment": " ", "block": " "}


def bare(sql: str) -> str:
    """The text in lower case, of the same length; empty if the lexer can't read it."""
    parts: list[str] = []
    code = 0
    try:
        for kind, start, end in tokens(sql, 0, len(sql)):
            if filler := _FILLERS.get(kind):
                parts += _lower(sql[code:start]), filler * (end - start)
                code = end
    except UnclosedError:
        return ""
    return "".join([*parts, _lower(sql[code:])])


def depth(text: str, position: int) -> int:
    """How many parentheses are open at a position of a bare text."""
    return text.count("(", 0, position) - text.count(")", 0, position)


def _lower(code: str) -> str:
    # Beyond ASCII a letter's lower case can be longer than the letter.
    return code.lower() if code.isascii() else "".join(c.lower() if c < "\x80" else c for c in code)
