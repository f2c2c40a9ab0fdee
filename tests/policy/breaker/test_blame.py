"""Which ends of a call speak against the server."""

from __future__ import annotations

import pytest
from psycopg import Error, InterfaceError, OperationalError, errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from sqlkit import (
    DeadlineExceeded,
    NoRow,
    OutsideTransaction,
    TooManyRows,
    UnreadableValue,
    WrongArgument,
)
from sqlkit.errors import CircuitOpen, CommitUnknown, PoolExhausted
from sqlkit.policy.breaker.blame import says

ILL = """
    08000 08001 08003 08004 08006 08P01 53000 53100 53200 53300 53400
    57P01 57P02 57P03 57P05 58000 58030 F0000 XX000 XX001 XX002
"""

NOTHING = """
    40001 40P01 40000 40003 55P03 22012 22P02 23505 23503 42601 42P01 25P02 25006 25P03 25P04
    28P01 0A000 26000 57014 P0001 3D000
"""


def error(sqlstate: str) -> Error:
    return errors.lookup(sqlstate)()


@pytest.mark.parametrize("sqlstate", ILL.split())
def test_a_server_that_is_unwell_says_so(sqlstate: str) -> None:
    assert says(error(sqlstate)) == "ill"


@pytest.mark.parametrize("sqlstate", NOTHING.split())
def test_a_statement_that_is_at_fault_says_nothing_of_the_server(sqlstate: str) -> None:
    assert says(error(sqlstate)) == "nothing"


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("connection refused"),
        errors.ConnectionTimeout(),
        PoolTimeout(),
        DeadlineExceeded(),
        CommitUnknown(),
        ConnectionResetError(),
        TimeoutError(),
    ],
)
def test_a_server_out_of_reach_is_ill(error: Exception) -> None:
    assert says(error) == "ill"


@pytest.mark.parametrize("error", [None, NoRow(), TooManyRows(), UnreadableValue()])
def test_a_server_that_answers_is_well(error: Exception | None) -> None:
    assert says(error) == "well"


@pytest.mark.parametrize(
    "error",
    [
        PoolExhausted(),
        TooManyRequests(),
        PoolClosed(),
        InterfaceError(),
        WrongArgument(),
        OutsideTransaction(),
        CircuitOpen("", retry_after=0),
        errors.PipelineAborted(),
        ValueError(),
        KeyboardInterrupt(),
    ],
)
def test_what_this_program_is_at_fault_for_says_nothing(error: BaseException) -> None:
    assert says(error) == "nothing"
