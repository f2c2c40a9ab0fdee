"""Making sure that a dry run's transaction can't be committed, whatever a migration runs.

A deferred constraint trigger that fails: PostgreSQL fires it at COMMIT (manual, CREATE TRIGGER),
which then rolls back. It is made in the transaction itself, so it is gone with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from psycopg import sql

if TYPE_CHECKING:
    import psycopg

_NAME = "_sqlkit_dry_run"
# SET CONSTRAINTS fires it as well, and is allowed.
_MAKE = """
create table {name} ();
create function {name}() returns trigger language plpgsql as $$
begin
    if current_query() !~* 'set\\s+constraints' then
        raise 'a dry run is never committed, and this migration says COMMIT';
    end if;
    return null;
end
$$;
create constraint trigger {trigger} after insert on {name} deferrable initially deferred
    for each row execute function {name}()
"""
_ENDS = re.compile(
    r"""["';]\s*(?:commit|end|abort|rollback)(?:\s+(?:work|transaction))?\s*;?\s*["']""",
    re.IGNORECASE,
)


def make(connection: psycopg.Connection[Any], schema: str) -> None:
    """Make what fails at COMMIT, within the transaction."""
    name, trigger = sql.Identifier(schema, _NAME), sql.Identifier(_NAME)
    connection.execute(sql.SQL(_MAKE).format(name=name, trigger=trigger))


def arm(connection: psycopg.Connection[Any], schema: str) -> None:
    """From now on COMMIT fails."""
    name = sql.Identifier(schema, _NAME)
    connection.execute(sql.SQL("insert into {} default values").format(name))


def ends_transaction(python: str) -> bool:
    """Whether a ``.py`` file has COMMIT or the like as a statement, as far as can be seen."""
    return bool(_ENDS.search(python))
