"""A server that is already there, named by SQLKIT_TEST_DSN."""

from __future__ import annotations

import os

from sqlkit.testing.binaries import Unusable
from sqlkit.testing.databases import Server
from sqlkit.testing.urls import url_of

VARIABLE = "SQLKIT_TEST_DSN"


def open_server() -> Server:
    """The server that the variable names, if its role may create databases on it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    conninfo = os.environ.get(VARIABLE)
    if not conninfo:
        raise Unusable(f"{VARIABLE} is not set")
    try:
        conninfo_to_dict(conninfo)
        with psycopg.connect(conninfo, connect_timeout=5, autocommit=True) as connection:
            allowed = connection.execute(
                "select rolcreatedb or rolsuper, rolname from pg_roles where rolname = current_user"
            ).fetchone()
            version = connection.info.parameter_status("server_version") or ""
    except psycopg.Error as error:
        raise Unusable(f"{VARIABLE} is set, but can't be used: {error}") from error
    if allowed is None or not allowed[0]:
        raise Unusable(f"the role of {VARIABLE} may not create databases: alter role … createdb")
    return Server(url_of(conninfo), version.split()[0], way="dsn")
