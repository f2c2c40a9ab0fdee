"""Values of many megabytes, there and back."""

from __future__ import annotations

from typing import Any

from sqlkit import Statement, sql


def values(size: int) -> dict[str, Any]:
    """A value of so many bytes for each of some types."""
    word = "Łódź 😀 "
    part = word * (size // 20 // len(word.encode()))
    return {
        "bytea": bytes(range(256)) * (size // 256),
        "text": part * 20,
        "jsonb": [part, {"a": part, "b": [part] * 18}],
        "text[]": [part] * 20,
        "bytea[]": [b"\0" * (size // 20)] * 20,
    }


def echo(type_: str, value: Any) -> Statement[Any]:
    """The value as it comes back, beside one that tells whose answer it is."""
    return sql(
        f"select :value::{type_} as value, :type_::text as t", "one", value=value, type_=type_
    )
