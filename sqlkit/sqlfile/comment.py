"""Comments that were meant for more: a header misspelt, an option or a condition out of place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.sqlfile.aiosql import check_record_class
from sqlkit.sqlfile.conditions import refuse_alone
from sqlkit.sqlfile.header import check_near_miss
from sqlkit.sqlfile.tags import check_misplaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlkit.sqlfile.lexer import Token
    from sqlkit.sqlfile.report import Report

# What all of them begin with and most comments don't, so that those are looked at only once.
_SUSPECT = re.compile(
    r"--[ \t]*+(?:@|\w++[ \t]*+(?:[:=]|[\w-]++(?:\([^)\r\n]*+\))?[ \t]*+[:^<$*!\#]))"
)


def check_doc(report: Report, comment: re.Match[str]) -> None:
    """Look at a line of a docstring."""
    text, (start, end) = report.source.text, comment.span()
    if text.startswith("--?", start):
        refuse_alone(report, start, end)
    elif _SUSPECT.match(text, start, end):
        check_near_miss(report, start, end)
        check_record_class(report, start, end)


def check_comments(report: Report, tokens: Iterable[Token]) -> None:
    """Look at the comments elsewhere that have a line of their own."""
    text = report.source.text
    for kind, start, end in tokens:
        if kind == "comment" and _SUSPECT.match(text, start, end) and report.source.is_first(start):
            check_near_miss(report, start, end)
            check_misplaced(report, start, end)
