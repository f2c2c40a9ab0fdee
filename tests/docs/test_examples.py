"""The Python that the pages show, run from the first block of a page to its last."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import httpx
import psycopg
import pytest

from sql import users
from sqlkit import AsyncDatabase, CircuitOpen, Database, DeadlineExceeded, Statement, sql

PAGES = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INSTEAD = {"100_000": "1_000", "deadline(0.5)": "deadline(30)"}
"""What a busy machine would be slow with."""
ONE = sql("select 1", kind="one")

Read: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]


def one(**_: int) -> Statement[Any]:
    """Stands for a query that the reference doesn't have."""
    return ONE


GIVEN: dict[str, dict[str, Any]] = {
    "chain.md": {"reports": SimpleNamespace(refresh=one)},
    "database.md": {"accounts": SimpleNamespace(withdraw=one, deposit=one), "amount": 1},
    "factories.md": {},
    "metrics.md": {},
    "pgbouncer.md": {},
    "pipelining.md": {"ids": [1, 1]},
    "pool.md": {},
    "seeding.md": {},
    "testing.md": {},
}


@pytest.fixture
async def read(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Read]:
    """Runs a page's blocks, and gives the names that they leave.

    A page may take it that there are ``db`` and ``async_db``, with a user 1, and what it is given.
    """
    monkeypatch.setenv("DATABASE_URL", database_url)
    async with AsyncDatabase(database_url) as async_db:
        with Database(database_url) as db:
            db.run(users.create_user(email="ada@example.com", full_name="Ada"))

            async def read(page: str, **given: Any) -> dict[str, Any]:
                names: dict[str, Any] = {}
                for block in BLOCK.finditer((PAGES / page).read_text("utf-8")):
                    names |= {"db": db, "async_db": async_db, **given}
                    await run(block, page, names)
                return names

            yield read


def shortened(code: str) -> str:
    for shown, instead in INSTEAD.items():
        code = code.replace(shown, instead)
    return code


async def run(block: re.Match[str], page: str, names: dict[str, Any]) -> None:
    """One block, at its lines of the page; it may await."""
    above = block.string.count("\n", 0, block.start(1))
    code = compile(
        "\n" * above + shortened(block[1]),
        f"docs/{page}",
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        dont_inherit=True,
    )
    made = eval(code, names)
    if inspect.isawaitable(made):
        await made


@pytest.mark.parametrize("page", GIVEN)
async def test_a_page_can_be_followed(read: Read, page: str) -> None:
    await read(page, **GIVEN[page])


async def test_the_breaker_of_the_page_refuses_what_its_library_says_is_down(read: Read) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens", request=request)

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(down), base_url="http://payments"
    ) as client:
        names = await read("breaker.md", client=client)
        for _ in range(20):
            with pytest.raises(httpx.ConnectError):
                await names["charge"](1)
        with pytest.raises(CircuitOpen, match=r"^payments: refused"):
            await names["charge"](1)

    assert names["breaker"].state == "closed"


async def test_the_timeout_of_the_page_ends_what_waits(read: Read, database_url: str) -> None:
    names = await read("timeouts.md")

    assert await names["profile"](1) == names["user"]
    with psycopg.connect(database_url) as other:
        other.execute("lock table users in access exclusive mode")
        with pytest.raises(DeadlineExceeded):
            await names["profile"](1)
