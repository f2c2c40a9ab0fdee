"""What PostgreSQL says a query is: its types, what can be NULL, what it reads and writes.

`describe` asks the server; everything else here is pure.
"""

from __future__ import annotations

from sqlkit.describe.description import Column, DescribedVariant, Description, Param, Volatility
from sqlkit.describe.hazards import Hazard
from sqlkit.describe.known import Known
from sqlkit.describe.server import describe

__all__ = [
    "Column",
    "DescribedVariant",
    "Description",
    "Hazard",
    "Known",
    "Param",
    "Volatility",
    "describe",
]
