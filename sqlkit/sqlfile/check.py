"""What the parts of a query say of each other: its kind, its options, its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.sqlfile.body import Body
    from sqlkit.sqlfile.header import Header
    from sqlkit.sqlfile.options import Options
    from sqlkit.sqlfile.report import Report

_WITHOUT_PARAMETERS = {
    "copy": "PostgreSQL's COPY takes no parameters",
    "script": "a :script takes no parameters: PostgreSQL reads it as one text of many statements",
}
# Options that say nothing of a query of this kind, and why.
_NO_ROWS = "gives no rows"
_POINTLESS = {
    "affected": (_NO_ROWS, ("row", "column", "type", "cache")),
    "exec": (_NO_ROWS, ("row", "column", "type", "cache")),
    "script": (_NO_ROWS, ("row", "column", "type", "cache")),
    "copy": ("is never retried or cached", ("cache", "idempotent", "retry")),
}


def check_kind(report: Report, header: Header, body: Body) -> None:
    """Report parameters in a query of a kind that takes none."""
    reason = _WITHOUT_PARAMETERS.get(header.kind or "")
    if reason and body.parameters:
        parameter = body.parameters[0]
        report.add(reason, parameter.offset, len(parameter.name) + 1)


def check_options(report: Report, header: Header, options: Options, body: Body) -> None:
    """Report options that the query's kind or text leaves without a meaning."""
    if not options.offsets:
        return
    _check_params(report, options, body)
    reason, pointless = _POINTLESS.get(header.kind or "", ("", ()))
    for key, offset in options.offsets.items():
        if key[0] in pointless:
            report.add(f"a :{header.kind} query {reason}", offset, len(key[0]) + 1)
    if header.first_column and options.row:
        report.add(
            "$ asks for the first column's value, @row for a row",
            options.offsets["row",],
            len("@row"),
        )


def _check_params(report: Report, options: Options, body: Body) -> None:
    if not options.params:
        return
    names = body.names
    flags = {c.name for c in body.conditions if not c.given}
    for name, option in options.params.items():
        offset = options.offsets["param", name]
        if name not in names:
            report.add(
                f"the query has no parameter {name}",
                offset,
                len(f"@param {name}"),
                hint=report.did_you_mean(name, names),
            )
        elif option.nullable and name in flags:
            message = f"{name} is asked about by conditional lines alone, so it is never None"
            report.add(message, offset, len(f"@param {name}?"))
