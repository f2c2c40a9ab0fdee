"""The way from a file's text to its queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.errors import SqlFileError
    from sqlkit.sqlfile.query import Query


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds: its sound queries, every error, and its leading comment.

    ``queries`` are in the file's order, ``errors`` too; a query with an error is not among them.
    """

    queries: tuple[Query, ...]
    errors: tuple[SqlFileError, ...]
    doc: str = ""


def read(text: str, *, file: str = "x.sql", module: str = "") -> Parsed:
    """Read the text of a ``.sql`` file; ``module`` is what its queries' full names begin with.

    Raises nothing: what is wrong is in `Parsed.errors`.
    """
    raise NotImplementedError


def parse(text: str, file: str = "x.sql") -> tuple[Query, ...]:
    """The queries of a ``.sql`` file.

    Raises the first `SqlFileError` there is, with a note for each other one.
    """
    raise NotImplementedError
