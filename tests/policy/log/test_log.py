from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit.errors import (
    CircuitOpen,
    CommitUnknown,
    DeadlineExceeded,
    NoRow,
    PoolExhausted,
    TooManyRows,
    WrongArgument,
)
from sqlkit.policy.call import Call
from sqlkit.policy.drive import drive, drive_async
from sqlkit.policy.flow import Chain, Policy
from sqlkit.policy.log.log import Log, level
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from collections.abc import Callable

GET_USER: Query[Any] = Query(
    name="users.get_user",
    kind="one",
    lines=(Line("select … where email = ", 0, " or note = ", 1),),
    parameters=("email", "note"),
    source="sql/users.sql:3",
)

States = psycopg.errors.lookup


def run(log: Policy, attempt: Callable[[], Any], *, began: float = 0.0, **given: Any) -> Any:
    call = Call("users.get_user", GET_USER, ("a@b.c", "x" * 500), "shop")
    call.began -= began
    for name, value in given.items():
        setattr(call, name, value)
    return drive(Chain([log]), call, attempt)


def failing(error: BaseException) -> Callable[[], Any]:
    def attempt() -> Any:
        raise error

    return attempt


def only(caplog: pytest.LogCaptureFixture) -> Any:
    (record,) = caplog.records
    return record


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sqlkit")


def test_a_call_is_one_record_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    assert run(Log(), lambda: "a row", began=0.0042) == "a row"
    record = only(caplog)
    assert record.name == "sqlkit"
    assert record.levelno == logging.DEBUG
    assert re.fullmatch(r"users\.get_user 1 row in \d+\.\d ms", record.getMessage())
    assert (record.sqlkit_event, record.sqlkit_query) == ("call", "users.get_user")
    assert (record.sqlkit_database, record.sqlkit_source) == ("shop", "sql/users.sql:3")
    assert (record.sqlkit_rows, record.sqlkit_attempts) == (1, 1)
    assert 0.0042 <= record.sqlkit_seconds < 5


def batch(*queries: str) -> Call:
    call = Call("batch", None, (), "shop")
    call.statements = [Statement(Query(name=name, lines=())) for name in queries]
    return call


@pytest.mark.parametrize(
    ("queries", "told"),
    [
        (["users.create_user"] * 3, "3 users.create_user"),
        (["a", "b", "b"], "2 b, 1 a"),
        (["a", "b", "c", "d", "d"], "2 d, 1 a, 1 b, …"),
    ],
)
def test_a_batch_says_what_it_is_of(
    caplog: pytest.LogCaptureFixture, queries: list[str], told: str
) -> None:
    drive(Chain([Log()]), batch(*queries), list)
    record = only(caplog)
    assert record.getMessage().startswith(f"batch of {told} done in ")
    assert (record.sqlkit_query, record.sqlkit_batch) == ("batch", told)


def test_a_batch_of_what_is_no_statement_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    call = Call("batch")
    mistaken: Any = ["select 1", None]
    call.statements = mistaken
    with pytest.raises(WrongArgument):
        drive(Chain([Log()]), call, failing(WrongArgument("a batch takes a statement")))
    assert only(caplog).getMessage().startswith("batch failed after ")


async def test_a_task_logs_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async def attempt() -> list[int]:
        await asyncio.sleep(0)
        return [1, 2, 3]

    list_users = replace(GET_USER, name="users.list_users", kind="many")
    await drive_async(Chain([Log()]), Call("users.list_users", list_users), attempt)
    assert only(caplog).getMessage().startswith("users.list_users 3 rows in ")


def test_nobody_who_listens_gets_no_record(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "sqlkit")
    run(Log(), lambda: "a row")
    with pytest.raises(TooManyRows):
        run(Log(), failing(TooManyRows("two")))
    assert not caplog.records


def test_a_slow_call_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    run(Log(slow=1.5), lambda: "a row", began=1.4)
    run(Log(slow=1.5), lambda: "a row", began=1.6)
    fast, slow = caplog.records
    assert fast.levelno == logging.DEBUG
    assert slow.levelno == logging.WARNING
    assert slow.getMessage() == "users.get_user is slow: 1 row in 1.60 s"


def test_attempts_are_told_where_there_was_more_than_one(caplog: pytest.LogCaptureFixture) -> None:
    run(Log(), lambda: None, attempts=2)
    record = only(caplog)
    assert record.getMessage().endswith(", 3 attempts")
    assert record.sqlkit_attempts == 3


def test_a_decorated_function_has_no_rows(caplog: pytest.LogCaptureFixture) -> None:
    @Log()
    def transfer(amount: int) -> int:
        return amount

    assert transfer(5) == 5
    record = only(caplog)
    assert "transfer done in " in record.getMessage()
    assert record.sqlkit_rows is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (States("08006")(), logging.WARNING),
        (States("57P01")(), logging.WARNING),
        (States("57014")(), logging.WARNING),
        (States("53300")(), logging.WARNING),
        (States("40P01")(), logging.WARNING),
        (States("XX000")(), logging.WARNING),
        (psycopg.OperationalError("server closed the connection unexpectedly"), logging.WARNING),
        (DeadlineExceeded("late"), logging.WARNING),
        (CommitUnknown("lost"), logging.WARNING),
        (States("23505")(), logging.INFO),
        (States("42601")(), logging.INFO),
        (States("P0001")(), logging.INFO),
        (TooManyRows("two"), logging.INFO),
        (WrongArgument("a text for a number"), logging.INFO),
        (KeyError("x"), logging.INFO),
        (NoRow("none"), logging.DEBUG),
        (CircuitOpen("open", retry_after=1.0), logging.DEBUG),
        (PoolExhausted("full"), logging.DEBUG),
        (asyncio.CancelledError(), logging.DEBUG),
        (KeyboardInterrupt(), logging.DEBUG),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_a_failed_call_is_as_loud_as_its_reason(error: BaseException, expected: int) -> None:
    assert level(error) == expected


def test_a_failed_call_tells_error_and_sqlstate(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        run(Log(), failing(States("23514")("new row: secret")))
    record = only(caplog)
    message = record.getMessage()
    assert message.startswith("users.get_user failed after ")
    assert message.endswith(": CheckViolation 23514")
    assert (record.sqlkit_event, record.sqlkit_error) == ("failed", "CheckViolation")
    assert record.sqlkit_sqlstate == "23514"
    assert record.exc_info is None


def test_parameters_are_logged_only_if_asked_for_and_cut_short(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run(Log(), lambda: None)
    run(Log(parameters=True, length=20), lambda: None)
    without, with_them = caplog.records
    assert not hasattr(without, "sqlkit_parameters")
    shown = vars(with_them)["sqlkit_parameters"]
    assert shown["email"] == "'a@b.c'"
    assert len(shown["note"]) == 20
    assert shown["note"].startswith("'xxx")


def test_the_settings_are_what_its_repr_shows() -> None:
    assert repr(Log(slow=0.1)) == "Log(slow=0.1, parameters=False, length=100)"
