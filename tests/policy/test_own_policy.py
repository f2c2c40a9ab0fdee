"""The policy that docs/chain.md shows, taken from there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import AsyncDatabase, Database, sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.policy import Policy

ONE = sql("select 1", kind="one")


def shown() -> Callable[..., Policy]:
    text = (Path(__file__).parents[2] / "docs/chain.md").read_text(encoding="utf-8")
    (code,) = (block for block in text.split("```python\n") if block.startswith("import time"))
    code = code.split("```")[0]
    written: list[str] = [line for line in code.splitlines() if line and "import" not in line]
    assert len(written) <= 15
    module: dict[str, Any] = {}
    exec(compile(code, "docs/chain.md", "exec"), module)
    quota: type[Policy] = module["Quota"]
    return quota


def test_it_works_on_a_database(database_url: str) -> None:
    with Database(database_url, policies=[shown()(calls=2)]) as db:
        assert [db.run(ONE), db.run(ONE)] == [1, 1]
        with pytest.raises(PermissionError, match="sql: more than 2 calls in a minute"):
            db.run(ONE)


async def test_the_same_one_works_on_an_async_database(database_url: str) -> None:
    async with AsyncDatabase(database_url, policies=[shown()(calls=2)]) as db:
        assert [await db.run(ONE), await db.run(ONE)] == [1, 1]
        with pytest.raises(PermissionError, match="sql: more than 2 calls in a minute"):
            await db.run(ONE)


def test_it_decorates_a_function() -> None:
    @shown()(calls=1)
    def greet(name: str) -> str:
        return f"hello {name}"

    assert greet("ada") == "hello ada"
    with pytest.raises(PermissionError, match="greet"):
        greet("ada")
