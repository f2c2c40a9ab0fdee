"""The first line of a generated file: that sqlkit wrote it, and from what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

VERSION = "0.1.0"
"""The version of sqlkit that last changed how modules are written."""

_HEADER = re.compile(
    r"# Written by sqlkit (?P<version>\S+) from (?P<source>.+?)"
    r" \(sha256 (?P<sql>[0-9a-f]{16}), body (?P<body>[0-9a-f]{16})\);"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a generated file says of itself; ``sql`` and ``body`` are hashes."""

    version: str
    source: str
    sql: str
    body: str


def stamped(body: str, source: str, sql: str, change: str) -> str:
    """A generated file: its header and its body.

    ``source`` is what it is made from and ``sql`` the text of that; ``change`` says what a person
    should change instead of the file.
    """
    hashes = f"sha256 {sql_hash(sql)}, body {_hash(body)}"
    line = f"# Written by sqlkit {VERSION} from {source} ({hashes}); do not edit: {change}."
    return f"{line}\n{body}"


def header_of(text: str) -> Header | None:
    """The header of a file's text; None if sqlkit did not write it."""
    match = _HEADER.match(text)
    return Header(**match.groupdict()) if match else None


def is_edited(text: str, header: Header) -> bool:
    """Whether the file's body is another than the one the header was made for."""
    return _hash(text.partition("\n")[2]) != header.body


def sql_hash(sql: str) -> str:
    """The hash of a ``.sql`` file's text, and of how modules are written now."""
    return _hash(VERSION + "\n" + sql.replace("\r\n", "\n"))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
