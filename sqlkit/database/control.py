"""What a statement is by its first words, where no answer of the server's tells it. Pure."""

from __future__ import annotations

import re

_GAP = r"(?:\s|--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)"


def _begins_with(words: str, *, before: str = _GAP) -> re.Pattern[str]:
    return re.compile(rf"{before}*(?:{words})\b", re.IGNORECASE)


_PLANNED = _begins_with(
    "select|values|table|with|insert|update|delete|merge", before=rf"(?:\(|{_GAP})"
)
_MAY_COMMIT = _begins_with("call|do")
_ENDS = _begins_with(
    rf"commit|end|abort|prepare{_GAP}+transaction"
    rf"|rollback(?!{_GAP}+(?:(?:work|transaction){_GAP}+)?to\b)"
)


def is_planned(sql: str) -> bool:
    """Whether the server plans it anew when the schema has changed, and refuses other columns then.

    EXECUTE, FETCH and CALL give what goes by that name now.
    """
    return _PLANNED.match(sql) is not None


def may_commit(sql: str) -> bool:
    """Whether it may end transactions inside: it must stand alone in its own.

    PostgreSQL manual, 45.8 "Transaction Management": in CALL and DO.
    """
    return _MAY_COMMIT.match(sql) is not None


def ends_transaction(sql: str) -> bool:
    """Whether it ends the transaction that it is in."""
    return _ENDS.match(sql) is not None
