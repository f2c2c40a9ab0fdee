"""Where to connect: the conninfo given, else DATABASE_URL, else libpq's own PG* variables. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

if TYPE_CHECKING:
    from collections.abc import Mapping

# SQLAlchemy's and yoyo's spelling names a driver, which libpq doesn't know.
_DRIVER = re.compile(r"^(postgres(?:ql)?)\+\w+(?=://)")

# What a conninfo begins with that was meant as a URL, before there could be a password in it.
_BEGINNING = re.compile(r"[^\w=]*[a-zA-Z][\w+.-]*:/*")
_URL = ("postgresql://", "postgres://")

_OPTION = re.compile(r'(connection option|query parameter:) "\w+"$')
_QUOTED = re.compile(r'".*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Target:
    """A complete conninfo, and in words where it came from. The repr hides the password."""

    conninfo: str
    origin: str

    @property
    def described(self) -> str:
        """Host, port, database and user; never the password."""
        return describe(self.conninfo)

    def __repr__(self) -> str:
        return f"<{self.origin}: {self.described}>"


def resolve(conninfo: str, environ: Mapping[str, str], **defaults: str | int) -> Target:
    """Find out where to connect; ``defaults`` hold where the conninfo says nothing.

    The encoding is UTF-8 whatever it says: the driver knows no other.

    Raises psycopg.ProgrammingError if the conninfo can't be read.
    """
    origin = "the conninfo given"
    if not conninfo:
        conninfo, origin = environ.get("DATABASE_URL", ""), "DATABASE_URL"
    if not conninfo:
        empty = "DATABASE_URL is empty" if "DATABASE_URL" in environ else "no DATABASE_URL is set"
        origin = f"PG* variables or libpq's defaults, since {empty}"
    return complete(conninfo, origin, **defaults)


def complete(conninfo: str, origin: str, **defaults: str | int) -> Target:
    """A conninfo with what it leaves to us. Raises psycopg.ProgrammingError."""
    said = read(conninfo, origin)
    return Target(make_conninfo("", **{**defaults, **said, "client_encoding": "UTF8"}), origin)


def read(conninfo: str, origin: str) -> dict[str, Any]:
    """What a conninfo says. Raises psycopg.ProgrammingError, which shows no password."""
    try:
        said = conninfo_to_dict(plain_url(conninfo))
        reason = _cut_password(said)
    except psycopg.ProgrammingError as error:
        said, reason = {}, _no_url(conninfo) or _veiled(error)
    if reason:
        raise psycopg.ProgrammingError(f"{origin} can't be read: {reason}")
    return said


def _cut_password(said: Mapping[str, Any]) -> str | None:
    """What is wrong if the rest of a password became a host or a port, which errors show."""
    port, host = str(said.get("port") or ""), str(said.get("host") or "")
    if re.fullmatch(r"[\d,\s]*", port) and not re.search(r"[^,]@", host):
        return None
    return "host or port is none; in a URL's user and password write %2F for /, %40 for @"


def _no_url(conninfo: str) -> str | None:
    """What is wrong with what is neither libpq's URL nor made of its ``keyword=value``."""
    plain = plain_url(conninfo)
    if plain.startswith(_URL) or re.match(r"\s*\w+\s*=", plain):
        return None
    beginning = _BEGINNING.match(conninfo)
    instead = f", not with {beginning.group()}" if beginning else ""
    return f"a URL begins with postgresql://{instead}; what is no URL consists of keyword=value"


def _veiled(error: psycopg.Error) -> str:
    """libpq's message; what it quotes may be a password, unless it is an option's name."""
    text = str(error).strip()
    if _OPTION.search(text):
        return text
    before, equals, after = text.rpartition('"="')
    return before + equals + _QUOTED.sub('"…"', after)


def plain_url(url: str) -> str:
    """The URL as libpq takes it: ``postgresql+psycopg://`` becomes ``postgresql://``."""
    return _DRIVER.sub(r"\1", url)


def read_only(conninfo: str) -> str:
    """The conninfo with each session's transactions read-only unless they say otherwise."""
    options = str(conninfo_to_dict(conninfo).get("options") or "")
    return make_conninfo(conninfo, options=f"{options} -c default_transaction_read_only=on".strip())


def describe(conninfo: str) -> str:
    """Host, port, database and user, for people; never the password."""
    parts = conninfo_to_dict(conninfo)
    shown = ("host", "port", "dbname", "user", "service")
    return " ".join(f"{key}={parts[key]}" for key in shown if parts.get(key)) or "nothing said"
