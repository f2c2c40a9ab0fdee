"""Which lock each form of a statement takes, and whether it rewrites: on every version there is."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit import migrations
from sqlkit.errors import NoServer
from sqlkit.migrations.backend import Backend
from sqlkit.migrations.dry_run import Limits, findings, verify
from sqlkit.testing.server import throwaway
from tests.migrations.dry_run.tables import ACCESS, CHECK, ROW_SHARE, SHARE, SMALL, TABLES, UPDATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Write = Callable[..., Path]

SERVERS = ("15", "16", "18")
KEY = "alter table users add constraint fk foreign key (org) references orgs (id)"
FORMS = [
    ("alter table users add a int", ACCESS, False, "none"),
    ("alter table users add a int not null default 5", ACCESS, False, "none"),
    ("alter table users add a float default random()", ACCESS, True, "danger"),
    ("alter table users add a int generated always as (b * 2) stored", ACCESS, True, "danger"),
    ("alter table users alter b type bigint", ACCESS, True, "danger"),
    ("alter table users alter nm type varchar(50)", ACCESS, True, "danger"),
    ("alter table users alter vc type text", ACCESS, False, "none"),
    ("alter table users alter vc type varchar(80)", ACCESS, False, "none"),
    ("alter table users alter b set not null", ACCESS, False, "danger"),
    ("alter table users alter nm drop not null", ACCESS, False, "none"),
    ("alter table users alter b set default 7", ACCESS, False, "none"),
    ("alter table users drop b", ACCESS, False, "none"),
    ("alter table users rename b to c", ACCESS, False, "none"),
    ("alter table users set unlogged", ACCESS, True, "danger"),
    (CHECK, ACCESS, False, "danger"),
    (f"{CHECK} not valid", ACCESS, False, "none"),
    (KEY, ROW_SHARE, False, "warning"),
    (f"{KEY} not valid", ROW_SHARE, False, "none"),
    ("alter table users add constraint u unique (b)", ACCESS, False, "danger"),
    ("alter table users alter b set statistics 50", UPDATE, False, "none"),
    ("create index i on users (b)", SHARE, False, "warning"),
    ("create trigger t before update on users for each row execute function "
     "suppress_redundant_updates_trigger()", ROW_SHARE, False, "none"),
    ("drop table users cascade", ACCESS, False, "none"),
    ("truncate users", ACCESS, True, "warning"),
    ("cluster users using users_pkey", ACCESS, True, "danger"),
    ("update users set b = 1", "RowExclusiveLock", False, "warning"),
    ("select count(*) from users", "AccessShareLock", False, "none"),
    ("comment on table users is 'all of them'", UPDATE, False, "none"),
    ("analyze users", UPDATE, False, "none"),
]  # fmt: skip


@pytest.fixture(scope="module", params=SERVERS)
def on_version(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with the tables, on a server of each version that can be had here."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SQLKIT_TEST_PG", request.param)
            patch.delenv("SQLKIT_TEST_DSN", raising=False)
            try:
                server = stack.enter_context(throwaway())
            except NoServer as reason:
                pytest.skip(f"no PostgreSQL {request.param} here: {str(reason).splitlines()[0]}")
        url = stack.enter_context(server.database())
        with psycopg.connect(url, autocommit=True) as connection:
            assert connection.info.server_version // 10000 == int(request.param)
            connection.execute(TABLES)
        yield url


@pytest.mark.parametrize(("sql", "mode", "rewritten", "level"), FORMS, ids=[f[0] for f in FORMS])
def test_the_lock_and_the_rewrite_of(
    on_version: str, write: Write, folder: Path, sql: str, mode: str, rewritten: bool, level: str
) -> None:
    write("0001.a", sql)
    read = migrations.read(folder)
    with Backend.open(on_version) as backend:
        (facts,) = verify(backend, read, list(read), SMALL)
    assert facts.error is None
    (users,) = [one for one in facts.touched if one.table == "users"]
    assert (users.held, users.rewritten) == (mode, rewritten)
    assert mode in users.locks
    assert [one.level for one in findings(facts, SMALL)] == ([] if level == "none" else [level])
    assert not [one for one in findings(facts, Limits()) if one.is_dangerous]
