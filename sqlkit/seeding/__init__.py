"""Data to work with: factories make rows, seeders keep a database filled with some."""

from __future__ import annotations

from sqlkit.seeding.declared import drawn, fake, key, lazy, one_of, sequence, shared, sub, trait
from sqlkit.seeding.factory import Factory
from sqlkit.seeding.numbering import seeded

__all__ = [
    "Factory",
    "drawn",
    "fake",
    "key",
    "lazy",
    "one_of",
    "seeded",
    "sequence",
    "shared",
    "sub",
    "trait",
]
