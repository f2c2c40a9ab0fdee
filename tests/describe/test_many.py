"""Many queries and many variants: in a few round trips, and in no more memory than few."""

from __future__ import annotations

import _thread
import gc
import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.describe import Description, describe
from sqlkit.errors import SourceError
from sqlkit.sqlfile import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    AskAll: TypeAlias = Callable[[str], list[Description | SourceError]]


def with_flags(number: int) -> str:
    """A query with two to the power of that number variants, each as long as with any other."""
    lines = "".join(
        f"    and length(body) <> 1{n} --? n{n}\n    and length(body) <> 2{n} --? not n{n}\n"
        if n < number
        else f"    and length(body) <> 1{n}\n"
        for n in range(10)
    )
    return (
        "-- name: q :many\nselect p.id, p.score, full_name\nfrom posts as p\n"
        f"join users as u on u.id = p.user_id\nwhere true\n{lines};\n"
    )


def beyond(connection: psycopg.Connection[Any], text: str) -> tuple[int, int]:
    """The variants of a query, and the most bytes at once beyond its description."""
    queries = read(text, file="x.sql").queries
    gc.collect()
    tracemalloc.start()
    try:
        [answer] = describe(connection, queries)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(answer, Description)
    return len(answer.variants), peak - kept


def test_256_variants_take_no_more_memory_than_32(
    connection: psycopg.Connection[Any],
) -> None:
    describe(connection, read(with_flags(1)).queries)  # what is made once and for all
    few, a_little = beyond(connection, with_flags(5))
    many, as_much = beyond(connection, with_flags(8))

    assert (few, many) == (32, 256)
    assert as_much < 1.2 * a_little


def test_each_of_many_queries_has_its_own_answer(ask_all: AskAll) -> None:
    texts = [
        f"-- name: q{n} :one\nselect {n} as a{n};\n"
        if n % 3
        else f"-- name: q{n} :one\nselect nothing{n};\n"
        for n in range(200)
    ]

    answers = ask_all("\n".join(texts))

    for n, answer in enumerate(answers):
        if n % 3:
            assert isinstance(answer, Description)
            assert [column.name for column in answer.columns] == [f"a{n}"]
        else:
            assert isinstance(answer, SourceError)
            assert f'"nothing{n}"' in str(answer)


def test_the_first_variant_that_is_refused_is_shown(ask_all: AskAll) -> None:
    lines = "".join(f"    and score = :a{n} --? a{n}\n" for n in range(9))
    text = f"-- name: q\nselect score from posts where true\n{lines}limit 1 nonsense --? not a3\n"

    [answer] = ask_all(text)

    assert "(with a0, a1, a2, not a3, a4, a5, a6, a7, a8)" in str(answer)


def test_two_later_variants_must_agree_as_well(ask_all: AskAll) -> None:
    text = (
        "-- name: q\nselect 1 as a\nwhere true --? sort = none\n"
        "where :at::date > now() --? sort = day\n"
        "where :at::timestamptz > now() --? sort = time\n"
    )

    [answer] = ask_all(text)

    assert (
        "q takes :at as date with sort = day, "
        "but timestamp with time zone with sort = time" in str(answer)
    )


def test_where_nothing_temporary_may_be_made_all_is_nullable_and_typed(
    connection: psycopg.Connection[Any],
) -> None:
    name = connection.info.dbname
    connection.execute(f'revoke temporary on database "{name}" from public'.encode())
    connection.execute("create role reader; grant select on users to reader")
    try:
        connection.execute("set role reader")
        queries = read("-- name: q\nselect id from users where id = :id;\n").queries
        [answer] = describe(connection, queries)
    finally:
        connection.execute("reset role")
        connection.execute(f'grant temporary on database "{name}" to public'.encode())
        connection.execute("drop owned by reader; drop role reader")

    assert isinstance(answer, Description)
    assert not answer.analysed
    assert [(one.sql_type, one.nullable) for one in answer.columns] == [("bigint", True)]
    assert [param.sql_type for param in answer.params] == ["bigint"]


def test_a_connection_that_is_gone_is_an_error_of_psycopg(
    connection: psycopg.Connection[Any],
) -> None:
    with psycopg.connect(connection.info.dsn, autocommit=True) as other:
        connection.execute("select pg_terminate_backend(%s)", [other.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            describe(other, read(with_flags(2)).queries)


def test_an_interrupt_ends_the_wait_for_a_locked_table(
    connection: psycopg.Connection[Any],
) -> None:
    with (
        psycopg.connect(connection.info.dsn) as locking,
        psycopg.connect(connection.info.dsn, autocommit=True) as other,
    ):
        locking.execute("lock table users in access exclusive mode")
        timer = threading.Timer(0.3, _thread.interrupt_main)
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            describe(other, read(with_flags(2)).queries)
        timer.join()
