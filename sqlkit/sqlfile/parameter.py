"""Which parameters a query can have: ``:name``, and nothing that only looks like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.sqlfile.names import fault

if TYPE_CHECKING:
    from sqlkit.sqlfile.line import Parameter
    from sqlkit.sqlfile.report import Report

# Commands that PostgreSQL plans: in these, and outside of strings, a $1 is always a parameter.
PLANNED = frozenset({"select", "insert", "update", "delete", "merge", "with", "values", "table"})


def check_name(report: Report, parameter: Parameter) -> None:
    """Report a name that no argument can have."""
    if wrong := fault(parameter.name):
        report.add(
            f"{parameter.name} {wrong.reason}, so no argument can have this name",
            parameter.offset,
            len(parameter.name) + 1,
            hint=f"did you mean :{wrong.suggestion}?",
        )


def refuse_field(report: Report, start: int, end: int) -> None:
    """Report ``:a.b``, which is aiosql's for an argument's attribute."""
    report.add(
        "a parameter is a value: SQL can't reach the attributes that it has in Python",
        start,
        end - start,
        hint=f"pass the attribute itself; ({report.source.text[start:end]}).field is a composite's",
    )


def refuse_quoted(report: Report, start: int) -> None:
    """Report ``:'x'`` or ``:"x"``."""
    quote = report.source.text[start + 1]
    reason = (
        "a parameter is a value already, never pasted into the text: write :name"
        if quote == "'"
        else "a parameter is a value, and a table or column can't be one"
    )
    report.add(
        f":{quote}name{quote} is psql's way to quote a variable; {reason}",
        start,
        2,
        hint="where SQL itself has a colon before a quote, put a space between",
    )


def refuse_numbered(report: Report, start: int, end: int) -> None:
    """Report ``$1``."""
    report.add(
        "parameters have names here, not numbers",
        start,
        end - start,
        hint=f"write :name instead of {report.source.text[start:end]}",
    )
