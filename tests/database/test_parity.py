"""The async classes are their sync twins, but for ``await``."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import sqlkit
from sqlkit import (
    AsyncConnection,
    AsyncDatabase,
    AsyncHeldConnection,
    AsyncTransaction,
    Connection,
    Database,
    HeldConnection,
    Transaction,
)

TWINS: list[tuple[type, type]] = [
    (Connection, AsyncConnection),
    (Database, AsyncDatabase),
    (Transaction, AsyncTransaction),
    (HeldConnection, AsyncHeldConnection),
]
# What only one of them can do, and why.
ONLY_SYNC = {"__enter__", "__exit__"}
ONLY_ASYNC = {"__aenter__", "__aexit__"}


def public(of: type) -> dict[str, Any]:
    names = {name for name in dir(of) if not name.startswith("_")}
    names |= {"__init__", "__repr__"} | ((ONLY_SYNC | ONLY_ASYNC) & set(dir(of)))
    return {name: inspect.getattr_static(of, name) for name in names}


def as_sync(text: str) -> str:
    """What the async code says, in the words of the sync code."""
    for pattern, plain in (
        (r"\s+", " "),
        (r"\bAbstractAsync", "Abstract"),
        (r"\bAsync", ""),
        (r"\bAwaitable\[(\w+)\]", r"\1"),
        (r"\b(an|a)( async| coroutine) ", "a "),
        (r"\b(async|coroutine) ", ""),
        (r"\ba async\b", "a"),
        (r" Raises TypeError for a plain function\.", ""),
        (r"for one event loop's tasks", "safe to share among threads"),
        (r"\bsame task\b", "same thread"),
        (r", pipeline: 'bool' = False", ""),  # threads have no turn to share
        (r" ``pipeline=True``:.*", ""),
    ):
        text = re.sub(pattern, plain, text)
    return text.strip()


def signature(member: Any) -> str:
    function: Any = member.fget if isinstance(member, property) else member
    return as_sync(str(inspect.signature(function)))


@pytest.mark.parametrize(("sync", "twin"), TWINS)
def test_twins_have_the_same_names(sync: type, twin: type) -> None:
    assert set(public(sync)) - ONLY_SYNC == set(public(twin)) - ONLY_ASYNC


@pytest.mark.parametrize(("sync", "twin"), TWINS)
def test_twins_have_the_same_signatures(sync: type, twin: type) -> None:
    theirs = public(twin)
    for name, member in public(sync).items():
        other = theirs.get(name.replace("__enter", "__aenter").replace("__exit", "__aexit"))
        if callable(member) or isinstance(member, property):
            assert signature(other) == as_sync(signature(member)), name


@pytest.mark.parametrize(("sync", "twin"), TWINS)
def test_twins_have_the_same_docstrings(sync: type, twin: type) -> None:
    assert as_sync(twin.__doc__ or "") == as_sync(sync.__doc__ or "")
    theirs = public(twin)
    for name, member in public(sync).items():
        if not name.startswith("_"):
            assert as_sync(inspect.getdoc(theirs[name]) or "") == as_sync(
                inspect.getdoc(member) or ""
            ), name


@pytest.mark.parametrize(("sync", "twin"), TWINS)
def test_what_waits_is_awaited(sync: type, twin: type) -> None:
    theirs = public(twin)
    for name in ("run", "batch", "transact", "open", "close"):
        if name in theirs:
            assert inspect.iscoroutinefunction(theirs[name]), name


def test_databases_transactions_and_held_connections_are_connections() -> None:
    for sync, twin in TWINS:
        assert issubclass(sync, Connection)
        assert issubclass(twin, AsyncConnection)


def touching(pattern: str) -> set[str]:
    folder = Path(sqlkit.__file__).parent / "database"
    files = [(p.relative_to(folder), p.read_text("utf-8")) for p in folder.rglob("*.py")]
    return {str(path) for path, text in files if re.search(pattern, text)}


def test_only_the_driver_touches_psycopg_s_lower_layers() -> None:
    lower = (
        r"psycopg\.(generators|waiting|_\w+)|psycopg.*import .*\b(waiting|generators|Transformer)\b"
    )
    assert touching(lower) == {"driver.py"}


def test_only_the_driver_and_what_stands_on_it_speak_to_libpq() -> None:
    files = touching(r"\.pgconn\b")
    assert {file for file in files if not file.startswith("wire")} == {"driver.py"}
