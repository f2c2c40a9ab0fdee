"""The URL of a database, made from any conninfo."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def url_of(conninfo: str, database: str | None = None) -> str:
    """A conninfo of either form as a URL; with a name, of that database on the same server.

    A host that is a folder, or several hosts, go where libpq allows them: into the query
    (PostgreSQL manual, 34.1.1.2).
    """
    from psycopg.conninfo import conninfo_to_dict

    parts = {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if value}
    name = database if database is not None else parts.get("dbname", "")
    parts.pop("dbname", None)
    authority = ""
    if not set(parts.get("host", "/")) & {"/", ","}:
        authority = _authority(parts)
    query = f"?{urlencode(parts, quote_via=quote)}" if parts else ""
    return f"postgresql://{authority}/{quote(name, safe='')}{query}"


def _authority(parts: dict[str, str]) -> str:
    """User, password, host and port as a URL has them; they are taken out of ``parts``."""
    user, password = parts.pop("user", ""), parts.pop("password", "")
    host, port = parts.pop("host", ""), parts.pop("port", "")
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return f"{login}@{place}" if login else place
