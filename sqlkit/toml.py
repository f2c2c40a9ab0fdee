"""Reading a table of a file in TOML, key by key, so that an error names file, table and key."""

from __future__ import annotations

from difflib import get_close_matches
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlkit.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Table: TypeAlias = "dict[str, Any]"


class TomlTable:
    """A table of a file in TOML, whose errors name the file, the table and the key.

    Each method gives the value of one key, or raises `ProjectError`.
    """

    def __init__(self, file: Path, name: str, values: Table) -> None:
        self.file, self.name, self.values = file, name, values

    def refuse_all_but(self, keys: Iterable[str]) -> None:
        """Other keys than these are an error."""
        keys = tuple(keys)
        for key in self.values:
            if key not in keys:
                raise self._error(f'has no key "{key}"{suggestion(key, keys)}')

    def text(self, key: str, default: str = "") -> str:
        """A string with something in it."""
        value = self.values.get(key, default)
        if isinstance(value, str) and value:
            return value
        raise self._wrong(key, "a string with something in it")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty by default."""
        values = self.values.get(key, [])
        listed = cast("list[object]", values) if isinstance(values, list) else [values]
        texts = [one for one in listed if isinstance(one, str)]
        if isinstance(values, list) and len(texts) == len(listed):
            return tuple(texts)
        raise self._wrong(key, "a list of strings")

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        raise self._wrong(key, "true or false")

    def number(self, key: str, *, whole: bool, least: float = 0) -> float:
        """A number that isn't less than ``least``; ``whole``: without a fraction."""
        value = self.values.get(key)
        kinds = int if whole else (int, float)
        if isinstance(value, kinds) and not isinstance(value, bool) and least <= value < inf:
            return value
        raise self._wrong(key, f"a {'whole ' if whole else ''}number, {least} or more")

    def table(self, key: str) -> Table | None:
        """A table within this one, None if it isn't there."""
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return cast("Table | None", value)
        raise self._wrong(key, "a table")

    def _wrong(self, key: str, expected: str) -> ProjectError:
        return self._error(f'"{key}" must be {expected}, not {self.values[key]!r}')

    def _error(self, message: str) -> ProjectError:
        table = f"[{self.name}] " if self.name else ""
        return ProjectError(f"{self.file}: {table}{message}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to add to an error about an unknown word: the one that was meant, or all there are."""
    known = tuple(known)
    close = get_close_matches(word, known, 1)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; there is {', '.join(known)}" if known else ""
