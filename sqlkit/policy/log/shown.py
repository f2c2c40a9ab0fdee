"""How times, rows and parameters look to people. Pure."""

from __future__ import annotations

from reprlib import Repr
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.policy.call import Call


def duration(seconds: float) -> str:
    """Such as ``0.8 ms`` or ``1.25 s``."""
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def rows(call: Call) -> str:
    """Such as ``1 row``; nothing for a function, which has none."""
    if call.query is None:
        return ""
    count = call.rows
    return f"{count} row{'' if count == 1 else 's'}"


def parameters(call: Call, length: int) -> dict[str, str]:
    """A call's arguments by name, each as Python would write it, in at most ``length`` characters.

    A long value is cut short before it is written out, so that showing it costs little.
    """
    if call.query is None:
        return {}
    short = _repr(length)
    return {
        name: cut(short.repr(value), length)
        for name, value in zip(call.query.parameters, call.args, strict=False)
    }


def cut(text: str, length: int) -> str:
    """The text, or its beginning and a sign that there was more."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _repr(length: int) -> Repr:
    short = Repr()
    short.maxstring = short.maxother = short.maxlong = length
    short.maxlist = short.maxtuple = short.maxdict = short.maxset = length // 3 + 1
    return short
