"""``deprecated`` of the standard library, where it has it, for generated modules."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 13):
    from warnings import deprecated
else:
    from typing_extensions import deprecated  # psycopg needs it there, so it is installed

__all__ = ["deprecated"]
