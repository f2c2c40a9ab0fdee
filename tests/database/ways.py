"""The ways in which the rows of a query come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlkit import sql

if TYPE_CHECKING:
    from sqlkit import AsyncDatabase


async def by_run(db: AsyncDatabase, text: str) -> list[Any]:
    return await db.run(sql(text, kind="many"))


async def in_a_transaction(db: AsyncDatabase, text: str) -> list[Any]:
    async with db.transaction() as tx:
        return await tx.run(sql(text, kind="many"))


async def by_stream(db: AsyncDatabase, text: str) -> list[Any]:
    async with db.stream(sql(text)) as rows:
        return [row async for row in rows]


async def by_copy(db: AsyncDatabase, text: str) -> list[Any]:
    return await db.run(sql(text, kind="copy"))
