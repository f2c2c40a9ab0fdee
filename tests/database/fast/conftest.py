"""What must stay right while it is fast: quick slices; ``make soak`` has the full sizes."""

from __future__ import annotations

from tests.database.pooler.conftest import pgbouncer as pgbouncer
