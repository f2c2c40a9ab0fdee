"""How an error looks on the command line, and which exit status it brings."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

from sqlkit.cli.console import stderr
from sqlkit.errors import NoServer, ProjectError, SourceError, SqlkitError, WrongArgument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

FOUND, WRONG_USE = 1, 2

# Cures by SQLSTATE (PostgreSQL manual, appendix A); a failed connection often has none.
CURES = {
    "28P01": "check the user and the password in --dsn or DATABASE_URL",
    "28000": "check the user in --dsn or DATABASE_URL, and the server's pg_hba.conf",
    "42501": "connect as a role that may do this: the one that owns the tables, as a rule",
    "3D000": "create the database, or name another one in --dsn or DATABASE_URL",
    "42P01": "has every migration been applied to this database?",
    "42703": "has every migration been applied to this database?",
}
REFUSALS = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    "FATAL:  role ": "28000",
    "FATAL:  database ": "3D000",
}
UNREACHABLE = (
    "is the server running? Name another one with --dsn or DATABASE_URL, "
    'or start one with "sqlkit db start"'
)


def status(error: Exception) -> int | None:
    """The exit status that an error brings, or None for a fault of sqlkit's own.

    2 for what can't even be begun as asked, 1 for a problem found on the way.
    """
    if isinstance(error, SqlkitError):
        return WRONG_USE if isinstance(error, ProjectError | NoServer | WrongArgument) else FOUND
    if _is_psycopg(error):
        return FOUND if getattr(error, "sqlstate", None) else WRONG_USE
    if isinstance(error, OSError) and error.errno != errno.EPIPE:
        return FOUND
    return None


def show(errors: Iterable[Exception]) -> None:
    """Print errors to standard error, in colour on a terminal, with a blank line between."""
    console = stderr()
    for number, error in enumerate(errors):
        if number:
            console.print()
        console.print(drawn(error), soft_wrap=True)


def drawn(error: Exception) -> Text:
    """An error as text for a terminal: place, message, excerpt, caret, hint."""
    from rich.text import Text

    if isinstance(error, SourceError):
        return _drawn_source(error)
    message, newline, details = _message(error).partition("\n")
    state = getattr(error, "sqlstate", None)
    code = f" [{state}]" if state else ""
    text = Text.assemble(("error: ", "bold red"), message, (code, "dim"), newline, details)
    for note in (*getattr(error, "__notes__", ()), *_cure(error)):
        text.append("\n")
        text.append(note, "cyan")
    return text


def _message(error: Exception) -> str:
    """What an error says; of a file that the system refuses, its name first, as everywhere."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _drawn_source(error: SourceError) -> Text:
    from rich.text import Text

    place = f"{error.file}:{error.line}:{error.column}:"
    text = Text(str(error))
    text.stylize("bold", 0, len(place))
    text.stylize("red", len(place), len(place) + 1 + len(error.message))
    text.highlight_regex(r"(?m)^ *[\t ]*\^+$", "bold red")
    text.highlight_regex(r"(?m)^ *\d+ \|", "dim")
    text.highlight_regex(r"(?m)^hint: .*$", "cyan")
    for note in getattr(error, "__notes__", ()):
        text.append(f"\n{note}", "cyan")
    return text


def _is_psycopg(error: Exception) -> bool:
    """Whether psycopg raised it; asked of what is imported, since importing it is slow."""
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(error, psycopg.Error)


def _cure(error: Exception) -> list[str]:
    if not _is_psycopg(error):
        return []
    state = getattr(error, "sqlstate", None)
    if state and _in_migration(error):
        cure = None
    elif state:
        cure = CURES.get(state)
    elif isinstance(error, sys.modules["psycopg"].OperationalError):
        cure = _connection_cure(str(error))
    else:
        cure = None
    return [f"hint: {cure}"] if cure else []


def _in_migration(error: Exception) -> bool:
    """Whether it is a migration that PostgreSQL refused: then it is the migration to look at."""
    return any(note.startswith("in the migration ") for note in getattr(error, "__notes__", ()))


def _connection_cure(message: str) -> str:
    """The cure for an error that came before the server could give it a SQLSTATE."""
    for words, state in REFUSALS.items():
        if words in message:
            return CURES[state]
    return UNREACHABLE
