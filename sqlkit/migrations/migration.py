"""One migration, as its file says it."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlkit.errors import MigrationError
from sqlkit.migrations.checksum import checksum
from sqlkit.migrations.optional import yoyo
from sqlkit.migrations.statement import Statement, placed

DIRECTIVES = ("depends", "transactional")
_TRANSACTIONAL = {"true": True, "false": False}
_LIKE_DIRECTIVE = re.compile(r"--\s*(\w+)\s*:")


@dataclass(frozen=True)
class Migration:
    """A migration in yoyo's format; ``source`` is yoyo's own object for it.

    ``depends`` are the ids of those that must come before, ``transactional`` whether it is run in a
    transaction (``-- transactional: false`` says that it isn't).
    """

    id: str
    path: Path
    text: str = field(repr=False)
    depends: tuple[str, ...]
    transactional: bool
    source: Any = field(repr=False, compare=False)

    @classmethod
    def of(cls, source: Any) -> Migration:
        """Read the file of a migration of yoyo's. Raises `MigrationError` if it can't be read."""
        path = Path(source.path)
        text = _text(path)
        read = _read_sql if path.suffix == ".sql" else _read_python
        depends, transactional = read(source, path, text)
        return cls(str(source.id), path, text, tuple(sorted(depends)), transactional, source)

    @cached_property
    def sha256(self) -> str:
        """The checksum of its text; the rollback's is not in it, that may be put right later."""
        return checksum(self.text)

    @property
    def is_sql(self) -> bool:
        """Whether it is a ``.sql`` file; what a ``.py`` file runs is not known before."""
        return self.path.suffix == ".sql"

    @property
    def rollback_path(self) -> Path:
        """Where the rollback of a ``.sql`` file is, or would be."""
        return self.path.with_name(f"{self.path.stem}.rollback.sql")

    @property
    def has_rollback(self) -> bool:
        """Whether somebody wrote how to undo it; of a ``.py`` file that is taken for granted."""
        return not self.is_sql or self.rollback_path.exists()

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of a ``.sql`` file, as yoyo parts them."""
        return _statements(self.path, self.text) if self.is_sql else ()

    @cached_property
    def rollback(self) -> tuple[Statement, ...]:
        """The statements of its rollback, in the order in which they are run."""
        if not self.is_sql or not self.rollback_path.exists():
            return ()
        return _statements(self.rollback_path, _text(self.rollback_path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MigrationError(f"{path} can't be read: {error}") from error


def _statements(path: Path, text: str) -> tuple[Statement, ...]:
    _, _, statements = yoyo("yoyo.migrations").read_sql_migration(str(path))
    return tuple(placed(statements, text))


def _read_sql(_source: Any, path: Path, text: str) -> tuple[list[str], bool]:
    """What the comments at the head of the file say, without parting it into statements."""
    said, _, _ = yoyo("yoyo.migrations").parse_metadata_from_sql_comments(text)
    _refuse_misspelt(path, text)
    transactional = said.get("transactional", "true").strip().lower()
    if transactional not in _TRANSACTIONAL:
        raise MigrationError(
            f'{path}: "-- transactional:" is true or false, once, not {transactional!r}'
        )
    return said.get("depends", "").split(), _TRANSACTIONAL[transactional]


def _refuse_misspelt(path: Path, text: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("--"):
            return
        match = _LIKE_DIRECTIVE.match(line.strip())
        word = match[1] if match else ""
        if word and word not in DIRECTIVES and (meant := get_close_matches(word, DIRECTIVES, 1)):
            raise MigrationError(
                f'{path}:{number}: "-- {word}:" says nothing to yoyo; '
                f'did you mean "-- {meant[0]}:"?'
            )


def _read_python(source: Any, path: Path, _text: str) -> tuple[list[str], bool]:
    """What yoyo finds in the module, which it runs for that."""
    bad = yoyo("yoyo.exceptions").BadMigration
    try:
        source.load()
    except bad as error:
        reason = error.args[1] if len(error.args) > 1 else error
        raise MigrationError(f"{path}{_line(path, reason)} can't be loaded: {reason}") from error
    said = getattr(source.module, "__depends__", ())
    depends = [said] if isinstance(said, str) else [str(one) for one in said]
    return depends, bool(source.use_transactions)


def _line(path: Path, error: Any) -> str:
    """``:3`` if the error came up in that line of the file."""
    if isinstance(error, SyntaxError):
        return f":{error.lineno}" if error.lineno else ""
    frames = traceback.extract_tb(getattr(error, "__traceback__", None))
    lines = [frame.lineno for frame in frames if Path(frame.filename) == path.absolute()]
    return f":{lines[-1]}" if lines else ""
