"""Whether the generated files of a folder are what compiling would write."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlkit.compile.header import header_of, is_edited, sql_hash
from sqlkit.compile.source import python_paths, sql_paths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from sqlkit.compile.plan import Plan

Reason: TypeAlias = Literal["missing", "stale", "edited", "orphan", "foreign"]


@dataclass(frozen=True, slots=True)
class Stale:
    """A file that is not what compiling would write.

    ``reason``: ``missing``, it is not there; ``stale``, its ``.sql`` file or the database changed
    since; ``edited``, a hand changed it; ``orphan``, its ``.sql`` file is gone; ``foreign``, sqlkit
    did not write it. ``diff`` leads from the file to what it should be, and ``lines`` is how many
    that has; empty and 0 if it isn't known.
    """

    path: Path
    reason: Reason
    diff: str = ""
    lines: int = 0


def compare(plan: Plan) -> list[Stale]:
    """What differs between a plan without errors and the files that stand."""
    found = [stale for path, text in plan.files.items() if (stale := _compared(path, text))]
    gone = [Stale(path, "orphan", _diff(path, path.read_text(), "")) for path in plan.removed]
    return sorted(found + gone, key=lambda stale: stale.path)


def offline(folder: Path, exclude: Collection[Path] = ()) -> list[Stale]:
    """What the hashes in the files tell without a server: all but changes of the database."""
    sources = {path.with_suffix(".py"): path for path in sql_paths(folder, exclude)}
    missing = [Stale(path, "missing") for path in sources if not path.exists()]
    found = [
        Stale(path, reason)
        for path in python_paths(folder, exclude)
        if (reason := _reason(path, sources.get(path)))
    ]
    return sorted(missing + found, key=lambda stale: stale.path)


def edited(plan: Plan) -> frozenset[Path]:
    """The files of a plan that a hand changed since they were written."""
    paths = (*plan.files, *plan.removed)
    return frozenset(path for path in paths if path.exists() and _is_edited(path.read_text()))


def _is_edited(text: str) -> bool:
    header = header_of(text)
    return header is not None and is_edited(text, header)


def _compared(path: Path, wanted: str) -> Stale | None:
    text = path.read_text() if path.exists() else None
    if text == wanted:
        return None
    header = header_of(text or "")
    diff, lines = _diff(path, text or "", wanted), wanted.count("\n")
    if text is None or header is None:
        return Stale(path, "missing" if text is None else "foreign", diff, lines)
    return Stale(path, "edited" if is_edited(text, header) else "stale", diff, lines)


def _reason(path: Path, source: Path | None) -> Reason | None:
    text = path.read_text()
    header = header_of(text)
    if header is None:
        return "foreign" if source else None
    if source is None and header.source.endswith(".sql"):
        return "orphan"
    if is_edited(text, header):
        return "edited"
    if source and sql_hash(source.read_text(encoding="utf-8-sig")) != header.sql:
        return "stale"
    return None


def _diff(path: Path, old: str, new: str) -> str:
    lines: Iterator[str] = unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"{path}", f"{path} (new)"
    )
    return "".join(lines)
