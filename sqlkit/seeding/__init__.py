"""Data to work with: factories make rows, seeders keep a database filled with some."""

from __future__ import annotations

from sqlkit.seeding.declared import drawn, fake, key, lazy, one_of, sequence, shared, sub, trait
from sqlkit.seeding.factory import Factory
from sqlkit.seeding.filling import TableFactory, fill, fill_async
from sqlkit.seeding.numbering import seeded
from sqlkit.seeding.seed import Done, seed, seed_async
from sqlkit.seeding.seeder import Seeded, Seeder, seeder

__all__ = [
    "Done",
    "Factory",
    "Seeded",
    "Seeder",
    "TableFactory",
    "drawn",
    "fake",
    "fill",
    "fill_async",
    "key",
    "lazy",
    "one_of",
    "seed",
    "seed_async",
    "seeded",
    "seeder",
    "sequence",
    "shared",
    "sub",
    "trait",
]
