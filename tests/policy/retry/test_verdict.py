from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout

from sqlkit.errors import CircuitOpen, DeadlineExceeded, NoRow
from sqlkit.policy.retry.verdict import Verdict, verdict

if TYPE_CHECKING:
    from sqlkit.policy.call import Phase

LOST = psycopg.OperationalError("server closed the connection unexpectedly")
UNSENT, OPEN, SENT = "unsent", "open", "sent"

# What failed, how far it had got, and the verdict if it may not and if it may be repeated.
TABLE: list[tuple[BaseException, Phase, Verdict, Verdict]] = [
    (LOST, "unsent", "again", "again"),
    (LOST, "open", "never", "again"),
    (LOST, "sent", "unknown", "again"),
    (PoolTimeout(), "unsent", "never", "never"),
    (PoolClosed(), "unsent", "never", "never"),
    (ConnectionResetError(), "sent", "unknown", "again"),
    (errors.AdminShutdown(), "unsent", "again", "again"),
    (errors.AdminShutdown(), "open", "never", "again"),
    (errors.AdminShutdown(), "sent", "unknown", "again"),
    (errors.CrashShutdown(), "sent", "unknown", "again"),
    (errors.CannotConnectNow(), "unsent", "again", "again"),
    (errors.ConnectionFailure(), "sent", "unknown", "again"),
    (errors.IdleSessionTimeout(), "sent", "again", "again"),
    (errors.IdleInTransactionSessionTimeout(), "open", "never", "again"),
    (errors.SerializationFailure(), "sent", "conflict", "conflict"),
    (errors.SerializationFailure(), "open", "never", "conflict"),
    (errors.DeadlockDetected(), "sent", "conflict", "conflict"),
    (errors.DeadlockDetected(), "open", "never", "conflict"),
    (errors.LockNotAvailable(), "sent", "again", "again"),
    (errors.LockNotAvailable(), "open", "never", "again"),
    (errors.TransactionRollback(), "sent", "again", "again"),
    (errors.ReadOnlySqlTransaction(), "sent", "never", "never"),
    (psycopg.DatabaseError("out of memory for query result"), "sent", "unknown", "again"),
    (errors.StatementCompletionUnknown(), "sent", "unknown", "again"),
    (errors.TransactionResolutionUnknown(), "sent", "unknown", "again"),
    (errors.ProtocolViolation(), "sent", "never", "never"),
    (errors.QueryCanceled(), "sent", "never", "never"),
    (errors.InFailedSqlTransaction(), "open", "never", "never"),
    (errors.UniqueViolation(), "sent", "never", "never"),
    (errors.DivisionByZero(), "sent", "never", "never"),
    (errors.UndefinedTable(), "sent", "never", "never"),
    (errors.RaiseException(), "sent", "never", "never"),
    (errors.FeatureNotSupported(), "sent", "never", "never"),
    (errors.DiskFull(), "sent", "never", "never"),
    (errors.OutOfMemory(), "sent", "never", "never"),
    (errors.InternalError_(), "sent", "never", "never"),
    (errors.TransactionIntegrityConstraintViolation(), "sent", "never", "never"),
    (DeadlineExceeded(), "sent", "never", "never"),
    (TimeoutError(), "sent", "never", "never"),
    (CircuitOpen("open", retry_after=1.0), "unsent", "never", "never"),
    (NoRow(), "sent", "never", "never"),
    (ValueError(), "open", "never", "never"),
    (KeyboardInterrupt(), "sent", "never", "never"),
]


@pytest.mark.parametrize(("error", "phase", "once", "repeatable"), TABLE)
def test_the_verdict_follows_sqlstate_and_phase(
    error: BaseException, phase: Phase, once: Verdict, repeatable: Verdict
) -> None:
    assert verdict(error, phase, may_repeat=False) == once
    assert verdict(error, phase, may_repeat=True) == repeatable


@pytest.mark.parametrize("phase", [UNSENT, OPEN, SENT])
def test_no_error_that_is_the_caller_s_own_is_ever_repeated(phase: Phase) -> None:
    for state in ("22012", "23505", "28P01", "3D000", "3F000", "42601", "P0001", "25P02"):
        error = psycopg.errors.lookup(state)()
        assert verdict(error, phase, may_repeat=True) == "never"


@pytest.mark.parametrize(
    ("phase", "once", "repeatable"), [(SENT, "again", "again"), (OPEN, "never", "again")]
)
def test_a_write_on_a_standby_is_repeated_on_what_may_be_another_server(
    phase: Phase, once: Verdict, repeatable: Verdict
) -> None:
    error = errors.ReadOnlySqlTransaction()
    assert verdict(error, phase, may_repeat=False, standby=True) == once
    assert verdict(error, phase, may_repeat=True, standby=True) == repeatable
