"""The checksum of a migration's text, which says whether it was edited after it was applied."""

from __future__ import annotations

import re
from hashlib import sha256

_TRAILING = re.compile(r"[ \t\f]+$", re.MULTILINE)
SHORT = 8


def checksum(text: str) -> str:
    """SHA-256 of the text, in which line endings and blanks at the end of lines don't count."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return sha256(_TRAILING.sub("", lines).rstrip("\n").encode()).hexdigest()


def short(sha256: str) -> str:
    """The first characters, for people: ``1a2b3c4d…``."""
    return sha256[:SHORT] + "…"
