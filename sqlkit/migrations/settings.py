"""How migrations are applied: how long to wait, how often to try, what to allow."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlkit.errors import ProjectError

_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """Times in seconds.

    ``wait``: how long to wait while another process applies migrations. ``lock_timeout``: how long
    one statement waits for a lock, and others behind it (0: for ever); then the migration is rolled
    back and tried again, ``attempts`` times in all. ``out_of_order``: apply what comes before an
    applied migration, too. ``drop_invalid``: drop the INVALID index that a failed ``concurrently``
    left in the way.
    """

    wait: float = 60.0
    lock_timeout: float = 2.0
    attempts: int = 10
    out_of_order: bool = False
    drop_invalid: bool = False

    @classmethod
    def taken_from(cls, parameters: dict[str, Any]) -> Settings:
        """The settings among a URL's parameters, which are taken out of them.

        ``postgresql+sqlkit://…?lock_timeout=5&out_of_order=true``. Raises `ProjectError`.
        """
        names = [field.name for field in fields(cls)]
        given = {name: parameters.pop(name) for name in names if name in parameters}
        defaults = cls()
        read: dict[str, Any] = {
            name: _read(name, value, getattr(defaults, name)) for name, value in given.items()
        }
        return cls(**read)


def _read(name: str, value: str, default: bool | float) -> bool | float:
    """The value as what its default is: a flag or a number."""
    if isinstance(default, bool):
        if value.lower() in _FLAGS:
            return _FLAGS[value.lower()]
        raise ProjectError(f"{name} in the database's URL is true or false, not {value!r}")
    try:
        return type(default)(value)
    except ValueError:
        raise ProjectError(f"{name} in the database's URL is a number, not {value!r}") from None
