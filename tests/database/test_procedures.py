"""A procedure may commit before it fails: it is never called again by itself."""

from __future__ import annotations

import psycopg
import pytest

from sqlkit import Database, sql

SETUP = """
create table marks (n int);
create procedure mark(fails boolean) language plpgsql as $$
begin
    insert into marks values (1);
    commit;
    if fails then
        execute 'select * from no_such_table';
    end if;
end
$$;
"""


def test_a_procedure_that_committed_and_then_failed_is_not_called_again(database_url: str) -> None:
    with Database(database_url, max_size=1) as db:
        db.run(sql(SETUP, kind="script"))
        db.run(sql("call mark(:fails)", kind="exec", fails=False))
        with pytest.raises(psycopg.errors.UndefinedTable):
            db.run(sql("call mark(:fails)", kind="exec", fails=True))

        assert db.run(sql("select count(*) from marks", kind="one")) == 2


CONFLICT = """
create table marks (n int);
create procedure conflicts() language plpgsql as $$
begin
    insert into marks values (1);
    commit;
    raise serialization_failure;
end
$$;
"""


def test_nor_after_a_conflict_which_undid_only_the_rest(database_url: str) -> None:
    with Database(database_url, max_size=1) as db:
        db.run(sql(CONFLICT, kind="script"))
        for kind in ("exec", "script"):
            with pytest.raises(psycopg.errors.SerializationFailure):
                db.run(sql("call conflicts()", kind=kind))

        assert db.run(sql("select count(*) from marks", kind="one")) == 2
