"""What a check found as workflow commands, which GitHub shows beside the lines they are about.

Source: GitHub's documentation, "Workflow commands for GitHub Actions", and the escapes of
``@actions/core`` (command.ts).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.cli.found import told
from sqlkit.describe import Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlkit.cli.found import Found
    from sqlkit.errors import SourceError

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def commands(found: Found, root: Path) -> Iterator[str]:
    """A line for each finding; files of ``.sql`` are named from ``root``, the project's."""
    for error in (*found.errors, *found.hazards):
        yield _of_source(error, root)
    for stale in found.stale:
        message = f'{told(stale)}; "sqlkit compile" writes it anew'
        path = stale.path.resolve()
        yield _command("error", message, file=_path(path), line=1, title=f"{stale.reason} file")
    for notice in found.notices:
        yield _command("notice", notice.message, file=_path(root / notice.file), line=notice.line)


def _of_source(error: SourceError, root: Path) -> str:
    title = error.rule if isinstance(error, Hazard) else error.sqlstate or "sqlkit"
    hint = f"\nhint: {error.hint}" if error.hint else ""
    return _command(
        "error",
        error.message + hint,
        file=_path(root / error.file),
        line=error.line,
        endLine=error.line,
        col=error.column,
        endColumn=error.column + error.width,
        title=title,
    )


def _command(level: str, message: str, **properties: str | int) -> str:
    listed = ",".join(f"{key}={_escaped(str(one), _PROPERTY)}" for key, one in properties.items())
    return f"::{level} {listed}::{_escaped(message, _DATA)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(one, one) for one in text)


def _path(path: Path) -> str:
    """The path from the repository's root, as GitHub knows files; from here, outside of GitHub."""
    top = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    return Path(os.path.relpath(path, top)).as_posix()
