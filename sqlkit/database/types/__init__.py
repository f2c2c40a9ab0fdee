"""The types of a database's values: how they are sent, read and checked."""

from __future__ import annotations

from sqlkit.database.types.base import ADAPTERS
from sqlkit.database.types.catalog import CATALOG
from sqlkit.database.types.named_tuple import named_tuple
from sqlkit.database.types.types import Types

__all__ = ["ADAPTERS", "CATALOG", "Types", "named_tuple"]
