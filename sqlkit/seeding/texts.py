"""Texts for a column: its name says of what kind they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.seeding.pool import pool

if TYPE_CHECKING:
    from sqlkit.seeding.filled import Field

TYPES = ("text", "varchar", "bpchar", "citext", "name")

# The first that is found in the column's name.
_PROVIDERS = {
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "surname": "last_name",
    "user_name": "user_name",
    "username": "user_name",
    "login": "user_name",
    "company": "company",
    "city": "city",
    "country_code": "country_code",
    "country": "country",
    "currency": "currency_code",
    "zip": "postcode",
    "postal": "postcode",
    "street": "street_address",
    "address": "street_address",
    "phone": "phone_number",
    "url": "url",
    "website": "url",
    "host": "hostname",
    "slug": "slug",
    "color": "color_name",
    "locale": "locale",
    "job": "job",
    "description": "paragraph",
    "body": "paragraph",
    "comment": "sentence",
    "title": "sentence",
    "name": "name",
}


def is_text(field: Field) -> bool:
    """Whether a column holds text, and not an enum's words."""
    return field.base in TYPES and field.category != "e"


def texts(field: Field, seed: int) -> list[str]:
    """Texts for a column, no longer than it allows."""
    name = field.name.lower()
    provider = next((made for part, made in _PROVIDERS.items() if part in name), "word")
    return [str(value)[: length(field)].strip() or "x" for value in pool(seed, provider)]


def numbered(field: Field, text: str, number: int) -> str:
    """A text with a number in it: before the @ of an address, else at its end."""
    before, at, after = text.partition("@")
    tag, longest = str(number), length(field)
    if longest is None:
        return f"{before}{tag}{at}{after}"
    room = longest - len(tag) - len(at) - len(after)
    return f"{before[:room]}{tag}{at}{after}" if room >= 0 else tag.zfill(longest)[-longest:]


def length(field: Field) -> int | None:
    """The length that ``varchar(n)`` allows: its modifier is n + 4."""
    is_limited = field.base in ("varchar", "bpchar") and field.modifier > 4
    return field.modifier - 4 if is_limited else None
